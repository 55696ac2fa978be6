/* sources: agent/ctl_verify.c lib/checkpoint.c lib/json.c lib/util.c */
/* libs: jansson libcrypto */
/* seeds: tests/fuzz/log_export.jsonl */
/*
 * An exported log that somebody has made: the lines of the input. Whatever they are, a verdict is
 * for ever, its reason is there when it is bad, and what is good is what is in the file.
 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "agent/ctl_verify.h"
#include "lib/json.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool is_true)
{
	if (!is_true)
		abort();
}

static void
run(struct verify *verify, const char *text, size_t size)
{
	bool was_bad = false;

	while (size) {
		const char *feed = memchr(text, '\n', size);
		size_t length = feed ? (size_t) (feed - text) : size;
		bool is_bad = verify_line(verify, text, length) < 0;
		require(is_bad == verify->is_bad && (!was_bad || is_bad));
		was_bad = is_bad;
		text += MIN_OF(length + 1, size);
		size -= MIN_OF(length + 1, size);
	}
	bool is_bad = verify_end(verify) < 0;
	require(is_bad == verify->is_bad && is_bad == (*verify->why != 0));
	require(is_bad || verify->signed_upto <= verify->last);
	require(is_bad || !verify->checkpoints == !verify->has_signer);
}

/* The same events, numbered and hashed as somebody without the key can: only signatures tell. */
static void
forge(const char *text, size_t size)
{
	struct verify verify = { .has_key = true, .key = { 1 } };
	char hash[CHECKPOINT_HASH + 1];
	uint8_t digest[CHECKPOINT_HASH / 2];
	json_int_t seq = 0;

	memset(hash, '0', CHECKPOINT_HASH);
	hash[CHECKPOINT_HASH] = 0;
	while (size) {
		_cleanup_(json_decrefp) json_t *record = NULL;
		const char *feed = memchr(text, '\n', size);
		size_t length = feed ? (size_t) (feed - text) : size;
		int r = json_read(text, length, &record);
		text += MIN_OF(length + 1, size);
		size -= MIN_OF(length + 1, size);
		json_t *event = r < 0 ? NULL : json_object_get(record, "event");
		if (!json_is_object(event))
			continue;
		(void) json_object_set_new(event, "seq", json_integer(++seq));
		_cleanup_(freep) char *canonical = json_canonical(event);
		_cleanup_(freep) char *both = xasprintf("%s%s", hash, canonical);
		require(EVP_Digest(both, strlen(both), digest, NULL, EVP_sha256(), NULL) == 1);
		hex_encode(digest, sizeof(digest), hash);
		_cleanup_(json_decrefp) json_t *forged =
			json_pack("{sO,ss}", "event", event, "hash", hash);
		(void) verify_record(&verify, forged);
	}
	require(verify_end(&verify) < 0 || !seq);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct verify verify = { 0 };
	struct verify known = { .has_key = true, .key = { 1 } };

	run(&verify, (const char *) data, size);
	/* Nobody can sign for this key. */
	run(&known, (const char *) data, size);
	require(!known.checkpoints);
	forge((const char *) data, size);
	/* What --start and --key are given. */
	char start[128] = "";
	memcpy(start, data, MIN_OF(size, sizeof(start) - 1));
	(void) verify_start(&verify, start);
	(void) verify_key(&verify, start);
	return 0;
}
