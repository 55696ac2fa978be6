#include <string.h>

#include "lib/util.h"
#include "tests/unit/tap.h"
#include "www/request.h"

static struct request
begin(enum verb verb, const char *target)
{
	struct request request = { .verb = verb };

	request_set_target(&request, target);
	return request;
}

static void
add(struct request *request, const char *name, const char *value)
{
	request_add_header(request, name, strlen(name), value, strlen(value));
}

/* The code of the refusal, "" when there is none. */
static const char *
check(struct request *request)
{
	const struct refusal *refusal = request_check(request);

	return refusal ? refusal->code : "";
}

/* A request that may pass, to be spoilt by one more header. */
static const char *
check_with(enum verb verb, const char *name, const char *value)
{
	struct request request = { .verb = verb };

	request_set_target(&request, "/api/v1/doors/1/command");
	add(&request, "Host", "door.example");
	if (verb == VERB_POST) {
		add(&request, "Content-Type", "application/json");
		add(&request, "Content-Length", "19");
	}
	if (name)
		add(&request, name, value);
	const struct refusal *refusal = request_check(&request);
	return refusal ? refusal->code : "";
}

static void
test_plain_requests_pass(void)
{
	CU_ASSERT_STRING_EQUAL(check_with(VERB_GET, NULL, NULL), "");
	CU_ASSERT_STRING_EQUAL(check_with(VERB_POST, NULL, NULL), "");
	CU_ASSERT_STRING_EQUAL(check_with(VERB_POST, "Origin", "https://door.example"), "");
	CU_ASSERT_STRING_EQUAL(check_with(VERB_POST, "Sec-Fetch-Site", "same-origin"), "");
	CU_ASSERT_STRING_EQUAL(check_with(VERB_GET, "Sec-Fetch-Site", "none"), "");
}

static void
test_target_is_split_and_never_decoded(void)
{
	struct request request = begin(VERB_GET, "/a%2e%2e/b?x=1&y=2");

	CU_ASSERT_STRING_EQUAL(request.path, "/a%2e%2e/b");
	CU_ASSERT_STRING_EQUAL(request.query, "x=1&y=2");
}

static void
test_malformed_targets_are_refused(void)
{
	static const char *const targets[] = {
		"",	  "*",	  "https://x/", "a",	  "/a b",
		"/a\x01", "/a\"", "/a?b?c",	"/a\xff", "/a\\..\\b"
	};

	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		struct request request = begin(VERB_GET, targets[i]);
		CU_ASSERT_PTR_NOT_NULL(request.refusal);
	}
}

static void
test_long_target_is_414(void)
{
	char target[2000];

	memset(target, 'a', sizeof(target));
	target[0] = '/';
	target[sizeof(target) - 1] = '\0';
	struct request request = { .verb = VERB_GET };
	request_set_target(&request, target);
	add(&request, "Host", "h");
	CU_ASSERT_STRING_EQUAL(check(&request), PROBLEM_URI_TOO_LONG);
	target[300] = '\0';
	request = (struct request){ .verb = VERB_GET };
	request_set_target(&request, target);
	CU_ASSERT_STRING_EQUAL(check(&request), PROBLEM_URI_TOO_LONG);
}

static void
test_ambiguous_framing_is_refused(void)
{
	CU_ASSERT_STRING_EQUAL(check_with(VERB_POST, "Content-Length", "19"), "bad_request");
	CU_ASSERT_STRING_EQUAL(check_with(VERB_POST, "Transfer-Encoding", "chunked"),
			       PROBLEM_LENGTH_REQUIRED);
	CU_ASSERT_STRING_EQUAL(check_with(VERB_GET, "Transfer-Encoding", ""), "bad_request");
	CU_ASSERT_STRING_EQUAL(check_with(VERB_POST, "Transfer-Encoding ", "chunked"),
			       "bad_request");
	CU_ASSERT_STRING_EQUAL(check_with(VERB_GET, "Host", "other.example"), "bad_request");
	CU_ASSERT_STRING_EQUAL(check_with(VERB_GET, "Content-Length", "5"), "bad_request");
	CU_ASSERT_STRING_EQUAL(check_with(VERB_GET, "Content-Length", "+0"), "bad_request");
}

static void
test_header_bytes_are_checked(void)
{
	struct request request = begin(VERB_GET, "/");

	CU_ASSERT_STRING_EQUAL(check_with(VERB_GET, "X-Some", "a\rb"), "bad_request");
	CU_ASSERT_STRING_EQUAL(check_with(VERB_GET, "X:Some", "a"), "bad_request");
	CU_ASSERT_STRING_EQUAL(check_with(VERB_GET, "", "a"), "bad_request");
	CU_ASSERT_STRING_EQUAL(check_with(VERB_GET, "X-Some", "a\tb"), "");
	add(&request, "Host", "h");
	request_add_header(&request, "X-Some", 6, "a\0b", 3);
	CU_ASSERT_STRING_EQUAL(check(&request), "bad_request");
}

static void
test_too_many_and_too_long_headers_are_431(void)
{
	struct request request = begin(VERB_GET, "/");
	char cookie[5000];

	for (int i = 0; i < 65; i++)
		add(&request, "X-Some", "a");
	CU_ASSERT_STRING_EQUAL(check(&request), PROBLEM_HEADER_TOO_LARGE);
	memset(cookie, 'c', sizeof(cookie));
	cookie[sizeof(cookie) - 1] = '\0';
	CU_ASSERT_STRING_EQUAL(check_with(VERB_GET, "Cookie", cookie), PROBLEM_HEADER_TOO_LARGE);
	CU_ASSERT_STRING_EQUAL(check_with(VERB_GET, "Accept-Encoding", cookie), "");
}

static void
test_host_is_needed(void)
{
	struct request request = begin(VERB_GET, "/");

	CU_ASSERT_STRING_EQUAL(check(&request), "bad_request");
}

static void
test_other_origins_are_refused(void)
{
	CU_ASSERT_STRING_EQUAL(check_with(VERB_POST, "Origin", "https://evil.example"),
			       PROBLEM_CROSS_ORIGIN);
	CU_ASSERT_STRING_EQUAL(check_with(VERB_POST, "Origin", "http://door.example"),
			       PROBLEM_CROSS_ORIGIN);
	CU_ASSERT_STRING_EQUAL(check_with(VERB_POST, "Origin", "null"), PROBLEM_CROSS_ORIGIN);
	CU_ASSERT_STRING_EQUAL(check_with(VERB_POST, "Sec-Fetch-Site", "cross-site"),
			       PROBLEM_CROSS_ORIGIN);
	CU_ASSERT_STRING_EQUAL(check_with(VERB_POST, "Sec-Fetch-Site", "same-site"),
			       PROBLEM_CROSS_ORIGIN);
	CU_ASSERT_STRING_EQUAL(check_with(VERB_POST, "Sec-Fetch-Site", "none"),
			       PROBLEM_CROSS_ORIGIN);
	CU_ASSERT_STRING_EQUAL(check_with(VERB_GET, "Sec-Fetch-Site", "cross-site"),
			       PROBLEM_CROSS_ORIGIN);
}

static const char *
check_body(const char *type, const char *length)
{
	struct request request = begin(VERB_POST, "/api/v1/session");

	request.refusal = NULL;
	add(&request, "Host", "h");
	if (type)
		add(&request, "Content-Type", type);
	if (length)
		add(&request, "Content-Length", length);
	const struct refusal *refusal = request_check(&request);
	return refusal ? refusal->code : "";
}

static void
test_only_json_bodies_are_taken(void)
{
	CU_ASSERT_STRING_EQUAL(check_body("application/json", "2"), "");
	CU_ASSERT_STRING_EQUAL(check_body("Application/JSON; charset=UTF-8", "2"), "");
	CU_ASSERT_STRING_EQUAL(check_body("text/plain", "2"), PROBLEM_MEDIA_TYPE);
	CU_ASSERT_STRING_EQUAL(check_body("application/json-patch+json", "2"), PROBLEM_MEDIA_TYPE);
	CU_ASSERT_STRING_EQUAL(check_body("application/json; boundary=x", "2"), PROBLEM_MEDIA_TYPE);
	CU_ASSERT_STRING_EQUAL(check_body(NULL, "2"), PROBLEM_MEDIA_TYPE);
}

static void
test_body_sizes_are_bounded(void)
{
	CU_ASSERT_STRING_EQUAL(check_body("application/json", "65536"), "");
	CU_ASSERT_STRING_EQUAL(check_body("application/json", "65537"), PROBLEM_TOO_LARGE);
	CU_ASSERT_STRING_EQUAL(check_body("application/json", "999999999999"), PROBLEM_TOO_LARGE);
	CU_ASSERT_STRING_EQUAL(check_body("application/json", "-1"), "bad_request");
	CU_ASSERT_STRING_EQUAL(check_body("application/json", NULL), PROBLEM_LENGTH_REQUIRED);
}

static const char *
session_of(const char *cookie, char *to, size_t size)
{
	struct request request = begin(VERB_GET, "/api/v1/status");

	add(&request, "Host", "h");
	add(&request, "Cookie", cookie);
	const struct refusal *refusal = request_check(&request);
	(void) copy_string(to, size, request.session);
	return refusal ? refusal->code : "";
}

static void
test_session_cookie_is_found_among_others(void)
{
	char token[SESSION_TOKEN_MAX + 1];

	CU_ASSERT_STRING_EQUAL(session_of("a=b; __Host-cardea=0aF-_; c=d", token, sizeof(token)),
			       "");
	CU_ASSERT_STRING_EQUAL(token, "0aF-_");
	CU_ASSERT_STRING_EQUAL(session_of("x__Host-cardea=1; cardea=2", token, sizeof(token)), "");
	CU_ASSERT_STRING_EQUAL(token, "");
}

static void
test_doubtful_session_cookies_are_refused(void)
{
	char token[SESSION_TOKEN_MAX + 1];
	char longer[200] = "__Host-cardea=";

	CU_ASSERT_STRING_EQUAL(session_of("__Host-cardea=1; __Host-cardea=2", token, sizeof(token)),
			       "bad_request");
	CU_ASSERT_STRING_EQUAL(session_of("__Host-cardea=\"1\"", token, sizeof(token)),
			       "bad_request");
	memset(longer + strlen(longer), 'a', SESSION_TOKEN_MAX + 1);
	CU_ASSERT_STRING_EQUAL(session_of(longer, token, sizeof(token)), "bad_request");
}

static void
test_query_numbers_are_strict(void)
{
	struct request request = begin(VERB_GET, "/x?before=12&limit=5&bad=1x&big=99&empty=");
	uint64_t number = 0;

	CU_ASSERT_EQUAL(request_query_number(&request, "before", 100, &number), 1);
	CU_ASSERT_EQUAL(number, 12);
	CU_ASSERT_EQUAL(request_query_number(&request, "limit", 100, &number), 1);
	CU_ASSERT_EQUAL(number, 5);
	CU_ASSERT_EQUAL(request_query_number(&request, "none", 100, &number), 0);
	CU_ASSERT_TRUE(request_query_number(&request, "bad", 100, &number) < 0);
	CU_ASSERT_TRUE(request_query_number(&request, "big", 50, &number) < 0);
	CU_ASSERT_TRUE(request_query_number(&request, "empty", 50, &number) < 0);
	CU_ASSERT_EQUAL(number, 5);
}

static void
test_header_words_are_whole_words(void)
{
	CU_ASSERT_TRUE(header_has_word("deflate, gzip;q=1.0, br", "gzip"));
	CU_ASSERT_FALSE(header_has_word("x-gzip", "gzip"));
	CU_ASSERT_FALSE(header_has_word("gzip;q=0, br", "gzip"));
	CU_ASSERT_TRUE(header_has_word("gzip;q=0.5", "gzip"));
	CU_ASSERT_FALSE(header_has_word("", "gzip"));
	CU_ASSERT_TRUE(header_has_word("W/\"a\", W/\"b\"", "W/\"b\""));
}

static void
test_query_texts_are_decoded_once_and_strictly(void)
{
	static const char *const names[] = { "text", "kind", "a", "b", "c", "d", "e", "f" };
	struct request request = { 0 };
	char text[16];

	request_set_target(&request, "/x?kind=door.&text=Z%c3%b6%C3%AB+%2525&a=%00&b=%0a&c=%4&d=%zz"
				     "&e=0123456789abcdef&f=");
	CU_ASSERT_PTR_NULL(request.refusal);
	CU_ASSERT_EQUAL(request_query_text(&request, "kind", text, sizeof(text)), 1);
	CU_ASSERT_STRING_EQUAL(text, "door.");
	CU_ASSERT_EQUAL(request_query_text(&request, "text", text, sizeof(text)), 1);
	CU_ASSERT_STRING_EQUAL(text, "Zöë %25");
	CU_ASSERT_EQUAL(request_query_text(&request, "none", text, sizeof(text)), 0);
	for (const char *name = "abcde"; *name; name++) {
		const char word[] = { *name, 0 };
		CU_ASSERT_TRUE(request_query_text(&request, word, text, sizeof(text)) < 0);
	}
	CU_ASSERT_EQUAL(request_query_text(&request, "f", text, sizeof(text)), 1);
	CU_ASSERT_STRING_EQUAL(text, "");
	CU_ASSERT_TRUE(request_query_is_of(&request, names, ARRAY_LEN(names)));
	CU_ASSERT_FALSE(request_query_is_of(&request, names, ARRAY_LEN(names) - 1));
	request_set_target(&request, "/x?kin=1");
	CU_ASSERT_FALSE(request_query_is_of(&request, names, ARRAY_LEN(names)));
	request_set_target(&request, "/x");
	CU_ASSERT_TRUE(request_query_is_of(&request, names, ARRAY_LEN(names)));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_plain_requests_pass),
		TAP(test_target_is_split_and_never_decoded),
		TAP(test_malformed_targets_are_refused),
		TAP(test_long_target_is_414),
		TAP(test_ambiguous_framing_is_refused),
		TAP(test_header_bytes_are_checked),
		TAP(test_too_many_and_too_long_headers_are_431),
		TAP(test_host_is_needed),
		TAP(test_other_origins_are_refused),
		TAP(test_only_json_bodies_are_taken),
		TAP(test_body_sizes_are_bounded),
		TAP(test_session_cookie_is_found_among_others),
		TAP(test_doubtful_session_cookies_are_refused),
		TAP(test_query_numbers_are_strict),
		TAP(test_query_texts_are_decoded_once_and_strictly),
		TAP(test_header_words_are_whole_words),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
