/*
 * The event log, or objects, as a file: page after page of it is asked for as fast as the client
 * takes it. The session is checked with each page; when the store goes away in the middle the
 * client is told by an answer that breaks off.
 */
#ifndef WWW_EXPORT_H
#define WWW_EXPORT_H

#include "www/routes.h"

/* result is the first page. */
void answer_export(struct api *api, struct exchange *exchange, json_t *result);
/* The same of all objects of a kind, as the path's end says: .csv or .jsonl. */
void answer_export_objects(struct api *api, struct exchange *exchange, json_t *result);

#endif
