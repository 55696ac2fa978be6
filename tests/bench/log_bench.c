/*
 * log-bench FILE COUNT: fills an event log through the store's own code, as fast as it takes
 * events in full groups, and prints {"events":N,"us":N}. A year of a busy door control: the
 * same events for the same COUNT. With - for COUNT it takes those on its standard input.
 */
#include <event2/event.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_log.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/util.h"

#define GROUP	     256
#define BEGINNING_US INT64_C(1760000000000000)
#define STEP_US	     INT64_C(30000000)
#define PERSONS	     5000
#define DRAFT_MAX    70000

static const char *const first_names[] = { "Ada",    "Grace",	"Alan",	   "Edsger", "Barbara",
					   "Donald", "Niklaus", "Frances", "Tony",   "Radia" };
static const char *const last_names[] = { "Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov",
					  "Knuth",    "Wirth",	"Allen",  "Hoare",    "Perlman" };
static const char *const doors[] = { "Front door", "Back door", "Server room", "Garage" };

static void
on_commit(uint64_t head UNUSED, void *context UNUSED)
{
}

static void
on_ring_commit(const char *epoch UNUSED, uint64_t number UNUSED, void *context UNUSED)
{
}

static const struct store_log_ops ops = { on_commit, on_ring_commit };

/* Spreads numbers that follow each other. */
static uint64_t
spread(uint64_t number)
{
	number *= UINT64_C(0x9e3779b97f4a7c15);
	return number ^ number >> 29;
}

static json_t *
access_data(uint64_t random, int door)
{
	int person = (int) ((random >> 8) % PERSONS);
	_cleanup_(freep) char *holder = xasprintf("%s %s %d", first_names[person % 10],
						  last_names[person / 10 % 10], person);

	return json_pack("{si,ss,si,si,ss,si,si,ss,si}", "door", door, "door_name", doors[door - 1],
			 "reader", door * 2 - 1, "credential", person + 1, "holder", holder,
			 "person", person + 1, "card", 10000 + person, "format", "h10301",
			 "facility", 118);
}

static json_t *
state_data(int door, const char *state)
{
	return json_pack("{si,ss,ss}", "door", door, "door_name", doors[door - 1], "state", state);
}

/* One of a hundred is rare. */
static json_t *
draft(uint64_t number)
{
	uint64_t random = spread(number);
	unsigned roll = (unsigned) (random % 1000);
	int door = 1 + (int) ((random >> 24) % 4);
	char source[16];
	char actor[32];
	const char *reason = NULL;
	json_t *data;
	int kind;

	(void) snprintf(source, sizeof(source), "door.%d", door);
	(void) snprintf(actor, sizeof(actor), "system");
	if (roll < 400) {
		kind = EV_ACCESS_GRANTED;
		data = access_data(random, door);
		(void) snprintf(actor, sizeof(actor), "card:h10301:118:%lld",
				(long long) json_integer_value(json_object_get(data, "card")));
	} else if (roll < 450) {
		kind = EV_ACCESS_DENIED;
		data = access_data(random, door);
		reason = "Unauthorized";
	} else if (roll < 700) {
		kind = EV_DOOR_POSITION;
		data = state_data(door, roll % 2 ? "open" : "closed");
	} else if (roll < 980) {
		kind = EV_DOOR_LOCK;
		data = state_data(door, roll % 2 ? "locked" : "unlocked");
	} else if (roll < 990) {
		kind = EV_DOOR_COMMAND;
		data = json_pack("{si,ss,ss}", "door", door, "door_name", doors[door - 1],
				 "command", "unlock");
		(void) snprintf(actor, sizeof(actor), "account:user%d",
				(int) ((random >> 40) % 20));
	} else if (roll < 999) {
		kind = EV_DOOR_HELD;
		data = json_pack("{si,ss}", "door", door, "door_name", doors[door - 1]);
	} else {
		kind = EV_DOOR_FORCED;
		data = json_pack("{si,ss}", "door", door, "door_name", doors[door - 1]);
	}
	return json_pack("{si,ss,ss,ss,sI,sI,sb,ss*,so}", "number", kind, "source", source, "actor",
			 actor, "boot", "0d35b5c2-5f3b-4f0e-8f0e-3c1f9a3a7a10", "time_us",
			 (json_int_t) (BEGINNING_US + (int64_t) number * STEP_US), "mono_us",
			 (json_int_t) ((int64_t) number * STEP_US), "synced", 1, "reason", reason,
			 "data", data);
}

/* The events that are written on standard input, one a line, as drafts. */
static json_t *
read_draft(uint64_t number UNUSED)
{
	static char line[DRAFT_MAX];
	json_t *event = NULL;

	if (!fgets(line, sizeof(line), stdin))
		return NULL;
	if (json_read(line, strlen(line), &event) < 0)
		abort();
	return event;
}

int
main(int argc, char **argv)
{
	struct event_base *base = loop_new();
	struct store_log *log;
	long long count = LLONG_MAX;
	bool is_read = argc == 3 && !strcmp(argv[2], "-");

	if (argc != 3 || (!is_read && parse_number(argv[2], &count) < 0) ||
	    store_log_open(base, argv[1], &ops, NULL, &log) < 0)
		return 2;
	uint64_t begun_us = clock_mono_us();
	uint64_t begin = store_log_ring_position(log, "bench");
	uint64_t number = begin;
	json_t *event = NULL;
	while (number - begin < (uint64_t) count &&
	       (event = is_read ? read_draft(number + 1) : draft(number + 1))) {
		if (store_log_add_ring(log, "bench", ++number, event) < 0)
			abort();
		json_decref(event);
		if ((number - begin) % GROUP == 0)
			(void) event_base_loop(base, EVLOOP_NONBLOCK);
	}
	store_log_close(log);
	printf("{\"events\":%llu,\"us\":%llu}\n", (unsigned long long) (number - begin),
	       (unsigned long long) (clock_mono_us() - begun_us));
	event_base_free(base);
	return 0;
}
