/* Relays, open-drain outputs and AUX I/O, as an operator configures them. */
#include "lib/model_fields.h"

#include "lib/util.h"

static const char *const circuits[] = { "open", "closed", NULL };
static const char *const directions[] = { "input", "output", NULL };

static const struct field fields[] = {
	{ .name = "direction",
	  .type = FIELD_ENUM,
	  .choices = directions,
	  .fallback = "\"output\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Direction",
	  .doc = "Of the AUX ports, which are inputs or outputs. Everything else is an output." },
	{ .name = "name",
	  .type = FIELD_STRING,
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = 32,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Name",
	  .doc = "What people call the output." },
	{ .name = "normal",
	  .type = FIELD_ENUM,
	  .choices = circuits,
	  .fallback = "\"open\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Normal state",
	  .doc = "The circuit while the output is not active. A change of an output's settings "
		 "brings it back to normal." },
	{ .name = "pulse",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = 3600,
	  .fallback = "5",
	  .unit = "s",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Pulse",
	  .doc = "How long a pulse lasts that does not say so itself." },
};

const struct model_kind model_output = {
	.name = "output",
	.plural = "outputs",
	.is_fixed = true,
	.fields = { fields, ARRAY_LEN(fields) },
};
