/* Readers, as an administrator configures them. */
#include "lib/model_fields.h"

#include "lib/util.h"

/* "clear" by an administrator's decision only; see hw/reader.h. */
static const char *const protections[] = { "secure", "clear", NULL };

static const char *const speeds[] = { "board", "9600",	 "19200",  "38400",
				      "57600", "115200", "230400", NULL };

/* What a reader does to the bits that it reads; see lib/cardformat.h. */
static const char *const turns[] = { "no", "bits", "bytes", NULL };

static const struct field fields[] = {
	{ .name = "address",
	  .type = FIELD_INTEGER,
	  .max = READER_ADDRESS_OF_BOARD,
	  .fallback = "127",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Address",
	  .doc = "Of the reader on its line, 0 to 126; 127: as the board profile says. This is "
		 "where it is looked for, nobody is told to move." },
	{ .name = "baud",
	  .type = FIELD_ENUM,
	  .choices = speeds,
	  .fallback = "\"board\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Speed",
	  .doc = "Of the reader's line; the lowest numbered reader that says one says it for all "
		 "of its line. board: as the board profile says." },
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
	{ .name = "reversed",
	  .type = FIELD_ENUM,
	  .choices = turns,
	  .fallback = "\"no\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Reversed",
	  .doc = "The reader hands over a card's bits, or its bytes, from the end." },
};

const struct model_kind model_reader = {
	.name = "reader",
	.plural = "readers",
	.is_fixed = true,
	.fields = { fields, ARRAY_LEN(fields) },
};
