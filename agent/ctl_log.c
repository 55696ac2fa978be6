/* cardeactl log: exports the event log, verifies it, and tells the key that it is signed with. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/ctl.h"
#include "agent/ctl_verify.h"
#include "lib/json.h"
#include "lib/util.h"

#define PAGE 200

typedef int record_fn(void *context, const json_t *record);

/* The part of the log that a call is about. */
struct walk {
	json_t *filter;
	json_int_t after;
	record_fn *take;
	void *context;
};

/* What was deleted before the first page is said in the file; later it would be missing there. */
static int
take_anchor(const struct walk *walk, json_int_t at, const json_t *page)
{
	json_t *anchor = json_object_get(page, "anchor");
	json_int_t seq = json_integer_or(anchor, "seq", 0);

	if (json_object_size(walk->filter) || seq <= at)
		return 0;
	if (at > walk->after || walk->after) {
		(void) fprintf(
			stderr,
			"cardeactl: events %lld to %lld were deleted meanwhile, begin anew\n",
			(long long) at + 1, (long long) seq);
		return 1;
	}
	_cleanup_(json_decrefp) json_t *line = json_pack("{sO}", "anchor", anchor);
	return walk->take(walk->context, line);
}

/* Page by page up to the end of the log. */
static int
walk_log(struct ctl *ctl, const struct walk *walk)
{
	json_int_t at = walk->after;

	for (bool has_more = true; has_more;) {
		_cleanup_(json_decrefp) json_t *page = NULL;
		json_t *params = json_copy(walk->filter);
		json_t *record;
		size_t i;
		(void) json_object_set_new(params, "after", json_integer(at));
		(void) json_object_set_new(params, "limit", json_integer(PAGE));
		if (ctl_call(ctl, "events.list", params, &page) || take_anchor(walk, at, page))
			return 1;
		json_array_foreach (json_object_get(page, "events"), i, record)
			if (walk->take(walk->context, record))
				return 1;
		at = json_integer_or(page, "next", 0);
		has_more = at > 0;
	}
	return 0;
}

static int
write_record(void *context UNUSED, const json_t *record)
{
	_cleanup_(freep) char *text = json_canonical(record);
	return puts(text) < 0;
}

static int
verify_one(void *context, const json_t *record)
{
	return verify_record(context, record) < 0;
}

static int
export_log(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *filter = json_object();
	struct walk walk = { .filter = filter, .take = write_record };

	for (int i = 1; i < ctl->argc; i++) {
		int taken = ctl_take_filter(ctl, &i, filter);
		if (!taken && !strcmp(ctl->argv[i], "--after") && i + 1 < ctl->argc &&
		    parse_number(ctl->argv[i + 1], &walk.after) == 0)
			i++;
		else if (taken <= 0)
			return CTL_USAGE;
	}
	/* A part says that it is one: nobody takes it for the whole. */
	if (json_object_size(filter)) {
		_cleanup_(json_decrefp) json_t *line = json_pack("{sO}", "filter", filter);
		(void) write_record(NULL, line);
	}
	int status = walk_log(ctl, &walk);
	if (fflush(stdout) == 0)
		return status;
	(void) fprintf(stderr, "cardeactl: cannot write: %s\n", strerror(errno));
	return 1;
}

static int
verify_file(const char *path, struct verify *verify)
{
	_cleanup_(fclosep) FILE *file = strcmp(path, "-") ? fopen(path, "re") : fdopen(0, "r");
	_cleanup_(freep) char *line = NULL;
	size_t room = 0;

	if (!file) {
		(void) fprintf(stderr, "cardeactl: cannot read '%s': %s\n", path, strerror(errno));
		return 1;
	}
	errno = 0;
	for (ssize_t size; (size = getline(&line, &room, file)) > 0;) {
		bool has_feed = line[size - 1] == '\n';
		if (verify_line(verify, line, (size_t) size - has_feed) < 0)
			return 0;
	}
	if (!ferror(file))
		return 0;
	(void) fprintf(stderr, "cardeactl: cannot read '%s': %s\n", path, strerror(errno));
	return 1;
}

static json_t *
result_of(const struct verify *verify, const char *key)
{
	json_int_t count = verify->first ? verify->last + 1 - verify->first : 0;
	json_int_t behind = verify->last - MAX_OF(verify->signed_upto, verify->anchor);
	json_t *result = json_pack("{sb,sI,sI,sI,ss,sI,sI,ss*,sI}", "good", !verify->is_bad,
				   "first", (json_int_t) verify->first, "last",
				   (json_int_t) verify->last, "count", count, "hash", verify->hash,
				   "signed", (json_int_t) verify->signed_upto, "checkpoints",
				   (json_int_t) verify->checkpoints, "key", key, "behind", behind);

	if (verify->is_bad)
		(void) json_object_update_new(result, json_pack("{sI,ss}", "bad",
								(json_int_t) verify->bad_seq, "why",
								verify->why));
	return result;
}

static void
print_signed(const struct verify *verify, const char *key)
{
	long long last = (long long) verify->last;

	if (!verify->checkpoints) {
		printf("Nothing is signed: whoever could write the file could make all of it.\n");
		return;
	}
	printf("Signed up to event %lld with the key\n%s\n", (long long) verify->signed_upto, key);
	if (!verify->has_key)
		printf("which is the file's own: compare it with 'cardeactl log key'.\n");
	printf("Behind the last signature: %lld events, up to %lld.\n",
	       last - (long long) verify->signed_upto, last);
}

static int
show(const struct ctl *ctl, const struct verify *verify)
{
	char key[2 * CHECKPOINT_KEY + 1];

	hex_encode(verify->key, CHECKPOINT_KEY, key);
	_cleanup_(json_decrefp) json_t *result = result_of(verify, verify->has_signer ? key : NULL);
	if (verify->is_bad)
		(void) fprintf(stderr, "cardeactl: %s (event %lld)\n", verify->why,
			       (long long) verify->bad_seq);
	if (ctl->is_json) {
		(void) ctl_print_json(result);
		return verify->is_bad;
	}
	if (verify->is_bad) {
		if (verify->checkpoints)
			(void) fprintf(stderr, "Proven up to event %lld, signed with %s.\n",
				       (long long) verify->signed_upto, key);
		return 1;
	}
	if (!verify->first) {
		printf("There are no events.\n");
		return 0;
	}
	printf("%lld events, %lld to %lld: the chain is intact.\nLast hash: %s\n",
	       (long long) (verify->last + 1 - verify->first), (long long) verify->first,
	       (long long) verify->last, verify->hash);
	if (verify->anchor)
		printf("Event %lld and those before it are not in it%s.\n",
		       (long long) verify->anchor,
		       verify->has_start ? "" : ": the log says that they were deleted");
	print_signed(verify, key);
	return 0;
}

static int
verify_log(struct ctl *ctl)
{
	struct verify verify = { 0 };
	const char *path = NULL;

	for (int i = 1; i < ctl->argc; i++) {
		const char *value = i + 1 < ctl->argc ? ctl->argv[i + 1] : "";
		if (!strcmp(ctl->argv[i], "--key") && verify_key(&verify, value) == 0)
			i++;
		else if (!strcmp(ctl->argv[i], "--start") && verify_start(&verify, value) == 0)
			i++;
		else if (path || !strncmp(ctl->argv[i], "--", 2))
			return CTL_USAGE;
		else
			path = ctl->argv[i];
	}
	_cleanup_(json_decrefp) json_t *all = json_object();
	struct walk walk = { .filter = all,
			     .after = verify.has_start ? (json_int_t) verify.start_seq : 0,
			     .take = verify_one,
			     .context = &verify };
	int status = path ? verify_file(path, &verify) : walk_log(ctl, &walk);
	if (status && !verify.is_bad)
		return status;
	(void) verify_end(&verify);
	return show(ctl, &verify);
}

static int
show_key(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (ctl_call(ctl, "log.key", NULL, &result))
		return 1;
	if (ctl->is_json)
		return ctl_print_json(result);
	printf("%s\n", json_string_or(result, "key", ""));
	return 0;
}

int
ctl_log(struct ctl *ctl)
{
	const char *what = ctl->argc ? ctl->argv[0] : "";
	int status = CTL_USAGE;

	if (!strcmp(what, "export"))
		status = export_log(ctl);
	else if (!strcmp(what, "verify"))
		status = verify_log(ctl);
	else if (!strcmp(what, "key") && ctl->argc == 1)
		status = show_key(ctl);
	if (status != CTL_USAGE)
		return status;
	(void) fprintf(stderr, "cardeactl: log export [--after SEQ] [FILTER...], log verify [FILE] "
			       "[--key KEY] [--start SEQ:HASH], or log key\n");
	return 2;
}
