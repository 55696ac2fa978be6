/*
 * The event log as a file: page after page of it is asked for as fast as the client takes it. The
 * session is checked with each page; when the store goes away in the middle the client is told by
 * an answer that breaks off.
 */
#ifndef WWW_EXPORT_H
#define WWW_EXPORT_H

#include "www/routes.h"

/* result is the first page. */
void answer_export(struct api *api, struct exchange *exchange, json_t *result);

#endif
