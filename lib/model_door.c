/* Doors, as an operator configures them. */
#include "lib/model_fields.h"

#include "lib/util.h"

static const char *const lock_types[] = { "fail_secure", "fail_safe", NULL };

static const struct field fields[] = {
	{ .name = "access_time",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = 600,
	  .fallback = "7",
	  .unit = "s",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Access time",
	  .doc = "How long the lock is released after access is granted." },
	{ .name = "held_open_time",
	  .type = FIELD_INTEGER,
	  .min = 1,
	  .max = 3600,
	  .fallback = "30",
	  .unit = "s",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Held open after",
	  .doc = "How long the door may stand open after access before the alarm." },
	{ .name = "lock_type",
	  .type = FIELD_ENUM,
	  .choices = lock_types,
	  .fallback = "\"fail_secure\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Lock",
	  .doc = "Without power a fail-secure lock is locked: it goes between NO and GND. A "
		 "fail-safe lock is free: it goes between NC and GND. Either is released while "
		 "the relay is active." },
	{ .name = "name",
	  .type = FIELD_STRING,
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = 32,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Name",
	  .doc = "What people call the door." },
	{ .name = "pre_alarm_time",
	  .type = FIELD_INTEGER,
	  .max = 3600,
	  .fallback = "10",
	  .unit = "s",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Pre-alarm",
	  .doc = "How long before the held-open alarm the warning starts; 0 for none." },
	{ .name = "relock_on_open",
	  .type = FIELD_BOOL,
	  .fallback = "false",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Relock on open",
	  .doc = "Lock again as soon as the door opens; otherwise when it closes or the access "
		 "time ends." },
	{ .name = "rex_unlocks",
	  .type = FIELD_BOOL,
	  .fallback = "true",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "REX releases the lock",
	  .doc = "Otherwise a request to exit only lets the door be opened without an alarm." },
};

const struct model_kind model_door = {
	.name = "door",
	.plural = "doors",
	.is_fixed = true,
	.fields = { fields, ARRAY_LEN(fields) },
};
