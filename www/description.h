/*
 * The description of the REST interface (OpenAPI): www/openapi.json, and what the routes for all
 * kinds do for each kind of the model, with its fields as JSON Schema. So a new kind needs no
 * description.
 */
#ifndef WWW_DESCRIPTION_H
#define WWW_DESCRIPTION_H

#include "www/assets.h"

/* Made once, at start; NULL when our own document cannot be read. */
struct asset *description_new(void);
void description_free(struct asset *description);

#endif
