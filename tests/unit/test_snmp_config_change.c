/*
 * entConfigChange without a master, which is played by the two functions that are called, as in
 * test_snmp_notify.c.
 */
#include <event2/event.h>

#include "agent/snmp_config_change.h"
#include "lib/clock.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

static struct replica replica;
static struct event_base *base;
static struct config_change *change;
static uint64_t now_us;
static bool is_up;
static size_t sent;

bool
master_is_up(const struct master *master UNUSED)
{
	return is_up;
}

int
master_notify(struct master *master UNUSED, netsnmp_variable_list *variables, long *ret_id)
{
	snmp_free_varbind(variables);
	*ret_id = (long) ++sent;
	return 0;
}

static uint64_t
fake_clock(void)
{
	return now_us;
}

static void
name_door(const char *name)
{
	_cleanup_(json_decrefp) json_t *door = json_pack("{ss}", "name", name);

	replica_update(&replica, "door.1", door);
	config_change_check(change);
}

static void
set_up(void)
{
	now_us = 1000 * US_PER_S;
	clock_set_source(fake_clock);
	is_up = true;
	sent = 0;
	replica_init(&replica);
	base = event_base_new();
	change = config_change_new(base, NULL, &replica);
}

/* And a first snapshot. */
static void
set_up_and_start(void)
{
	set_up();
	replica_begin(&replica);
	name_door("Front door");
	replica_end(&replica);
	config_change_check(change);
}

static void
tear_down(void)
{
	config_change_free(change);
	event_base_free(base);
	clock_set_source(NULL);
}

static void
test_what_is_there_at_the_start_is_no_change(void)
{
	set_up_and_start();
	CU_ASSERT_EQUAL(sent, 0);
	name_door("Front door");
	CU_ASSERT_EQUAL(sent, 0);
	tear_down();
}

static void
test_changes_within_five_seconds_are_told_together_at_their_end(void)
{
	set_up_and_start();
	name_door("Side door");
	CU_ASSERT_EQUAL(sent, 1);
	name_door("Yard");
	name_door("Gate");
	now_us += CONFIG_CHANGE_QUIET_US - 1;
	config_change_check(change);
	CU_ASSERT_EQUAL(sent, 1);
	now_us++;
	config_change_check(change);
	CU_ASSERT_EQUAL(sent, 2);
	/* The next five seconds have begun. */
	name_door("Front door");
	CU_ASSERT_EQUAL(sent, 2);
	now_us += CONFIG_CHANGE_QUIET_US;
	config_change_check(change);
	config_change_check(change);
	CU_ASSERT_EQUAL(sent, 3);
	now_us += 10 * CONFIG_CHANGE_QUIET_US;
	config_change_check(change);
	CU_ASSERT_EQUAL(sent, 3);
	tear_down();
}

static void
test_a_change_waits_for_the_master(void)
{
	set_up_and_start();
	is_up = false;
	name_door("Side door");
	CU_ASSERT_EQUAL(sent, 0);
	is_up = true;
	config_change_check(change);
	CU_ASSERT_EQUAL(sent, 1);
	tear_down();
}

static void
test_the_notification_has_its_oid_and_no_objects(void)
{
	static const oid expected[] = { 1, 3, 6, 1, 2, 1, 47, 2, 0, 1 };
	netsnmp_variable_list *list = config_change_variables();

	CU_ASSERT_EQUAL(list->type, ASN_OBJECT_ID);
	CU_ASSERT_EQUAL(snmp_oid_compare(list->val.objid, list->val_len / sizeof(oid), expected,
					 ARRAY_LEN(expected)),
			0);
	CU_ASSERT_PTR_NULL(list->next_variable);
	snmp_free_varbind(list);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_what_is_there_at_the_start_is_no_change),
		TAP(test_changes_within_five_seconds_are_told_together_at_their_end),
		TAP(test_a_change_waits_for_the_master),
		TAP(test_the_notification_has_its_oid_and_no_objects),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
