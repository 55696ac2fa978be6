/*
 * The snmp role: follows the store, and is the subagent of a Net-SNMP master. It opens no device
 * and no database, and the doors do not know whether it runs.
 */
#include <event2/event.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/agent.h"
#include "agent/snmp_answer.h"
#include "agent/snmp_audit.h"
#include "agent/snmp_command.h"
#include "agent/snmp_config_change.h"
#include "agent/snmp_heartbeat.h"
#include "agent/snmp_master.h"
#include "agent/snmp_notify.h"
#include "agent/snmp_read.h"
#include "agent/snmp_report.h"
#include "agent/snmp_setup.h"
#include "lib/clock.h"
#include "lib/daemon.h"
#include "lib/follow.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "mibs/replica.h"

#define CURSOR		  "snmp"
#define REPORT_TIMEOUT_MS 2000
/* Audits are events as well, and are no rows of the event table. */
#define EVENTS_READ (4 * REPLICA_EVENTS)

struct snmp {
	struct replica replica;
	struct follower *follower;
	struct follower *recent; /* for the event table, whatever the master does */
	struct event *tick;
	struct heartbeat heartbeat;
	uint32_t uptime_cs; /* the master's, as it last said */
	bool is_master_new; /* it has said less than before */
	struct master *master;
	struct answers *answers;
	struct notifier *notifier;
	struct config_change *config_change;
	struct reporter *reporter;
	struct setup *setup;
	struct snmp_audit *audit;
};

/* The store's side */

static void
on_event(json_t *event, const char *hash UNUSED, void *context)
{
	struct snmp *snmp = context;

	if (notifier_add(snmp->notifier, event) < 0) {
		(void) log_warn(0, "the store sends more events than asked for; connecting anew");
		rpc_reconnect(follower_client(snmp->follower));
	}
}

static void
on_state(const char *key, const json_t *value, void *context)
{
	struct snmp *snmp = context;

	if (key && !strcmp(key, "snmp")) {
		reporter_learn(snmp->reporter, value);
	} else if (key && !strcmp(key, "snmp_config")) {
		setup_ask(snmp->setup);
	} else if (key) {
		replica_update(&snmp->replica, key, value);
	} else {
		replica_end(&snmp->replica);
		reporter_set_link(snmp->reporter, true);
		notifier_pump(snmp->notifier);
	}
	config_change_check(snmp->config_change);
}

static void
on_link(bool is_up, void *context)
{
	struct snmp *snmp = context;

	if (is_up) {
		replica_begin(&snmp->replica);
		return;
	}
	replica_lost(&snmp->replica);
	reporter_set_link(snmp->reporter, false);
	notifier_clear(snmp->notifier);
}

static void
on_start(uint64_t after, uint64_t head, void *context)
{
	struct snmp *snmp = context;

	snmp->replica.device.log_delivered = after;
	snmp->replica.device.log_head = head;
	/* Nobody was here when these happened, or it is the second time. */
	notifier_mark_late(snmp->notifier, head);
}

static void
on_gap(uint64_t from, uint64_t to, void *context)
{
	struct snmp *snmp = context;

	snmp->replica.notifications.missed += (uint32_t) (to + 1 - from);
}

static const struct follower_ops follower_ops = {
	.on_event = on_event,
	.on_state = on_state,
	.on_link = on_link,
	.on_start = on_start,
	.on_gap = on_gap,
};

static void
on_recent(json_t *event, const char *hash UNUSED, void *context)
{
	struct snmp *snmp = context;
	uint64_t seq = (uint64_t) json_integer_or(event, "seq", 0);

	replica_events_add(&snmp->replica.events, event);
	snmp->replica.device.log_head = MAX_OF(snmp->replica.device.log_head, seq);
}

static const struct follower_ops recent_ops = { .on_event = on_recent };

static void
on_done(uint64_t seq, void *context)
{
	struct snmp *snmp = context;

	follower_ack(snmp->follower, seq);
}

/* The store makes an event of it, which comes back here and is notified in its turn. */
static void
on_left_out(enum event_kind kind, uint32_t count, void *context)
{
	struct snmp *snmp = context;

	rpc_call(follower_client(snmp->follower), NULL, "report",
		 json_pack("{ss,s{ss,sI}}", "event", "snmp.left_out", "data", "which",
			   events_find(kind)->name, "count", (json_int_t) count),
		 REPORT_TIMEOUT_MS, NULL, NULL);
}

static const struct notifier_ops notifier_ops = {
	.on_done = on_done,
	.on_left_out = on_left_out,
};

/* The master's side */

static void
on_master_up(void *context)
{
	struct snmp *snmp = context;
	bool is_new = snmp->is_master_new;

	snmp->is_master_new = false;
	notifier_mark_late(snmp->notifier, snmp->replica.device.log_head);
	/* Whoever hears its coldStart is told what stands. */
	if (is_new)
		notifier_resend(snmp->notifier);
	else
		notifier_pump(snmp->notifier);
	config_change_check(snmp->config_change);
}

static void
on_master_down(void *context)
{
	struct snmp *snmp = context;

	answers_reset(snmp->answers);
	snmp_audit_forget(snmp->audit);
	notifier_restart(snmp->notifier);
}

static void
on_notified(long id, long error, void *context)
{
	struct snmp *snmp = context;

	notifier_confirm(snmp->notifier, id, error);
}

static void
on_uptime(uint32_t uptime_cs, void *context)
{
	struct snmp *snmp = context;

	snmp->is_master_new = snmp->is_master_new || uptime_cs < snmp->uptime_cs;
	snmp->uptime_cs = uptime_cs;
	replica_set_uptime(&snmp->replica, uptime_cs, clock_mono_us());
}

static void
on_read(const struct packet *request, const uint8_t *payload, struct packet_writer *answer,
	void *context)
{
	struct snmp *snmp = context;

	read_answer(&snmp->replica, request, payload, answer);
}

static bool
on_request(const netsnmp_pdu *request, netsnmp_pdu *response, void *context)
{
	struct snmp *snmp = context;

	return answers_request(snmp->answers, request, response);
}

static const struct master_ops master_ops = {
	.on_up = on_master_up,
	.on_down = on_master_down,
	.on_notified = on_notified,
	.on_uptime = on_uptime,
	.on_read = on_read,
	.on_request = on_request,
};

static bool
can_command(void *context)
{
	struct snmp *snmp = context;

	return rpc_is_up(follower_client(snmp->follower)) && snmp->replica.device.is_current &&
	       snmp->replica.device.is_control_online && snmp->replica.device.is_board_online;
}

static void
command(const struct set_command *wanted, void *context)
{
	struct snmp *snmp = context;

	if (strcmp(wanted->kind, REPLICA_ALARM_COMMAND) != 0) {
		snmp_command(follower_client(snmp->follower), &snmp->replica, wanted);
		return;
	}
	replica_command_end(&snmp->replica.alarms.command, wanted->serial, REPLICA_RESULT_DONE, "");
	notifier_resend(snmp->notifier);
}

static const char *
who(uint32_t transaction, void *context)
{
	struct snmp *snmp = context;

	return snmp_audit_who(snmp->audit, transaction);
}

static const struct answer_ops answer_ops = {
	.can_command = can_command,
	.command = command,
	.who = who,
};

static void
on_set_refused(const struct snmp_audit_line *line, uint32_t left_out, void *context)
{
	static const char *const levels[] = { "", "noAuthNoPriv", "authNoPriv", "authPriv" };
	static const char *const models[] = { "", "v1", "v2c", "v3" };
	struct snmp *snmp = context;

	rpc_call(follower_client(snmp->follower), NULL, "report",
		 json_pack("{ss,s{ss,ss,ss,ss,ss,sI}}", "event", "snmp.denied", "data", "who",
			   *line->name ? line->name : "nobody known", "address", line->address,
			   "oid", line->oid, "version", models[line->model], "level",
			   levels[line->level], "left_out", (json_int_t) left_out),
		 REPORT_TIMEOUT_MS, NULL, NULL);
}

static const struct snmp_audit_ops audit_ops = { .refused = on_set_refused };

static void
get_report(struct report *report, void *context)
{
	struct snmp *snmp = context;

	*report = (struct report){
		.is_master_up = master_is_up(snmp->master),
		.sent = snmp->replica.device.sent,
		.queued = notifier_queued(snmp->notifier),
	};
}

/* The store makes an event of it, so that what arrives has gone all the way. */
static void
on_tick(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct snmp *snmp = context;
	const struct replica *replica = &snmp->replica;

	if (!replica->device.is_current || !master_is_up(snmp->master) ||
	    !heartbeat_is_due(&snmp->heartbeat, replica->heartbeat_min, clock_mono_us()))
		return;
	rpc_call(follower_client(snmp->follower), NULL, "report",
		 json_pack("{ss,s{sI,sI}}", "event", "snmp.heartbeat", "data", "sent",
			   (json_int_t) replica->device.sent, "suppressed",
			   (json_int_t) replica->notifications.suppressed),
		 REPORT_TIMEOUT_MS, NULL, NULL);
}

static void
watch_events(struct snmp *snmp, struct event_base *base, const char *path)
{
	static const struct timeval period = { 1, 0 };

	snmp->recent = follower_new(base, path, "snmp", NULL, 1, &recent_ops, snmp);
	follower_begin_with_last(snmp->recent, EVENTS_READ);
	snmp->tick = event_new(base, -1, EV_PERSIST, on_tick, snmp);
	(void) event_add(snmp->tick, &period);
}

int
snmp_role_run(const struct agent_options *options)
{
	/* Too large for a stack. */
	_cleanup_(freep) struct snmp *snmp = xcalloc(1, sizeof(*snmp));
	struct event_base *base = loop_new();
	char path[256];
	int r = path_join(path, sizeof(path), options->run_dir, "agent.sock");

	if (r < 0) {
		(void) log_err(r, "cannot use the directory '%s'", options->run_dir);
		event_base_free(base);
		return 1;
	}
	replica_init(&snmp->replica);
	snmp->answers = answers_new(&snmp->replica, &answer_ops, snmp);
	snmp->master = master_new(base, options->agentx_socket, &master_ops, snmp);
	snmp->config_change = config_change_new(base, snmp->master, &snmp->replica);
	snmp->notifier = notifier_new(base, snmp->master, &snmp->replica, &notifier_ops, snmp);
	snmp->follower =
		follower_new(base, path, "snmp", CURSOR, NOTIFY_WINDOW, &follower_ops, snmp);
	snmp->reporter = reporter_new(base, follower_client(snmp->follower), get_report, snmp);
	snmp->setup = setup_new(options, follower_client(snmp->follower));
	snmp->audit = snmp_audit_new(base, options->snmpd_dir, &audit_ops, snmp);
	watch_events(snmp, base, path);
	daemon_run(base, NULL, NULL);
	event_free(snmp->tick);
	follower_free(snmp->recent);
	snmp_audit_free(snmp->audit);
	setup_free(snmp->setup);
	reporter_free(snmp->reporter);
	follower_free(snmp->follower);
	notifier_free(snmp->notifier);
	config_change_free(snmp->config_change);
	master_free(snmp->master);
	answers_free(snmp->answers);
	event_base_free(base);
	return 0;
}
