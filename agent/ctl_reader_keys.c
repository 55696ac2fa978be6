/* cardeactl reader export-keys and import-keys: the keys in a file, under a password. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/util.h"

#define PASSWORD_SIZE 256
/* An export is much shorter; the store says what is wrong with it. */
#define DATA_SIZE 8192

/* A file whose password was mistyped is worth nothing, so at a terminal it is asked for twice. */
static int
choose_password(char password[PASSWORD_SIZE])
{
	char again[PASSWORD_SIZE];
	int r = ctl_read_password("Password for the file", password, PASSWORD_SIZE);

	if (r < 0 || !isatty(STDIN_FILENO))
		return r;
	r = ctl_read_password("Once more", again, sizeof(again));
	if (r == 0 && strcmp(password, again)) {
		(void) fprintf(stderr, "cardeactl: these were two passwords\n");
		r = -EINVAL;
	}
	explicit_bzero(again, sizeof(again));
	return r;
}

static void
say_readers(const json_t *result, const char *what)
{
	const json_t *row;
	size_t i;

	(void) fprintf(stderr, "Keys %s:", what);
	json_array_foreach (json_object_get(result, "readers"), i, row)
		(void) fprintf(stderr, "%s reader %lld", i ? "," : "",
			       (long long) json_integer_or(row, "reader", 0));
	if (!i)
		(void) fputs(" of no reader", stderr);
	(void) fprintf(stderr, "%s.\n",
		       json_bool_or(result, "host_key", false) ? ", and the modules' host key"
							       : "");
}

static int
export_keys(struct ctl *ctl, const char *path)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	_cleanup_(closep) int fd = -1;
	char password[PASSWORD_SIZE];

	if (choose_password(password) < 0)
		return 1;
	json_t *params = json_pack("{ss}", "password", password);
	explicit_bzero(password, sizeof(password));
	if (ctl_call(ctl, "keys.export", params, &result))
		return 1;
	if (ctl_open_key_file(path, &fd) < 0)
		return 1;
	if (dprintf(fd, "%s\n", json_string_or(result, "data", "")) < 0 ||
	    (strcmp(path, "-") && fsync(fd) < 0)) {
		(void) fprintf(stderr, "cardeactl: cannot write '%s': %s\n", path, strerror(errno));
		return 1;
	}
	say_readers(result, "exported");
	return 0;
}

static int
import_keys(struct ctl *ctl, const char *path, bool is_replacing)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	char password[PASSWORD_SIZE];
	char data[DATA_SIZE];

	if (ctl_read_password("Password of the file", password, sizeof(password)) < 0)
		return 1;
	int r = ctl_read_digits(path, data, sizeof(data));
	json_t *params = json_pack("{ss,ss,sb}", "password", password, "data", r < 0 ? "" : data,
				   "replace", is_replacing);
	explicit_bzero(password, sizeof(password));
	if (r < 0) {
		json_decref(params);
		return 1;
	}
	if (ctl_call(ctl, "keys.import", params, &result))
		return 1;
	if (ctl->is_json)
		return ctl_print_json(result);
	say_readers(result, "imported");
	if (!is_replacing)
		(void) fputs("Readers that have a key here were left alone; --replace takes those "
			     "of the file.\n",
			     stderr);
	return 0;
}

int
ctl_reader_keys(struct ctl *ctl)
{
	const char *what = ctl->argc ? ctl->argv[0] : "";

	if (!strcmp(what, "export-keys") && ctl->argc == 2)
		return export_keys(ctl, ctl->argv[1]);
	if (strcmp(what, "import-keys") || ctl->argc < 2 || ctl->argc > 3)
		return CTL_USAGE;
	if (ctl->argc == 3 && strcmp(ctl->argv[2], "--replace"))
		return CTL_USAGE;
	return import_keys(ctl, ctl->argv[1], ctl->argc == 3);
}
