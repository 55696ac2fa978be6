/*
 * Whether the end of a TCP stream, after our own, says that the other side has taken everything.
 */
#ifndef SYSLOG_RECEIPT_H
#define SYSLOG_RECEIPT_H

#include <stdbool.h>

/*
 * To be asked once recv() returned 0 on a socket whose writing side is shut down: our FIN was
 * acknowledged and nothing went wrong. A server that closed on its own while our records were
 * under way answers them with a reset, which recv() hides behind the end of stream.
 */
bool receipt_is_complete(int fd);

#endif
