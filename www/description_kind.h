/*
 * What the routes for all kinds do for one of them, as OpenAPI: its paths, and its fields as JSON
 * Schema.
 */
#ifndef WWW_DESCRIPTION_KIND_H
#define WWW_DESCRIPTION_KIND_H

#include <jansson.h>

#include "lib/model.h"

/* What document has already of the kind stays. */
void description_add_kind(json_t *document, const struct model_kind *kind);

#endif
