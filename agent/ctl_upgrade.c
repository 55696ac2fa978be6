/* Firmware for readers and modules: handing it over, and looking on while it is taken. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/ctl.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"

#define LOOK_MS	       200
#define CHUNK_BYTES    24000
#define FIRMWARE_MAX   (4 * 1024 * 1024)
#define BAR_WIDTH      30
#define UPGRADE_IDLE_S 90

void
ctl_wait_a_moment(void)
{
	(void) poll(NULL, 0, LOOK_MS);
}

json_t *
ctl_look(struct ctl *ctl, const char *kind, json_int_t number)
{
	_cleanup_(json_decrefp) json_t *snapshot = NULL;
	char key[32];

	if (ctl_call(ctl, "snapshot", NULL, &snapshot))
		return NULL;
	(void) snprintf(key, sizeof(key), "%s.%lld", kind, (long long) number);
	json_t *object = json_object_get(json_object_get(snapshot, "objects"), key);
	if (!object)
		(void) fprintf(stderr, "cardeactl: there is no %s %lld\n", kind,
			       (long long) number);
	return json_incref(object);
}

void
ctl_print_bar(const struct ctl *ctl, const char *what, json_int_t done, json_int_t all)
{
	char bar[BAR_WIDTH + 1] = "";
	int full = all > 0 ? (int) (done * BAR_WIDTH / all) : 0;

	if (ctl->is_json || !isatty(STDERR_FILENO))
		return;
	memset(bar, '.', BAR_WIDTH);
	memset(bar, '#', (size_t) MIN_OF(MAX_OF(full, 0), BAR_WIDTH));
	(void) fprintf(stderr, "\r%s [%s] %lld of %lld ", what, bar, (long long) done,
		       (long long) all);
	if (done >= all)
		(void) fputc('\n', stderr);
}

static int
hand_over(struct ctl *ctl, FILE *file, const char *name, json_int_t size)
{
	uint8_t bytes[CHUNK_BYTES];
	_cleanup_(freep) char *hex = xcalloc(1, 2 * sizeof(bytes) + 1);
	_cleanup_(json_decrefp) json_t *begun = NULL;

	if (ctl_call(ctl, "firmware.begin", json_pack("{ss,sI}", "name", name, "size", size),
		     &begun))
		return 1;
	for (json_int_t offset = 0; offset < size;) {
		_cleanup_(json_decrefp) json_t *result = NULL;
		size_t count = fread(bytes, 1, sizeof(bytes), file);
		if (!count) {
			(void) fprintf(stderr, "cardeactl: '%s' has become shorter\n", name);
			return 1;
		}
		hex_encode(bytes, count, hex);
		if (ctl_call(ctl, "firmware.chunk",
			     json_pack("{sI,ss}", "offset", offset, "data", hex), &result))
			return 1;
		offset += (json_int_t) count;
	}
	return 0;
}

/* A file of the operator's. */
static int
upload(struct ctl *ctl, const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_(fclosep) FILE *file = fopen(path, "re");

	if (!file || fseek(file, 0, SEEK_END) < 0) {
		(void) fprintf(stderr, "cardeactl: cannot read '%s': %s\n", path, strerror(errno));
		return 1;
	}
	json_int_t size = ftell(file);
	rewind(file);
	if (size < 1 || size > FIRMWARE_MAX) {
		(void) fprintf(stderr, "cardeactl: '%s' must have 1 to %d bytes\n", path,
			       FIRMWARE_MAX);
		return 1;
	}
	return hand_over(ctl, file, slash ? slash + 1 : path, size);
}

/* Until the device has it or not; 0 when it has. */
static int
watch(struct ctl *ctl, const char *kind, json_int_t id)
{
	json_int_t sent = -1;
	uint64_t until_us = clock_mono_us() + UPGRADE_IDLE_S * US_PER_S;
	char what[32];

	(void) snprintf(what, sizeof(what), "%s %lld", kind, (long long) id);
	while (clock_mono_us() < until_us) {
		_cleanup_(json_decrefp) json_t *device = ctl_look(ctl, kind, id);
		const json_t *upgrade = json_object_get(device, "upgrade");
		const char *state = json_string_or(upgrade, "state", "waiting");
		if (!device)
			return 1;
		ctl_print_bar(ctl, what, json_integer_or(upgrade, "sent", 0),
			      json_integer_or(upgrade, "bytes", 0));
		if (!strcmp(state, "done") || !strcmp(state, "failed")) {
			bool is_done = !strcmp(state, "done");
			printf("%s %lld: %s%s\n", kind, (long long) id,
			       is_done ? "done" : "failed, ",
			       is_done ? "" : json_string_or(upgrade, "why", "?"));
			return is_done ? 0 : 1;
		}
		if (json_integer_or(upgrade, "sent", 0) != sent)
			until_us = clock_mono_us() + UPGRADE_IDLE_S * US_PER_S;
		sent = json_integer_or(upgrade, "sent", 0);
		ctl_wait_a_moment();
	}
	(void) fprintf(stderr, "cardeactl: %s %lld does not go on\n", kind, (long long) id);
	return 1;
}

static int
cancel(struct ctl *ctl, const char *kind, json_int_t id)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	char method[32];

	(void) snprintf(method, sizeof(method), "%s.upgrade_cancel", kind);
	if (ctl_call(ctl, method, json_pack("{sI}", kind, id), &result))
		return 1;
	return ctl->is_json ? ctl_print_json(result) : 0;
}

static int
bundled(struct ctl *ctl, const char *name)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	return ctl_call(ctl, "firmware.bundled", json_pack("{ss}", "name", name), &result);
}

/* All are numbers. */
static bool
are_devices(const struct ctl *ctl, int end)
{
	json_int_t id;

	for (int i = 1; i < end; i++)
		if (parse_number(ctl->argv[i], &id) < 0)
			return false;
	return end > 1;
}

int
ctl_upgrade(struct ctl *ctl, const char *kind)
{
	const char *last = ctl->argv[ctl->argc - 1];
	bool is_bundled = ctl->argc >= 4 && !strcmp(ctl->argv[ctl->argc - 2], "--bundled");
	int end = ctl->argc - 1 - is_bundled;
	char method[32];
	json_int_t id;
	int status = 0;

	if (!are_devices(ctl, end))
		return CTL_USAGE;
	if (ctl->argc == 3 && !strcmp(last, "--cancel")) {
		(void) parse_number(ctl->argv[1], &id);
		return cancel(ctl, kind, id);
	}
	if (is_bundled ? bundled(ctl, last) : upload(ctl, last))
		return 1;
	(void) snprintf(method, sizeof(method), "%s.upgrade", kind);
	for (int i = 1; i < end; i++) {
		_cleanup_(json_decrefp) json_t *result = NULL;
		(void) parse_number(ctl->argv[i], &id);
		if (ctl_call(ctl, method, json_pack("{sI}", kind, id), &result) ||
		    watch(ctl, kind, id))
			status = 1;
	}
	return status;
}
