/* Inputs, as an operator configures them. */
#include "lib/model_fields.h"

#include "lib/util.h"

/* "board" is what the board profile says; the others are the schemes of hw/supervise. */
static const char *const supervisions[] = { "board",	  "none",	"parallel_22k_4k7",
					    "serial_1k",  "serial_2k2", "serial_4k7",
					    "serial_10k", NULL };
static const char *const circuits[] = { "open", "closed", NULL };

static const struct field fields[] = {
	{ .name = "debounce",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = 399,
	  .fallback = "50",
	  .unit = "ms",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Debounce",
	  .doc = "How long a new state must last; pulses of 400 ms are always seen." },
	{ .name = "name",
	  .type = FIELD_STRING,
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = 32,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Name",
	  .doc = "What people call the input." },
	{ .name = "normal",
	  .type = FIELD_ENUM,
	  .choices = circuits,
	  .fallback = "\"open\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Normal state",
	  .doc = "The circuit while nothing happens: every other state is active." },
	{ .name = "supervision",
	  .type = FIELD_ENUM,
	  .choices = supervisions,
	  .fallback = "\"board\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Supervision",
	  .doc = "How the end-of-line resistors are wired: parallel first with 22 k and 4.7 k, or "
		 "serial first with two of the same value. board: as the board profile says." },
};

const struct model_kind model_input = {
	.name = "input",
	.plural = "inputs",
	.is_fixed = true,
	.fields = { fields, ARRAY_LEN(fields) },
};
