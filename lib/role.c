#include "lib/role.h"

#include <errno.h>
#include <string.h>

#include "lib/util.h"

static const char *const names[] = {
	[ROLE_NONE] = "none",
	[ROLE_VIEWER] = "viewer",
	[ROLE_OPERATOR] = "operator",
	[ROLE_ADMINISTRATOR] = "administrator",
};

const char *
role_name(enum role role)
{
	return (size_t) role < ARRAY_LEN(names) ? names[role] : "none";
}

int
role_from_name(const char *name, enum role *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(names[i], name)) {
			*ret = (enum role) i;
			return 0;
		}
	return -EINVAL;
}
