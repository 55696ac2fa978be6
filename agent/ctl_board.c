/* cardeactl board: a board profile against this machine. Needs no controller. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/ctl.h"
#include "hw/check.h"
#include "lib/json.h"
#include "lib/util.h"

/* With --json all of it is one object, else each finding is printed as it comes. */
struct output {
	bool is_json;
	json_t *findings;
	json_t *absent;
};

static void
on_finding(const struct check_finding *finding, void *context)
{
	struct output *output = context;

	(void) json_array_append_new(output->findings,
				     json_pack("{ss,ss,sb,ss}", "point", finding->point, "part",
					       finding->part, "ok", !finding->is_wrong, "found",
					       finding->found));
	if (!output->is_json)
		printf("%-5s %-22s %-13s %s\n", finding->is_wrong ? "WRONG" : "ok", finding->point,
		       finding->part, finding->found);
}

static void
on_absent(const char *point, void *context)
{
	struct output *output = context;

	(void) json_array_append_new(output->absent, json_string(point));
}

static void
print_absent(const json_t *absent)
{
	json_t *point;
	size_t i;
	int column = 0;

	if (!json_array_size(absent))
		return;
	printf("\nNot on this board:");
	json_array_foreach (absent, i, point) {
		const char *id = json_string_value(point);
		printf("%s%s", column ? " " : "\n    ", id);
		column += (int) strlen(id) + 1;
		if (column > 70)
			column = 0;
	}
	printf("\n");
}

static int
check(const struct ctl *ctl, const char *path)
{
	_cleanup_(freep) char *why = NULL;
	_cleanup_(json_decrefp) json_t *findings = json_array();
	_cleanup_(json_decrefp) json_t *absent = json_array();
	struct output output = { ctl->is_json, findings, absent };
	struct check_summary summary;

	if (check_file("", path, on_finding, on_absent, &output, &summary, &why) < 0) {
		(void) fprintf(stderr, "cardeactl: %s\n", why);
		return 1;
	}
	if (ctl->is_json) {
		_cleanup_(json_decrefp) json_t *all = json_pack(
			"{sb,sO,sO}", "ok", !summary.wrong, "findings", findings, "absent", absent);
		(void) ctl_print_json(all);
	} else if (!summary.found && !summary.wrong) {
		printf("The profile is sound and needs nothing of this machine.\n");
	} else {
		print_absent(absent);
		printf("\n%u found, %u wrong, %u not on this board\n", summary.found, summary.wrong,
		       summary.absent);
	}
	return summary.wrong ? 1 : 0;
}

int
ctl_board(struct ctl *ctl)
{
	if (ctl->argc == 2 && !strcmp(ctl->argv[0], "check"))
		return check(ctl, ctl->argv[1]);
	(void) fprintf(stderr, "cardeactl: board check FILE\n");
	return 2;
}
