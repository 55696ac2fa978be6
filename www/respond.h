/*
 * Answers on the wire: the security headers that every answer of ours carries, static files with
 * their validators and encodings, JSON, streams. All in the HTTP thread.
 */
#ifndef WWW_RESPOND_H
#define WWW_RESPOND_H

#include <microhttpd.h>

#include "www/assets.h"
#include "www/exchange.h"

/* What the exchange holds: text or stream. */
enum MHD_Result respond_exchange(struct exchange *exchange);
enum MHD_Result respond_asset(struct exchange *exchange, const struct asset *asset);
/* The peer's address as text, IPv4 in its own form. */
void respond_client_address(struct MHD_Connection *connection, char *to, size_t size);

#endif
