#include "agent/ctl_verify.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/events.h"
#include "lib/json.h"
#include "lib/util.h"

static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";

static int PRINTF(3, 4) fail(struct verify *verify, int64_t seq, const char *format, ...)
{
	va_list args;

	verify->is_bad = true;
	verify->bad_seq = seq;
	va_start(args, format);
	(void) vsnprintf(verify->why, sizeof(verify->why), format, args);
	va_end(args);
	return -EBADMSG;
}

static bool
is_hash(const char *text)
{
	return strlen(text) == CHECKPOINT_HASH &&
	       strspn(text, "0123456789abcdef") == CHECKPOINT_HASH;
}

int
verify_start(struct verify *verify, const char *text)
{
	const char *colon = strchr(text, ':');
	char digits[20];
	long long seq;

	if (!colon || (size_t) (colon - text) >= sizeof(digits) || !is_hash(colon + 1))
		return -EINVAL;
	(void) snprintf(digits, sizeof(digits), "%.*s", (int) (colon - text), text);
	if (parse_number(digits, &seq) < 0)
		return -EINVAL;
	verify->has_start = true;
	verify->start_seq = seq;
	(void) copy_string(verify->start_hash, sizeof(verify->start_hash), colon + 1);
	return 0;
}

int
verify_key(struct verify *verify, const char *text)
{
	if (hex_decode(text, verify->key, sizeof(verify->key)) != CHECKPOINT_KEY)
		return -EINVAL;
	verify->has_key = true;
	return 0;
}

/* Where the file says that it begins; whether the log says so too is seen at the end. */
static int
take_anchor(struct verify *verify, const json_t *anchor)
{
	int64_t seq = json_integer_or(anchor, "seq", 0);
	const char *hash = json_string_or(anchor, "hash", "");

	if (verify->first || verify->anchor)
		return fail(verify, verify->last + 1,
			    "behind event %lld there is another beginning",
			    (long long) verify->last);
	if (seq < 1 || seq >= JSON_INTEGER_MAX || !is_hash(hash))
		return fail(verify, 1, "the anchor is no event's number and hash");
	verify->anchor = seq;
	(void) copy_string(verify->hash, sizeof(verify->hash), hash);
	return 0;
}

/* The first event decides where the chain begins. */
static int
begin(struct verify *verify, int64_t seq)
{
	if (verify->has_start && !verify->anchor && verify->start_seq == seq - 1) {
		verify->anchor = verify->start_seq;
		(void) copy_string(verify->hash, sizeof(verify->hash), verify->start_hash);
	}
	if (!verify->anchor)
		(void) copy_string(verify->hash, sizeof(verify->hash), zeros);
	if (verify->has_start &&
	    (verify->anchor != verify->start_seq || strcmp(verify->hash, verify->start_hash)))
		return fail(verify, verify->start_seq + 1,
			    "the file does not begin behind event %lld with that hash",
			    (long long) verify->start_seq);
	verify->first = verify->anchor + 1;
	verify->last = verify->anchor;
	return 0;
}

static int
check_order(struct verify *verify, int64_t seq)
{
	int64_t expected = verify->last + 1;

	if (seq == expected)
		return 0;
	if (seq > expected + 1)
		return fail(verify, expected, "events %lld to %lld are missing",
			    (long long) expected, (long long) seq - 1);
	if (seq > expected)
		return fail(verify, expected, "event %lld is missing", (long long) expected);
	return fail(verify, expected, "event %lld stands where event %lld should be",
		    (long long) seq, (long long) expected);
}

static int
check_hash(struct verify *verify, const json_t *event, int64_t seq, const char *claimed)
{
	_cleanup_(freep) char *text = json_canonical(event);
	_cleanup_(freep) char *both = xasprintf("%s%s", verify->hash, text);
	uint8_t digest[CHECKPOINT_HASH / 2];
	char hash[CHECKPOINT_HASH + 1];

	if (EVP_Digest(both, strlen(both), digest, NULL, EVP_sha256(), NULL) != 1)
		abort();
	hex_encode(digest, sizeof(digest), hash);
	if (strcmp(hash, claimed))
		return fail(verify, seq, "event %lld was changed: its hash does not fit",
			    (long long) seq);
	memcpy(verify->hash, hash, sizeof(hash));
	return 0;
}

/* previous is the hash of the event before. */
static int
check_checkpoint(struct verify *verify, const json_t *event, int64_t seq, const char *previous)
{
	const json_t *data = json_object_get(event, "data");
	uint8_t key[CHECKPOINT_KEY];
	uint8_t signature[CHECKPOINT_SIGNED];

	if (hex_decode(json_string_or(data, "key", ""), key, sizeof(key)) != sizeof(key) ||
	    hex_decode(json_string_or(data, "signature", ""), signature, sizeof(signature)) !=
		    sizeof(signature))
		return fail(verify, seq, "event %lld is no checkpoint: it has no key or signature",
			    (long long) seq);
	if ((verify->has_key || verify->has_signer) && memcmp(key, verify->key, sizeof(key)))
		return fail(verify, seq, "event %lld is signed with another key", (long long) seq);
	if (json_integer_or(data, "upto", -1) != seq - 1 ||
	    strcmp(json_string_or(data, "hash", ""), previous) ||
	    !checkpoint_holds(key, (uint64_t) seq - 1, previous, signature))
		return fail(verify, seq,
			    "the signature of event %lld does not fit: something between event "
			    "%lld and this one was made anew",
			    (long long) seq,
			    (long long) MAX_OF(verify->signed_upto + 1, verify->first));
	memcpy(verify->key, key, sizeof(key));
	verify->has_signer = true;
	verify->signed_upto = seq - 1;
	verify->checkpoints++;
	return 0;
}

static int
check_event(struct verify *verify, const json_t *event, const char *claimed)
{
	int64_t seq = json_integer_or(event, "seq", 0);
	int64_t number = json_integer_or(event, "number", 0);
	char previous[CHECKPOINT_HASH + 1];

	if (seq < 1 || !is_hash(claimed))
		return fail(verify, verify->last + 1, "the record behind event %lld is no event",
			    (long long) verify->last);
	int r = verify->first ? 0 : begin(verify, seq);
	if (r == 0)
		r = check_order(verify, seq);
	if (r < 0)
		return r;
	memcpy(previous, verify->hash, sizeof(previous));
	r = check_hash(verify, event, seq, claimed);
	if (r == 0 && number == EV_LOG_CHECKPOINT)
		r = check_checkpoint(verify, event, seq, previous);
	if (r < 0)
		return r;
	verify->last = seq;
	if (number == EV_LOG_TRIMMED)
		verify->told = MAX_OF(verify->told,
				      json_integer_or(json_object_get(event, "data"), "to", 0));
	return 0;
}

int
verify_record(struct verify *verify, const json_t *record)
{
	const json_t *event = json_object_get(record, "event");
	const json_t *anchor = json_object_get(record, "anchor");

	if (verify->is_bad)
		return -EBADMSG;
	if (json_object_get(record, "filter"))
		return fail(verify, verify->last + 1,
			    "this is the export of a search: a part proves nothing of the whole");
	if (json_is_object(anchor) && json_object_size(record) == 1)
		return take_anchor(verify, anchor);
	if (!json_is_object(event) || json_object_size(record) != 2)
		return fail(verify, verify->last + 1, "the record behind event %lld is no event",
			    (long long) verify->last);
	return check_event(verify, event, json_string_or(record, "hash", ""));
}

int
verify_line(struct verify *verify, const char *line, size_t size)
{
	_cleanup_(json_decrefp) json_t *record = NULL;

	if (verify->is_bad)
		return -EBADMSG;
	if (json_read(line, size, &record) < 0)
		return fail(verify, verify->last + 1, "the line behind event %lld is not JSON",
			    (long long) verify->last);
	return verify_record(verify, record);
}

int
verify_end(struct verify *verify)
{
	int64_t due = verify->signed_upto + 1 + CHECKPOINT_EVENTS;

	if (verify->is_bad)
		return -EBADMSG;
	if (verify->has_start && !verify->first)
		return fail(verify, verify->start_seq + 1, "there is no event");
	if (verify->anchor && !verify->has_start && verify->told < verify->anchor)
		return fail(
			verify, verify->told + 1,
			"events %lld to %lld are missing, and the log does not say that they were "
			"deleted; an export of a part needs --start",
			(long long) verify->told + 1, (long long) verify->anchor);
	if (verify->has_key && verify->first && !verify->has_signer)
		return fail(verify, verify->first, "nothing is signed with this key");
	/* Who has no key can only leave out the checkpoints of what he made. */
	if (verify->has_signer && verify->last > due)
		return fail(verify, due + 1,
			    "a checkpoint is missing behind event %lld: what follows is not proven",
			    (long long) due);
	return 0;
}
