/* cardeactl reader: readers, live, and how they speak with the controller. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

static const char usage[] =
	"cardeactl: reader list | show N | accept N | cancel N | protection N secure|clear,\n"
	"reader install N [--replacement] [--key-file FILE|-], or reader rotate N "
	"[--key-file FILE|-],\n"
	"reader export-keys FILE|-, import-keys FILE|- [--replace],\n"
	"reader set N FIELD=VALUE..., text N TEXT [SECONDS], output N OUTPUT on|off [MS],\n"
	"reader scan BUS [--single] [--last-address A], move N ADDRESS [BAUD], adopt N ADDRESS "
	"[BAUD],\n"
	"reader line-test N [EXCHANGES|--cancel],\n"
	"reader diagnostics N, trace N [--seconds S], or reader upgrade N... FILE|--bundled "
	"NAME|--cancel\n";

/* What somebody who reads a reader's state would do next; %lld is its number. */
static const struct {
	const char *security;
	const char *cause; /* NULL: whatever it is */
	const char *text;
} advice[] = {
	{ "no_key", NULL,
	  "reader %lld is not paired: put it into install mode and run "
	  "'cardeactl reader install %lld'" },
	{ "clear", NULL,
	  "reader %lld speaks unencrypted, so its line can be read and forged: run "
	  "'cardeactl reader protection %lld secure', then install it" },
	{ "installing", NULL,
	  "reader %lld: the install window is open for five minutes; put the reader into install "
	  "mode, or run 'cardeactl reader cancel %lld'" },
	{ "offline", NULL,
	  "reader %lld does not answer: check its cable, its address and its speed; "
	  "'cardeactl events' says since when reader %lld is away" },
	{ "key_mismatch", "device",
	  "reader %lld is another device: if you have replaced it by one that holds its key, run "
	  "'cardeactl reader accept %lld'; a new one is installed with --replacement; if nobody "
	  "has "
	  "touched it, go and look" },
	{ "key_mismatch", "wants_encryption",
	  "reader %lld holds a key and refuses to speak in clear: run "
	  "'cardeactl reader protection %lld secure'" },
	{ "key_mismatch", "downgrade",
	  "reader %lld: somebody on its line forges what it says; inspect the cable of reader "
	  "%lld for a device that does not belong there" },
	{ "key_mismatch", NULL,
	  "reader %lld does not have the key that it was given: if it is new or was reset, put it "
	  "into install mode and run 'cardeactl reader install %lld --replacement'; if nobody has "
	  "touched it, go and look" },
};

static const char *
advice_for(const json_t *reader)
{
	const char *security = json_string_or(reader, "security", "");
	const char *cause = json_string_or(reader, "cause", "");

	for (size_t i = 0; i < ARRAY_LEN(advice); i++)
		if (!strcmp(advice[i].security, security) &&
		    (!advice[i].cause || !strcmp(advice[i].cause, cause)))
			return advice[i].text;
	return NULL;
}

static void
print_advice(const json_t *reader)
{
	long long id = json_integer_or(reader, "id", 0);
	const char *text = advice_for(reader);

	/* Each text has its number twice; -Wformat cannot see the table. */
	if (!text)
		return;
	for (unsigned used = 0; *text; text++) {
		if (used < 2 && !strncmp(text, "%lld", 4)) {
			printf("%lld", id);
			text += 3;
			used++;
		} else {
			(void) putchar(*text);
		}
	}
	(void) putchar('\n');
}

/* Each with its number as id; a new reference. */
static json_t *
collect(const json_t *snapshot)
{
	json_t *readers = json_array();
	char key[24];

	for (int i = 1; i <= READERS; i++) {
		(void) snprintf(key, sizeof(key), "reader.%d", i);
		json_t *reader = json_object_get(json_object_get(snapshot, "objects"), key);
		if (!reader)
			continue;
		json_t *row = json_copy(reader);
		(void) json_object_set_new(row, "id", json_integer(i));
		(void) json_array_append_new(readers, row);
	}
	return readers;
}

static int
list(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *snapshot = NULL;
	json_t *reader;
	size_t i;

	if (ctl_call(ctl, "snapshot", NULL, &snapshot))
		return 1;
	_cleanup_(json_decrefp) json_t *readers = collect(snapshot);
	if (ctl->is_json)
		return ctl_print_json(readers);
	printf("%-3s %-20s %-4s %-7s %-13s %-10s %s\n", "ID", "NAME", "DOOR", "ONLINE", "SECURITY",
	       "SERIAL", "FIRMWARE");
	json_array_foreach (readers, i, reader)
		printf("%-3lld %-20s %-4lld %-7s %-13s %-10lld %s%s\n",
		       (long long) json_integer_or(reader, "id", 0),
		       json_string_or(reader, "name", "?"),
		       (long long) json_integer_or(reader, "door", 0),
		       json_bool_or(reader, "online", false) ? "yes" : "no",
		       json_string_or(reader, "security", "?"),
		       (long long) json_integer_or(reader, "serial", 0),
		       json_string_or(reader, "firmware", "?"),
		       json_bool_or(reader, "tamper", false) ? " (tampered)" : "");
	json_array_foreach (readers, i, reader)
		print_advice(reader);
	return 0;
}

static int
show(struct ctl *ctl, json_int_t id)
{
	_cleanup_(json_decrefp) json_t *snapshot = NULL;
	json_t *reader = NULL;
	json_t *row;
	size_t i;

	if (ctl_call(ctl, "snapshot", NULL, &snapshot))
		return 1;
	_cleanup_(json_decrefp) json_t *readers = collect(snapshot);
	json_array_foreach (readers, i, row)
		if (json_integer_or(row, "id", 0) == id)
			reader = row;
	if (!reader) {
		(void) fprintf(stderr, "cardeactl: there is no reader %lld\n", (long long) id);
		return 1;
	}
	if (ctl->is_json)
		return ctl_print_json(reader);
	time_t since = (time_t) (json_integer_or(reader, "since_us", 0) / 1000000);
	struct tm local;
	char stamp[32] = "?";
	if (localtime_r(&since, &local))
		(void) strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", &local);
	(void) ctl_print_values(ctl, reader);
	printf("%s since %s\n", json_string_or(reader, "security", "?"), stamp);
	print_advice(reader);
	return 0;
}

/* Words behind the number: --replacement, --key-file FILE. Returns an exit status, -1 for none. */
static int
take_options(struct ctl *ctl, json_t *params, bool has_replacement)
{
	char key[CTL_KEY_SIZE];

	for (int i = 2; i < ctl->argc; i++) {
		if (has_replacement && !strcmp(ctl->argv[i], "--replacement")) {
			(void) json_object_set_new(params, "replacement", json_true());
		} else if (!strcmp(ctl->argv[i], "--key-file") && i + 1 < ctl->argc) {
			if (ctl_read_key(ctl->argv[++i], key) < 0)
				return 1;
			(void) json_object_set_new(params, "key", json_string(key));
			explicit_bzero(key, sizeof(key));
		} else {
			(void) fputs(usage, stderr);
			return 2;
		}
	}
	return -1;
}

static const struct {
	const char *word;
	const char *method;
	bool has_key;
	bool has_replacement;
	const char *done; /* what happens now */
} actions[] = {
	{ "accept", "reader.accept", false, false, "the next device that has the key is the one" },
	{ "cancel", "reader.install_cancel", false, false, "the install window is closed" },
	{ "install", "reader.install", true, true,
	  "the install window is open for five minutes: put the reader into install mode, and "
	  "watch "
	  "'cardeactl reader list'" },
	{ "rotate", "reader.rotate", true, false,
	  "a new key is on its way; 'cardeactl events' says when the reader has it" },
};

static int
act(struct ctl *ctl, size_t action, json_int_t id)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	_cleanup_(json_decrefp) json_t *params = json_pack("{sI}", "reader", id);

	if (ctl->argc > 2 && !actions[action].has_key) {
		(void) fputs(usage, stderr);
		return 2;
	}
	int status = take_options(ctl, params, actions[action].has_replacement);
	if (status >= 0)
		return status;
	if (ctl_call(ctl, actions[action].method, json_incref(params), &result))
		return 1;
	if (ctl->is_json)
		return ctl_print_json(result);
	printf("Reader %lld: %s.\n", (long long) id, actions[action].done);
	return 0;
}

static int
protect(struct ctl *ctl, json_int_t id)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	const char *protection = ctl->argv[2];

	if (ctl_call(ctl, "object.change",
		     json_pack("{ss,sI,s{ss}}", "kind", "reader", "id", id, "object", "protection",
			       protection),
		     &result))
		return 1;
	if (ctl->is_json)
		return ctl_print_json(result);
	if (!strcmp(protection, "clear"))
		printf("Reader %lld may speak unencrypted now: whoever is on its line can read and "
		       "forge cards. A warning lasts until this is taken back.\n",
		       (long long) id);
	return 0;
}

int
ctl_reader(struct ctl *ctl)
{
	const char *what = ctl->argc ? ctl->argv[0] : "list";
	json_int_t id;

	if (!strcmp(what, "list") && ctl->argc <= 1)
		return list(ctl);
	if (ctl->argc >= 2 && parse_number(ctl->argv[1], &id) == 0) {
		if (!strcmp(what, "show") && ctl->argc == 2)
			return show(ctl, id);
		if (!strcmp(what, "protection") && ctl->argc == 3)
			return protect(ctl, id);
		for (size_t i = 0; i < ARRAY_LEN(actions); i++)
			if (!strcmp(actions[i].word, what))
				return act(ctl, i, id);
	}
	int status = ctl_reader_keys(ctl);
	if (status == CTL_USAGE)
		status = ctl_reader_tools(ctl);
	if (status != CTL_USAGE)
		return status;
	(void) fputs(usage, stderr);
	return 2;
}
