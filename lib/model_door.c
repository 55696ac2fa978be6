/* Doors, as an operator configures them. */
#include "lib/model_fields.h"

#include "lib/json.h"
#include "lib/util.h"

static const char *const lock_types[] = { "fail_secure", "fail_safe", NULL };
/* By enum access_relock. */
static const char *const relocks[] = { "on_close", "on_open", "after_time", NULL };

#define WHOLE(n, least, most, otherwise, u, l, d)                                                  \
	{                                                                                          \
		.name = n, .type = FIELD_INTEGER, .min = least, .max = most,                       \
		.fallback = otherwise, .unit = u, .role = ROLE_ADMINISTRATOR, .label = l, .doc = d \
	}
#define YES_NO(n, otherwise, l, d)                                                                \
	{                                                                                         \
		.name = n, .type = FIELD_BOOL, .fallback = otherwise, .role = ROLE_ADMINISTRATOR, \
		.label = l, .doc = d                                                              \
	}

static const struct field fields[] = {
	WHOLE("access_time", 1, 600, "7", "s", "Access time",
	      "How long the lock is released after access is granted."),
	WHOLE("bolt_time", 0, 5000, "0", "ms", "Bolt time",
	      "How long the bolt needs: 700 for one with a motor. The lock is reported locked or "
	      "unlocked when it is over, and a lock monitor that says otherwise then is a fault."),
	WHOLE("double_lock_output", 0, OUTPUTS, "0", NULL, "Second lock",
	      "The output that is active while the door is double locked; 0 for none."),
	WHOLE("extended_access_time", 1, 600, "30", "s", "Extended access time",
	      "The access time of persons who have extended times."),
	WHOLE("extended_held_open_time", 1, 3600, "60", "s", "Extended held open after",
	      "How long the door may stand open after access of persons who have extended times."),
	YES_NO("fire_unlocks", "false", "Fire unlocks",
	       "The door is unlocked by the fire input, and until the alarm is reset."),
	YES_NO("first_person", "false", "First person",
	       "The unlock schedule only unlocks after somebody who counts as first person was let "
	       "in, within each of its times."),
	WHOLE("held_open_time", 1, 3600, "30", "s", "Held open after",
	      "How long the door may stand open after access before the alarm."),
	WHOLE("lock_monitor", 0, INPUTS, "0", NULL, "Lock monitor",
	      "The input that is active while the bolt is really thrown; 0 for none."),
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
	WHOLE("pre_alarm_time", 0, 3600, "10", "s", "Pre-alarm",
	      "How long before the held-open alarm the warning starts; 0 for none."),
	{ .name = "relock",
	  .type = FIELD_ENUM,
	  .choices = relocks,
	  .fallback = "\"on_close\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Relock",
	  .doc = "When the lock is locked again: as the door closes, as it opens, or only when the "
		 "access time is over, which also ends the others." },
	WHOLE("relock_delay", 0, 60000, "0", "ms", "Relock delay",
	      "How long after opening or closing it is locked again."),
	YES_NO("rex_unlocks", "true", "REX releases the lock",
	       "Otherwise a request to exit only lets the door be opened without an alarm."),
	YES_NO("toggle", "false", "Double badge switches",
	       "Somebody who may do so unlocks the door by a credential shown twice within three "
	       "seconds, and locks it in the same way."),
	{ .name = "unlock_schedule",
	  .type = FIELD_REF,
	  .max = SCHEDULES,
	  .kind = "schedule",
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Unlock schedule",
	  .doc = "When the door is unlocked for everybody; 0 for never." },
};

const struct model_kind model_door = {
	.name = "door",
	.plural = "doors",
	.is_fixed = true,
	.fields = { fields, ARRAY_LEN(fields) },
};

int
model_door_check(const json_t *object, struct field_error *error)
{
	json_int_t held_s = json_integer_or(object, "held_open_time", 30);
	json_int_t extended_s = json_integer_or(object, "extended_held_open_time", 60);

	if (json_integer_or(object, "pre_alarm_time", 0) >= MIN_OF(held_s, extended_s))
		return model_refuse(error, "pre_alarm_time", "shorter than held_open_time, or 0");
	return 0;
}
