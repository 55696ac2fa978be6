/*
 * Objects as rows of CSV (RFC 4180), as an import takes them: what the command line and the console
 * export. Secrets are left out.
 */
#ifndef LIB_MODEL_CSV_H
#define LIB_MODEL_CSV_H

#include "lib/model.h"

/* The first line, which names the fields; free with free(). */
char *model_csv_head(const struct model_kind *kind);
/* One object with its "id"; free with free(). */
char *model_csv_row(const struct model_kind *kind, const json_t *object);

#endif
