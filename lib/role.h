/*
 * What somebody may do. Each role includes the ones before it.
 */
#ifndef LIB_ROLE_H
#define LIB_ROLE_H

enum role { ROLE_NONE, ROLE_VIEWER, ROLE_OPERATOR, ROLE_ADMINISTRATOR };

/* "none", "viewer", "operator", "administrator". */
const char *role_name(enum role role);
/* -EINVAL for a name that is none of them. */
int role_from_name(const char *name, enum role *ret);

#endif
