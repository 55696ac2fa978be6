/*
 * From an OID to the column and the row that it names, by halves over all tables; see table.h.
 * Pure, as all of mibs/.
 */
#ifndef MIBS_LOOKUP_H
#define MIBS_LOOKUP_H

#include "mibs/table.h"

struct mib_place {
	const struct mib_table *table;
	const struct mib_column *column;
	const void *row;
	struct mib_index index;
};

/* -ENOENT when there is no such column, -ENXIO when what follows it is no row. */
int mib_lookup(const struct replica *replica, const struct mib_oid *oid, struct mib_place *ret);
/* The first instance behind from, or at it when is_inclusive; -ENOENT at the end. */
int mib_lookup_next(const struct replica *replica, const struct mib_oid *from, bool is_inclusive,
		    struct mib_place *ret);
void mib_place_oid(const struct mib_place *place, struct mib_oid *ret);

#endif
