/* Readers, as an administrator configures them. */
#include "lib/model_fields.h"

#include "lib/util.h"

/* "clear" by an administrator's decision only; see hw/reader.h. */
static const char *const protections[] = { "secure", "clear", NULL };

static const struct field fields[] = {
	{ .name = "name",
	  .type = FIELD_STRING,
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = 32,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Name",
	  .doc = "What people call the reader." },
	{ .name = "protection",
	  .type = FIELD_ENUM,
	  .choices = protections,
	  .fallback = "\"secure\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Protection",
	  .doc = "clear: cards pass the line unencrypted, where everybody on it can read and forge "
		 "them. A warning lasts as long." },
};

const struct model_kind model_reader = {
	.name = "reader",
	.plural = "readers",
	.is_fixed = true,
	.fields = { fields, ARRAY_LEN(fields) },
};
