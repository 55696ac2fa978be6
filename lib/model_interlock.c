/* Interlocks: doors of which only so many may be open at a time. */
#include "lib/model_fields.h"

#include "lib/json.h"
#include "lib/util.h"

static const struct field fields[] = {
	{ .name = "doors",
	  .type = FIELD_NUMBERS,
	  .flags = FIELD_REQUIRED,
	  .max = DOORS,
	  .kind = "door",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Doors",
	  .doc = "Two at least." },
	{ .name = "max_open",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = DOORS,
	  .fallback = "1",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Open at a time",
	  .doc = "While as many of the doors are open or released, nobody is let in at the others, "
		 "and no schedule unlocks them. Fire, lockdown, operators and a request to exit "
		 "are not held up." },
	{ .name = "name",
	  .type = FIELD_STRING,
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = 64,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Name" },
};

const struct model_kind model_interlock = {
	.name = "interlock",
	.plural = "interlocks",
	.max = INTERLOCKS,
	.fields = { fields, ARRAY_LEN(fields) },
};

int
model_interlock_check(const json_t *object, struct field_error *error)
{
	size_t count = json_array_size(json_object_get(object, "doors"));

	if (count < 2)
		return model_refuse(error, "doors", "two doors at least");
	if (json_integer_or(object, "max_open", 1) >= (json_int_t) count)
		return model_refuse(error, "max_open", "fewer than its doors");
	return 0;
}
