#include "agent/store_expiry.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"
#include "tests/unit/store_rig.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool
was_refused(const struct store_rig *rig, const char *code, const char *field, const char *message)
{
	const struct store_refusal *refusal = &rig->refusal;
	bool is_so = refusal->code && !strcmp(refusal->code, code) &&
		     !strcmp(refusal->field, field) && !strcmp(refusal->message, message);

	if (!is_so)
		printf("# %s, %s: %s\n", refusal->code ? refusal->code : "done", refusal->field,
		       refusal->message);
	return is_so;
}

static int64_t
make(struct store_rig *rig, const char *kind, const char *members)
{
	CU_ASSERT_EQUAL(store_rig_put(rig, kind, 0, members), 0);
	if (rig->refusal.code)
		printf("# %s: %s\n", rig->refusal.field, rig->refusal.message);
	return rig->id;
}

static void
test_nothing_refers_to_what_is_not_there(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	CU_ASSERT(store_rig_put(&rig, "access_point", 1, "{'area_to':7}") < 0);
	CU_ASSERT_TRUE(was_refused(&rig, "bad_params", "area_to", "there is no area 7"));
	CU_ASSERT(store_rig_put(&rig, "person", 0, "{'name':'Ada','profiles':[{'profile':3}]}") <
		  0);
	CU_ASSERT_TRUE(was_refused(&rig, "bad_params", "profiles", "there is no access profile 3"));
	CU_ASSERT(store_rig_put(&rig, "credential", 0, "{'person':1,'card':7}") < 0);
	CU_ASSERT_TRUE(was_refused(&rig, "bad_params", "person", "there is no person 1"));
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count(*) FROM refs"), 0);
	_cleanup_(freep) char *log = store_rig_log(&rig);
	CU_ASSERT_STRING_EQUAL(log, "[]");
	store_rig_stop(&rig);
}

static void
test_what_others_refer_to_stays_and_one_of_them_is_named(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	int64_t profile = make(&rig, "access_profile", "{'name':'Staff','rules':[{'doors':[1]}]}");
	int64_t person = make(&rig, "person", "{'name':'Ada','profiles':[{'profile':1}]}");
	int64_t card = make(&rig, "credential", "{'person':1,'card':7}");
	CU_ASSERT(store_rig_remove(&rig, "access_profile", profile, false) < 0);
	CU_ASSERT_TRUE(was_refused(&rig, "conflict", "id", "person 'Ada' refers to it"));
	CU_ASSERT(store_rig_remove(&rig, "person", person, false) < 0);
	CU_ASSERT_TRUE(was_refused(&rig, "conflict", "id", "credential 1 refers to it"));
	/* What no longer refers to it does not hold it any more. */
	CU_ASSERT_EQUAL(store_rig_put(&rig, "person", person, "{'profiles':[]}"), 0);
	CU_ASSERT_EQUAL(store_rig_remove(&rig, "access_profile", profile, false), 0);
	CU_ASSERT_EQUAL(store_rig_remove(&rig, "credential", card, false), 0);
	CU_ASSERT_EQUAL(store_rig_remove(&rig, "person", person, false), 0);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count(*) FROM refs"), 0);
	store_rig_stop(&rig);
}

static void
test_a_person_goes_with_the_credentials_when_that_is_said(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	(void) make(&rig, "person", "{'name':'Ada'}");
	(void) make(&rig, "person", "{'name':'Bob'}");
	(void) make(&rig, "credential", "{'person':1,'card':7}");
	(void) make(&rig, "credential", "{'person':1,'type':'pin','pin':'4711'}");
	(void) make(&rig, "credential", "{'person':2,'card':8}");
	CU_ASSERT_EQUAL(store_rig_remove(&rig, "person", 1, true), 0);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count(*) FROM objects"
					       " WHERE kind = 'credential'"),
			1);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count FROM counts WHERE kind = 'person'"),
			1);
	_cleanup_(json_decrefp) json_t *events = store_rig_events(&rig);
	CU_ASSERT_EQUAL(json_array_size(events), 8);
	for (size_t i = 5; i < 8; i++) {
		const json_t *event = json_array_get(events, i);
		CU_ASSERT_STRING_EQUAL(json_string_or(event, "kind", ""), "object.removed");
		CU_ASSERT_STRING_EQUAL(json_string_or(event, "actor", ""), "account:ada");
	}
	store_rig_stop(&rig);
}

static void
test_a_pin_is_nowhere_to_be_read(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	(void) make(&rig, "person", "{'name':'Ada'}");
	int64_t id = make(&rig, "credential", "{'person':1,'type':'pin','pin':'830194'}");
	_cleanup_(json_decrefp) json_t *first = store_rig_load(&rig, "credential", id);
	const char *kept = json_string_or(first, "pin", "");
	CU_ASSERT_EQUAL(strlen(kept), strlen("kept:") + 16);
	CU_ASSERT_EQUAL(strncmp(kept, "kept:", 5), 0);
	CU_ASSERT_EQUAL(store_rig_put(&rig, "credential", id, "{'pin':'555123'}"), 0);
	CU_ASSERT_EQUAL(store_rig_remove(&rig, "credential", id, false), 0);
	_cleanup_(freep) char *log = store_rig_log(&rig);
	CU_ASSERT_PTR_NULL(strstr(log, "830194"));
	CU_ASSERT_PTR_NULL(strstr(log, "555123"));
	CU_ASSERT_PTR_NULL(strstr(log, "kept:"));
	CU_ASSERT_PTR_NOT_NULL(strstr(log, "\"field\":\"pin\",\"id\":1,\"new\":\"changed\","
					   "\"object\":\"credential\",\"old\":\"changed\""));
	(void) store_object_show(model_find("credential"), id, first);
	CU_ASSERT_PTR_NULL(json_object_get(first, "pin"));
	store_rig_stop(&rig);
}

static void
test_equal_pins_look_equal_only_where_they_open_by_themselves(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	(void) make(&rig, "person", "{'name':'Ada'}");
	(void) make(&rig, "person", "{'name':'Bob'}");
	(void) make(&rig, "credential", "{'person':1,'type':'pin','pin':'4711'}");
	(void) make(&rig, "credential", "{'person':2,'type':'pin','pin':'4711'}");
	_cleanup_(json_decrefp) json_t *a = store_rig_load(&rig, "credential", 1);
	_cleanup_(json_decrefp) json_t *b = store_rig_load(&rig, "credential", 2);
	CU_ASSERT_FALSE(json_equal(json_object_get(a, "pin"), json_object_get(b, "pin")));
	(void) make(&rig, "credential", "{'person':1,'type':'pin','pin':'4711','alone':true}");
	/* Who is refused must not learn whose it is. */
	CU_ASSERT_EQUAL(store_rig_put(&rig, "credential", 0,
				      "{'person':2,'type':'pin','pin':'4711','alone':true}"),
			-EINVAL);
	CU_ASSERT_TRUE(was_refused(&rig, "conflict", "pin", "choose another PIN"));
	store_rig_stop(&rig);
}

static void
test_a_pin_does_not_move_to_another_person_or_use(void)
{
	static const char message[] = "needed again: it is kept for this person and use only";
	struct store_rig rig;

	store_rig_start(&rig);
	(void) make(&rig, "person", "{'name':'Ada'}");
	(void) make(&rig, "person", "{'name':'Bob'}");
	int64_t id = make(&rig, "credential", "{'person':1,'type':'pin','pin':'4711'}");
	CU_ASSERT(store_rig_put(&rig, "credential", id, "{'person':2}") < 0);
	CU_ASSERT_TRUE(was_refused(&rig, "bad_params", "pin", message));
	CU_ASSERT(store_rig_put(&rig, "credential", id, "{'alone':true}") < 0);
	CU_ASSERT_TRUE(was_refused(&rig, "bad_params", "pin", message));
	CU_ASSERT_EQUAL(store_rig_put(&rig, "credential", id, "{'person':2,'pin':'4712'}"), 0);
	CU_ASSERT_EQUAL(store_rig_put(&rig, "credential", id, "{'status':'lost'}"), 0);
	/* What is kept is made here, never given. */
	CU_ASSERT(store_rig_put(&rig, "credential", 0,
				"{'person':1,'type':'pin','pin':'kept:0123456789abcdef'}") < 0);
	CU_ASSERT_TRUE(was_refused(&rig, "bad_params", "pin", "four to twelve digits"));
	store_rig_stop(&rig);
}

static void
test_a_card_that_somebody_holds_is_refused_with_the_name(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	(void) make(&rig, "person", "{'name':'Ada Lovelace'}");
	(void) make(&rig, "credential", "{'person':1,'facility':118,'card':1603}");
	(void) make(&rig, "credential", "{'holder':'Bob','facility':118,'card':1604}");
	CU_ASSERT_EQUAL(
		store_rig_put(&rig, "credential", 0, "{'holder':'x','facility':118,'card':1603}"),
		-EINVAL);
	CU_ASSERT_TRUE(was_refused(&rig, "conflict", "card",
				   "person 'Ada Lovelace' holds this card already (credential 1)"));
	CU_ASSERT(store_rig_put(&rig, "credential", 1, "{'card':1604}") < 0);
	CU_ASSERT_TRUE(was_refused(&rig, "conflict", "card",
				   "Bob holds this card already (credential 2)"));
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count FROM counts"
					       " WHERE kind = 'credential'"),
			2);
	store_rig_stop(&rig);
}

static void
test_no_more_are_taken_than_a_table_holds(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	(void) make(&rig, "credential", "{'holder':'a','card':1}");
	CU_ASSERT_EQUAL(db_exec(rig.store.config, "UPDATE counts SET count = 1000000"
						  " WHERE kind = 'credential'"),
			0);
	CU_ASSERT(store_rig_put(&rig, "credential", 0, "{'holder':'b','card':2}") < 0);
	CU_ASSERT_TRUE(was_refused(&rig, "conflict", "kind",
				   "there are 1000000 credentials, no more fit"));
	CU_ASSERT_EQUAL(store_rig_put(&rig, "credential", 1, "{'card':3}"), 0);
	CU_ASSERT_EQUAL(store_rig_remove(&rig, "credential", 1, false), 0);
	CU_ASSERT_EQUAL(store_rig_put(&rig, "credential", 0, "{'holder':'b','card':2}"), 0);
	for (int i = 1; i <= AREAS; i++)
		(void) make(&rig, "area", "{'name':'Hall'}");
	CU_ASSERT(store_rig_put(&rig, "area", 0, "{'name':'Hall'}") < 0);
	CU_ASSERT_TRUE(was_refused(&rig, "conflict", "kind", "there are 64 areas, no more fit"));
	CU_ASSERT_EQUAL(store_rig_remove(&rig, "area", 7, false), 0);
	CU_ASSERT_EQUAL(make(&rig, "area", "{'name':'Hall'}"), 7);
	store_rig_stop(&rig);
}

static void
test_an_event_has_actor_address_field_and_both_values(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	int64_t id = make(&rig, "area", "{'name':'Hall'}");
	CU_ASSERT_EQUAL(store_rig_put(&rig, "area", id, "{'capacity':12}"), 0);
	_cleanup_(json_decrefp) json_t *events = store_rig_events(&rig);
	const json_t *event = json_array_get(events, 1);
	const json_t *data = json_object_get(event, "data");
	CU_ASSERT_EQUAL(json_array_size(events), 2);
	CU_ASSERT_STRING_EQUAL(json_string_or(event, "kind", ""), "object.changed");
	CU_ASSERT_STRING_EQUAL(json_string_or(event, "actor", ""), "account:ada");
	CU_ASSERT_STRING_EQUAL(json_string_or(data, "address", ""), "192.0.2.7");
	CU_ASSERT_STRING_EQUAL(json_string_or(data, "field", ""), "capacity");
	CU_ASSERT_EQUAL(json_integer_or(data, "old", -1), 0);
	CU_ASSERT_EQUAL(json_integer_or(data, "new", -1), 12);
	store_rig_stop(&rig);
}

static void
test_what_expires_is_disabled_or_removed_once_and_told(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	(void) make(&rig, "credential",
		    "{'holder':'a','card':1,'valid_to':'2026-01-01T00:00:00Z',"
		    "'expire_action':'disable'}");
	(void) make(&rig, "credential",
		    "{'holder':'b','card':2,'valid_to':'2026-01-01T00:00:00Z',"
		    "'expire_action':'remove'}");
	(void) make(&rig, "credential",
		    "{'holder':'c','card':3,'valid_to':'2026-01-01T00:00:00Z'}");
	(void) make(&rig, "credential",
		    "{'holder':'d','card':4,'valid_to':'2026-01-01T00:00:01Z',"
		    "'expire_action':'remove'}");
	CU_ASSERT_EQUAL(store_expiry_run(&rig.store, 1767225599), 0);
	CU_ASSERT_EQUAL(store_expiry_run(&rig.store, 1767225600), 2);
	CU_ASSERT_EQUAL(store_expiry_run(&rig.store, 1767225600), 0);
	_cleanup_(json_decrefp) json_t *a = store_rig_load(&rig, "credential", 1);
	_cleanup_(json_decrefp) json_t *b = store_rig_load(&rig, "credential", 2);
	_cleanup_(json_decrefp) json_t *c = store_rig_load(&rig, "credential", 3);
	_cleanup_(json_decrefp) json_t *d = store_rig_load(&rig, "credential", 4);
	CU_ASSERT_STRING_EQUAL(json_string_or(a, "status", ""), "expired");
	CU_ASSERT_PTR_NULL(b);
	CU_ASSERT_STRING_EQUAL(json_string_or(c, "status", ""), "enabled");
	CU_ASSERT_PTR_NOT_NULL(d);
	_cleanup_(json_decrefp) json_t *events = store_rig_events(&rig);
	CU_ASSERT_EQUAL(json_array_size(events), 6);
	for (size_t i = 4; i < 6; i++) {
		const json_t *event = json_array_get(events, i);
		CU_ASSERT_STRING_EQUAL(json_string_or(event, "actor", ""), "system");
		CU_ASSERT_STRING_EQUAL(json_string_or(event, "reason", ""), "expired");
	}
	/* Who is given more time, or is enabled again, is treated anew. */
	CU_ASSERT_EQUAL(store_rig_put(&rig, "credential", 1,
				      "{'status':'enabled','valid_to':'2026-02-01T00:00:00Z'}"),
			0);
	CU_ASSERT_EQUAL(store_expiry_run(&rig.store, 1767225601), 1);
	CU_ASSERT_EQUAL(store_expiry_run(&rig.store, 1769904000), 1);
	store_rig_stop(&rig);
}

/* A database as the version before persons left it. */
static void
make_old_database(struct store_rig *rig)
{
	const struct db_schema old = { db_config_schema.steps, 3 };
	sqlite3 *db;

	store_rig_close(rig);
	CU_ASSERT_EQUAL_FATAL(unlink(rig->config_path), 0);
	CU_ASSERT_EQUAL_FATAL(db_open(rig->config_path, &old, &db), 0);
	CU_ASSERT_EQUAL(
		db_exec(db, "INSERT INTO objects VALUES ('door', 1, NULL, '{\"name\":\"Front\"}');"
			    "INSERT INTO objects VALUES ('credential', 4,"
			    " '{\"card\":1603,\"facility\":118,\"format\":\"h10301\"}',"
			    " '{\"card\":1603,\"doors\":[1],\"enabled\":false,\"facility\":118,"
			    "\"floors\":[],\"format\":\"h10301\",\"holder\":\"Ada\"}');"
			    "INSERT INTO objects VALUES ('credential', 9,"
			    " '{\"card\":1604,\"facility\":118,\"format\":\"h10301\"}',"
			    " '{\"card\":1604,\"doors\":[1],\"enabled\":true,\"facility\":118,"
			    "\"floors\":[],\"format\":\"h10301\",\"holder\":\"Bob\"}');"),
		0);
	db_close(db);
	store_rig_open(rig);
}

static void
test_an_older_database_is_brought_up_once_with_everything_in_it(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	make_old_database(&rig);
	_cleanup_(json_decrefp) json_t *ada = store_rig_load(&rig, "credential", 4);
	_cleanup_(json_decrefp) json_t *bob = store_rig_load(&rig, "credential", 9);
	_cleanup_(json_decrefp) json_t *point = store_rig_load(&rig, "access_point", 8);
	_cleanup_(json_decrefp) json_t *door = store_rig_load(&rig, "door", 1);
	CU_ASSERT_STRING_EQUAL(json_string_or(ada, "status", ""), "disabled");
	CU_ASSERT_STRING_EQUAL(json_string_or(bob, "status", ""), "enabled");
	CU_ASSERT_PTR_NULL(json_object_get(ada, "enabled"));
	CU_ASSERT_STRING_EQUAL(json_string_or(ada, "type", ""), "card");
	CU_ASSERT_EQUAL(json_integer_or(point, "door", 0), 4);
	CU_ASSERT_STRING_EQUAL(json_string_or(door, "name", ""), "Front");
	CU_ASSERT_EQUAL(json_integer_or(door, "access_time", 0), 7);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count FROM counts"
					       " WHERE kind = 'credential'"),
			2);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count FROM counts WHERE kind = 'door'"), 4);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count(*) FROM search"
					       " WHERE search MATCH '160*'"),
			2);
	/* They may be changed, and the same card is still the same card. */
	CU_ASSERT_EQUAL(store_rig_put(&rig, "credential", 4, "{'status':'enabled'}"), 0);
	CU_ASSERT(store_rig_put(&rig, "credential", 9, "{'card':1603}") < 0);
	store_rig_close(&rig);
	store_rig_open(&rig);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count FROM counts"
					       " WHERE kind = 'credential'"),
			2);
	store_rig_stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_nothing_refers_to_what_is_not_there),
		TAP(test_what_others_refer_to_stays_and_one_of_them_is_named),
		TAP(test_a_person_goes_with_the_credentials_when_that_is_said),
		TAP(test_a_pin_is_nowhere_to_be_read),
		TAP(test_equal_pins_look_equal_only_where_they_open_by_themselves),
		TAP(test_a_pin_does_not_move_to_another_person_or_use),
		TAP(test_a_card_that_somebody_holds_is_refused_with_the_name),
		TAP(test_no_more_are_taken_than_a_table_holds),
		TAP(test_an_event_has_actor_address_field_and_both_values),
		TAP(test_what_expires_is_disabled_or_removed_once_and_told),
		TAP(test_an_older_database_is_brought_up_once_with_everything_in_it),
	};

	log_set_level((enum log_level) 0);
	return tap_main(tests, ARRAY_LEN(tests));
}
