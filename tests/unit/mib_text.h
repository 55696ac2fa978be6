/*
 * Just enough of a reader of MIB modules for the tests: every descriptor with its OID, macro,
 * syntax and access. It trusts the text; smilint is the judge of that.
 */
#ifndef TESTS_UNIT_MIB_TEXT_H
#define TESTS_UNIT_MIB_TEXT_H

#include <stddef.h>

#include "mibs/mib.h"

#define MIB_NODES_MAX 1024

struct mib_node {
	char name[64];
	char macro[24];	 /* "OBJECT-TYPE"; "OBJECT" for a bare OBJECT IDENTIFIER */
	char syntax[32]; /* the first word behind SYNTAX, or "" */
	char access[32]; /* the word behind MAX-ACCESS, or "" */
	struct mib_oid oid;
};

struct mib_text {
	size_t count;
	struct mib_node nodes[MIB_NODES_MAX];
};

/* Appends what the module at path, relative to the source tree, defines; 0 or a negative errno. */
int mib_text_read(struct mib_text *text, const char *path);
/* NULL when there is no such descriptor. */
const struct mib_node *mib_text_find(const struct mib_text *text, const char *name);

#endif
