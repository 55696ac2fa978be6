#include "agent/store_certificates.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_keys.h"
#include "agent/store_seal.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/pem_rig.h"
#include "tests/unit/store_rig.h"
#include "tests/unit/tap.h"

struct pair {
	EVP_PKEY *key;
	char *pem;
	char *private;
};

static struct store_rig rig;
static struct pair ours;
static struct pair other;

static void
make_pair(struct pair *pair, const char *name)
{
	pair->key = pem_rig_key();
	pair->pem = pem_rig_certificate(name, pair->key, EVP_sha256(), 30);
	pair->private = pem_rig_private(pair->key, NULL);
}

static void
drop_pair(struct pair *pair)
{
	EVP_PKEY_free(pair->key);
	free(pair->pem);
	free(pair->private);
}

static void
start(void)
{
	store_rig_start(&rig);
	make_pair(&ours, "Door");
	make_pair(&other, "Other");
}

static void
stop(void)
{
	drop_pair(&ours);
	drop_pair(&other);
	store_rig_stop(&rig);
}

/* Steals members. */
static int
put(const char *kind, int64_t id, json_t *members)
{
	_cleanup_(json_decrefp) json_t *object = members;
	_cleanup_(freep) char *text = json_dumps(object, 0);

	return store_rig_put(&rig, kind, id, text);
}

static int
make(const char *pem, const char *key)
{
	return put("certificate", 0,
		   json_pack("{ss,ss,ss*}", "name", "Site", "certificates", pem, "key", key));
}

static bool
was_refused(const char *field, const char *words)
{
	const struct store_refusal *refusal = &rig.refusal;
	bool is_so =
		refusal->code && !strcmp(refusal->field, field) && strstr(refusal->message, words);

	if (!is_so)
		printf("# %s: %s\n", refusal->field, refusal->message);
	return is_so;
}

/* What is stored of a certificate, one member as text; free with free(). */
static char *
kept(int64_t id, const char *name)
{
	_cleanup_(json_decrefp) json_t *doc = store_rig_load(&rig, "certificate", id);

	return json_canonical(json_object_get(doc, name));
}

static void
test_a_key_is_nowhere_to_be_read(void)
{
	char line[20];

	start();
	CU_ASSERT_EQUAL_FATAL(make(ours.pem, ours.private), 0);
	/* A line of its base64. */
	(void) snprintf(line, sizeof(line), "%.16s", strchr(ours.private, '\n') + 40);
	_cleanup_(json_decrefp) json_t *doc = store_rig_load(&rig, "certificate", rig.id);
	CU_ASSERT_TRUE(json_bool_or(doc, "has_key", false));
	_cleanup_(freep) char *stored = json_canonical(doc);
	CU_ASSERT_PTR_NULL(strstr(stored, line));
	CU_ASSERT_PTR_NULL(strstr(stored, "PRIVATE"));
	_cleanup_(freep) char *log = store_rig_log(&rig);
	CU_ASSERT_PTR_NULL(strstr(log, line));
	CU_ASSERT_PTR_NULL(strstr(log, json_string_or(doc, "key", "?")));
	CU_ASSERT_PTR_NULL(strstr(log, "BEGIN"));
	CU_ASSERT_PTR_NOT_NULL(strstr(log, "CN=Door"));
	(void) store_object_show(model_find("certificate"), rig.id, doc);
	CU_ASSERT_PTR_NULL(json_object_get(doc, "key"));
	CU_ASSERT_PTR_NULL(json_object_get(doc, "certificates"));
	const json_t *first = json_array_get(json_object_get(doc, "contents"), 0);
	CU_ASSERT_STRING_EQUAL(json_string_or(first, "subject", ""), "CN=Door");
	stop();
}

static void
test_what_does_not_suit_is_refused_and_changes_nothing(void)
{
	start();
	_cleanup_(freep) char *old = pem_rig_certificate("Old", ours.key, EVP_sha256(), -1);
	_cleanup_(freep) char *locked = pem_rig_private(ours.key, "secret");
	CU_ASSERT_EQUAL(make(ours.pem, NULL), 0);
	_cleanup_(freep) char *before = kept(1, "contents");
	static const char *const field = "certificates";
	const struct {
		const char *pem;
		const char *key;
		const char *field;
		const char *words;
	} rows[] = {
		{ "no PEM", NULL, field, "there is no certificate in it" },
		{ ours.private, NULL, field, "'PRIVATE KEY' among them" },
		{ old, NULL, field, "certificate 1 has expired" },
		{ ours.pem, other.private, "key", "not the key of the first certificate" },
		{ ours.pem, ours.pem, "key", "no private key" },
		{ ours.pem, locked, "key", "needs a password" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (int64_t id = 0; id <= 1; id++) {
			json_t *members = json_pack("{ss,ss,ss*}", "name", "New", field,
						    rows[i].pem, "key", rows[i].key);
			CU_ASSERT(put("certificate", id, members) < 0);
			CU_ASSERT_TRUE(was_refused(rows[i].field, rows[i].words));
		}
	_cleanup_(freep) char *after = kept(1, "contents");
	CU_ASSERT_STRING_EQUAL(before, after);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count(*) FROM objects"
					       " WHERE kind = 'certificate'"),
			1);
	stop();
}

static void
test_nobody_says_what_is_in_it_but_the_certificates(void)
{
	start();
	CU_ASSERT_EQUAL(put("certificate", 0,
			    json_pack("{ss,ss,sb,s[]}", "name", "Site", "certificates", ours.pem,
				      "has_key", true, "contents")),
			0);
	_cleanup_(freep) char *has_key = kept(1, "has_key");
	CU_ASSERT_STRING_EQUAL(has_key, "false");
	CU_ASSERT(put("certificate", 1, json_pack("{sb}", "has_key", true)) < 0);
	CU_ASSERT_TRUE(was_refused("has_key", "nobody can change it"));
	stop();
}

static void
test_a_renewed_certificate_goes_on_with_its_key_and_no_other(void)
{
	start();
	_cleanup_(freep) char *renewed = pem_rig_certificate("Door", ours.key, EVP_sha256(), 60);
	CU_ASSERT_EQUAL_FATAL(make(ours.pem, ours.private), 0);
	_cleanup_(freep) char *sealed = kept(1, "key");
	CU_ASSERT_EQUAL(put("certificate", 1, json_pack("{ss}", "certificates", renewed)), 0);
	_cleanup_(freep) char *still = kept(1, "key");
	CU_ASSERT_STRING_EQUAL(sealed, still);
	CU_ASSERT(put("certificate", 1, json_pack("{ss}", "certificates", other.pem)) < 0);
	CU_ASSERT_TRUE(was_refused("key", "not that of the new certificate"));
	CU_ASSERT_EQUAL(put("certificate", 1,
			    json_pack("{ss,ss}", "certificates", other.pem, "key", other.private)),
			0);
	CU_ASSERT_EQUAL(put("certificate", 1, json_pack("{ss}", "key", "")), 0);
	_cleanup_(freep) char *has_key = kept(1, "has_key");
	CU_ASSERT_STRING_EQUAL(has_key, "false");
	stop();
}

static void
test_one_that_has_expired_meanwhile_can_be_renamed(void)
{
	start();
	_cleanup_(freep) char *old = pem_rig_certificate("Old", ours.key, EVP_sha256(), -1);
	CU_ASSERT_EQUAL_FATAL(make(ours.pem, NULL), 0);
	_cleanup_(json_decrefp) json_t *doc = store_rig_load(&rig, "certificate", 1);
	(void) json_object_set_new(doc, "certificates", json_string(old));
	_cleanup_(freep) char *text = json_canonical(doc);
	CU_ASSERT_EQUAL(db_run(rig.store.config,
			       "UPDATE objects SET doc = ? WHERE kind = 'certificate'", "t", text),
			0);
	CU_ASSERT_EQUAL(put("certificate", 1, json_pack("{ss}", "name", "New name")), 0);
	CU_ASSERT(put("certificate", 1, json_pack("{ss}", "key", ours.private)) < 0);
	CU_ASSERT_TRUE(was_refused("certificates", "has expired"));
	stop();
}

static json_t *
log_server(const char *field, int id)
{
	return json_pack("{ss,ss,ss,si}", "name", "Logs", "host", "192.0.2.1", "transport", "tcp",
			 field, id);
}

static void
test_what_a_log_server_shows_has_a_key_and_keeps_it(void)
{
	start();
	CU_ASSERT(put("log_server", 0, log_server("ca", 1)) < 0);
	CU_ASSERT_TRUE(was_refused("ca", "there is no certificate 1"));
	CU_ASSERT_EQUAL_FATAL(make(ours.pem, NULL), 0);
	CU_ASSERT(put("log_server", 0, log_server("certificate", 1)) < 0);
	CU_ASSERT_TRUE(was_refused("certificate", "'Site' has no key"));
	CU_ASSERT_EQUAL(put("log_server", 0, log_server("ca", 1)), 0);
	CU_ASSERT_EQUAL(put("certificate", 1, json_pack("{ss}", "key", ours.private)), 0);
	CU_ASSERT_EQUAL(put("log_server", 1, log_server("certificate", 1)), 0);
	CU_ASSERT(put("certificate", 1, json_pack("{ss}", "key", "")) < 0);
	CU_ASSERT_TRUE(was_refused("key", "log server 'Logs' shows it"));
	CU_ASSERT(store_rig_remove(&rig, "certificate", 1, false) < 0);
	CU_ASSERT_TRUE(was_refused("id", "refers to it"));
	stop();
}

/* The forwarder's word for which one it is; free with free(). */
static char *
version(void)
{
	_cleanup_(json_decrefp) json_t *server = json_pack("{si,si}", "ca", 1, "certificate", 0);

	store_certificates_mark(&rig.store, server);
	CU_ASSERT_PTR_NULL(json_object_get(server, "certificate_version"));
	return xstrdup(json_string_or(server, "ca_version", ""));
}

static void
test_what_the_forwarder_is_told_changes_with_the_certificates_and_the_key(void)
{
	start();
	CU_ASSERT_EQUAL_FATAL(make(ours.pem, NULL), 0);
	_cleanup_(freep) char *first = version();
	CU_ASSERT_EQUAL(put("certificate", 1, json_pack("{ss}", "name", "New name")), 0);
	_cleanup_(freep) char *renamed = version();
	CU_ASSERT_EQUAL(put("certificate", 1, json_pack("{ss}", "key", ours.private)), 0);
	_cleanup_(freep) char *with_key = version();
	CU_ASSERT_EQUAL(strlen(first), 32);
	CU_ASSERT_STRING_EQUAL(first, renamed);
	CU_ASSERT_STRING_NOT_EQUAL(first, with_key);
	stop();
}

static void
test_without_the_devices_key_no_key_is_kept(void)
{
	start();
	store_seal_free(steal(&rig.store.seal));
	CU_ASSERT(make(ours.pem, ours.private) < 0);
	CU_ASSERT_TRUE(was_refused("key", "put device.key back"));
	CU_ASSERT_EQUAL(make(ours.pem, NULL), 0);
	stop();
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_key_is_nowhere_to_be_read),
		TAP(test_what_does_not_suit_is_refused_and_changes_nothing),
		TAP(test_nobody_says_what_is_in_it_but_the_certificates),
		TAP(test_a_renewed_certificate_goes_on_with_its_key_and_no_other),
		TAP(test_one_that_has_expired_meanwhile_can_be_renamed),
		TAP(test_what_a_log_server_shows_has_a_key_and_keeps_it),
		TAP(test_what_the_forwarder_is_told_changes_with_the_certificates_and_the_key),
		TAP(test_without_the_devices_key_no_key_is_kept),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
