/* The drivers there are. A new one is one row here and one file beside this. */
#include <string.h>

#include "hw/driver.h"
#include "lib/util.h"

static const struct driver *const drivers[] = {
	&driver_linux,
	&driver_virtual,
};

const struct driver *
driver_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(drivers); i++)
		if (!strcmp(drivers[i]->name, name))
			return drivers[i];
	return NULL;
}
