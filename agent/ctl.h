/*
 * cardeactl's insides: one connection to the store, a table of commands, text or JSON out.
 */
#ifndef AGENT_CTL_H
#define AGENT_CTL_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/client.h"
#include "lib/field.h"

struct ctl {
	struct client *client;
	const char *run_dir;
	bool is_json;
	/* What is left of the command line. */
	int argc;
	char **argv;
};

/*
 * Calls a method; steals params. Returns 0 and a new reference, or 1 after having said on
 * standard error what was wrong.
 */
int ctl_call(struct ctl *ctl, const char *method, json_t *params, json_t **ret);
/* The same for a call that may take longer than others. */
int ctl_call_slow(struct ctl *ctl, const char *method, json_t *params, int timeout_ms,
		  json_t **ret);
/*
 * "name=value" words as an object, a new reference; a value that is JSON is that, else a string, as
 * are all values of fields of the table that are texts. NULL when a word is no pair.
 */
json_t *ctl_pairs(int argc, char **argv, const struct field_table *table);
/* Connects on first use. */
int ctl_connect(struct ctl *ctl);

/* ctl_print.c: as JSON with --json, else for people. Returns 0. */
int ctl_print_json(const json_t *value);
int ctl_print_status(const struct ctl *ctl, const json_t *status);
int ctl_print_doors(const struct ctl *ctl, const json_t *snapshot);
int ctl_print_objects(const struct ctl *ctl, const json_t *objects);
int ctl_print_values(const struct ctl *ctl, const json_t *values);
/* The points of a plot. */
int ctl_print_history(const struct ctl *ctl, const json_t *history, const char *unit);
void ctl_print_event(const struct ctl *ctl, const json_t *record);

/* ctl_access.c */
int ctl_access(struct ctl *ctl);

/* ctl_account.c */
int ctl_account(struct ctl *ctl);
/* ctl_settings.c */
int ctl_settings(struct ctl *ctl);

/* ctl_alarms.c */
int ctl_alarms(struct ctl *ctl);

/* ctl_board.c: needs no controller. */
int ctl_board(struct ctl *ctl);

/* ctl_door.c */
int ctl_door(struct ctl *ctl);

/* ctl_input.c */
int ctl_input(struct ctl *ctl);

/*
 * ctl_key.c: hexadecimal digits from a file, "-" for standard input, white space left out and
 * letters small; at most size - 1, and how many. Says on standard error what is wrong.
 */
int ctl_read_digits(const char *path, char *digits, size_t size);
/* A key of CTL_KEY_SIZE - 1 hexadecimal digits from a file, "-" for standard input. Says
 * on standard error what is wrong. */
#define CTL_KEY_SIZE 33
int ctl_read_key(const char *path, char key[CTL_KEY_SIZE]);
/* A text of several lines from a file, "-" for standard input, a new reference; NULL after having
 * said why there is none. */
json_t *ctl_read_lines(const char *name, const char *path);
/* A new file that only its owner may read, "-" for standard output. */
int ctl_open_key_file(const char *path, int *ret);

/* From the terminal without echo, or the first line of standard input. -EINVAL after having said
 * that there is none. */
int ctl_read_password(const char *prompt, char *password, size_t size);
/* A value that is written as "-" and asked for, a new reference; NULL after having said why there
 * is none. What is on a command line everybody on the machine can read. */
json_t *ctl_read_secret(const char *name, const char *text);

/*
 * ctl_upgrade.c: "upgrade" N... FILE, N... --bundled NAME, or N --cancel, of a "reader" or
 * "module". CTL_USAGE when the words do not suit.
 */
int ctl_upgrade(struct ctl *ctl, const char *kind);
/* ctl_line_test.c: "line-test" N [EXCHANGES], or N --cancel. */
int ctl_line_test(struct ctl *ctl, json_int_t reader);
/* A live object, a new reference; NULL after having said why. */
json_t *ctl_look(struct ctl *ctl, const char *kind, json_int_t number);
/* For people at a terminal only. */
void ctl_print_bar(const struct ctl *ctl, const char *what, json_int_t done, json_int_t all);
void ctl_wait_a_moment(void);

/* ctl_floor.c */
int ctl_floor(struct ctl *ctl);

/* ctl_import.c */
int ctl_import(struct ctl *ctl);
/* ctl_export.c */
int ctl_export(struct ctl *ctl);
/* The name of a kind of which the word may be the plural; any other word is left as it is. */
#define CTL_KIND_SIZE 33
void ctl_take_kind(const char *word, char kind[CTL_KIND_SIZE]);
/* "jsonl" when the file is called so, else "csv"; path may be NULL. */
const char *ctl_format_of(const char *path);

/* ctl_module.c */
int ctl_module(struct ctl *ctl);

/* ctl_object.c */
int ctl_object(struct ctl *ctl);

/* ctl_output.c */
int ctl_output(struct ctl *ctl);

/* ctl_feedback.c */
int ctl_feedback(struct ctl *ctl);

/* In place of an exit status: there are no such words. */
#define CTL_USAGE (-1)

/* ctl_reader.c */
int ctl_reader(struct ctl *ctl);
/* ctl_reader_keys.c: export-keys and import-keys; CTL_USAGE when the words are others. */
int ctl_reader_keys(struct ctl *ctl);
/* ctl_reader_tools.c; CTL_USAGE when the words are none of its own. */
int ctl_reader_tools(struct ctl *ctl);

/* ctl_schedule.c */
int ctl_schedule(struct ctl *ctl);
int ctl_special_days(struct ctl *ctl);

/* ctl_power.c */
int ctl_power(struct ctl *ctl);
int ctl_led(struct ctl *ctl);

/* ctl_events.c */
int ctl_events(struct ctl *ctl);
/* ctl_log_server.c */
int ctl_log_server(struct ctl *ctl);
/* ctl_log.c */
int ctl_log(struct ctl *ctl);
/*
 * ctl_filter.c: takes the word at *at and its value into the parameters of events.list. 1: taken,
 * and *at is at the value; 0: it is another word; CTL_USAGE after having said what is wrong.
 */
int ctl_take_filter(const struct ctl *ctl, int *at, json_t *params);

#endif
