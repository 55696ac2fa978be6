/* cardeactl feedback: what readers show for each outcome. */
#include <stdio.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/feedback.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

static int
list(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	json_t *row;
	size_t i;

	if (ctl_call(ctl, "object.list", json_pack("{ss}", "kind", "feedback"), &result))
		return 1;
	if (ctl->is_json)
		return ctl_print_json(json_object_get(result, "objects"));
	printf("%-16s %-8s %-8s %6s %6s %8s %5s %7s %8s %s\n", "OUTCOME", "COLOUR", "OTHER", "ON",
	       "OFF", "DURATION", "BEEPS", "BEEP ON", "BEEP OFF", "TEXT (times in ms)");
	json_array_foreach (json_object_get(result, "objects"), i, row)
		printf("%-16s %-8s %-8s %6lld %6lld %8lld %5lld %7lld %8lld %s\n",
		       json_string_or(row, "outcome", "?"), json_string_or(row, "colour", "?"),
		       json_string_or(row, "colour_off", "?"),
		       (long long) json_integer_or(row, "on_time", 0),
		       (long long) json_integer_or(row, "off_time", 0),
		       (long long) json_integer_or(row, "duration", 0),
		       (long long) json_integer_or(row, "beeps", 0),
		       (long long) json_integer_or(row, "beep_on", 0),
		       (long long) json_integer_or(row, "beep_off", 0),
		       json_string_or(row, "text", ""));
	return 0;
}

int
ctl_feedback(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	json_t *object = NULL;
	unsigned outcome = FEEDBACK_OUTCOMES;

	if (!ctl->argc || (!strcmp(ctl->argv[0], "list") && ctl->argc == 1))
		return list(ctl);
	for (unsigned i = 0; ctl->argc >= 3 && i < FEEDBACK_OUTCOMES; i++)
		if (!strcmp(ctl->argv[1], feedback_name(i)))
			outcome = i;
	if (!strcmp(ctl->argv[0], "set") && outcome < FEEDBACK_OUTCOMES)
		object = ctl_pairs(ctl->argc - 2, ctl->argv + 2, &model_find("feedback")->fields);
	if (!object) {
		(void) fprintf(stderr, "cardeactl: feedback list, or feedback set OUTCOME "
				       "[colour=COLOUR] [colour_off=COLOUR] [on_time=MS]\n"
				       "[off_time=MS] [duration=MS] [beeps=N] [beep_on=MS] "
				       "[beep_off=MS] [text=TEXT]\n");
		return 2;
	}
	if (ctl_call(ctl, "object.change",
		     json_pack("{ss,si,so}", "kind", "feedback", "id", (int) outcome + 1, "object",
			       object),
		     &result))
		return 1;
	return ctl->is_json ? ctl_print_json(result) : 0;
}
