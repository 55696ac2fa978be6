#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "www/assets.h"
#include "www/problem.h"
#include "www/routes.h"

static void
test_rows_are_unique(void)
{
	for (size_t i = 0; i < route_count(); i++)
		for (size_t k = 0; k < i; k++)
			CU_ASSERT_FALSE(route_at(i)->verb == route_at(k)->verb &&
					!strcmp(route_at(i)->path, route_at(k)->path));
}

static void
test_each_row_is_found_by_its_own_path(void)
{
	for (size_t i = 0; i < route_count(); i++) {
		char path[64];
		unsigned number;
		(void) copy_string(path, sizeof(path), route_at(i)->path);
		char *id = strstr(path, "{id}");
		if (id) {
			memcpy(id, "42", 2);
			memmove(id + 2, id + 4, strlen(id + 4) + 1);
		}
		CU_ASSERT_PTR_EQUAL(route_find(route_at(i)->verb, path, &number), route_at(i));
		CU_ASSERT_EQUAL(number, id ? 42 : 0);
	}
}

static void
test_numbers_have_one_spelling(void)
{
	static const char *const paths[] = {
		"/api/v1/doors/",	  "/api/v1/doors/0",   "/api/v1/doors/01",
		"/api/v1/doors/+1",	  "/api/v1/doors/1x",  "/api/v1/doors/-1",
		"/api/v1/doors/%31",	  "/api/v1/doors/1/",  "/api/v1/doors/1234567890",
		"/api/v1/doors/../doors", "/api/v1/doors/1/.", "/api/v1//doors/1",
	};
	unsigned number;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		CU_ASSERT_PTR_NULL(route_find(VERB_GET, paths[i], &number));
}

static void
test_allow_names_the_verbs_of_a_path(void)
{
	char allow[64];

	route_allow("/api/v1/session", allow, sizeof(allow));
	CU_ASSERT_STRING_EQUAL(allow, "GET, POST, DELETE");
	route_allow("/api/v1/doors/3", allow, sizeof(allow));
	CU_ASSERT_STRING_EQUAL(allow, "GET, PATCH");
	route_allow("/api/v1/nothing", allow, sizeof(allow));
	CU_ASSERT_STRING_EQUAL(allow, "");
}

static void
test_only_setup_and_login_are_public(void)
{
	for (size_t i = 0; i < route_count(); i++) {
		const struct route *route = route_at(i);
		bool is_public = route->flags & ROUTE_PUBLIC;
		/* A call is for sessions, whatever it calls. */
		if (!route->method) {
			CU_ASSERT_FALSE(is_public);
			continue;
		}
		CU_ASSERT_EQUAL(is_public, !strncmp(route->method, "setup.", 6) ||
						   !strcmp(route->method, "session.login"));
	}
}

static void
test_the_description_names_every_route(void)
{
	const struct asset *asset = asset_find("/api/v1/openapi.json");
	CU_ASSERT_PTR_NOT_NULL_FATAL(asset);
	_cleanup_(json_decrefp) json_t *document =
		json_loadb((const char *) asset->plain, asset->plain_size, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(document);
	const json_t *paths = json_object_get(document, "paths");
	for (size_t i = 0; i < route_count(); i++) {
		static const char *const verbs[] = { [VERB_GET] = "get",
						     [VERB_POST] = "post",
						     [VERB_PATCH] = "patch",
						     [VERB_DELETE] = "delete" };
		const json_t *path = json_object_get(paths, route_at(i)->path + strlen("/api/v1"));
		CU_ASSERT_PTR_NOT_NULL(json_object_get(path, verbs[route_at(i)->verb]));
	}
}

static void
test_assets_are_found_by_exact_path_only(void)
{
	CU_ASSERT_PTR_NOT_NULL(asset_find("/"));
	CU_ASSERT_PTR_NOT_NULL(asset_find("/favicon.svg"));
	CU_ASSERT_PTR_NULL(asset_find("/favicon.svg/"));
	CU_ASSERT_PTR_NULL(asset_find("//"));
	CU_ASSERT_PTR_NULL(asset_find("/../etc/passwd"));
	for (size_t i = 0; i < assets_count; i++) {
		CU_ASSERT_PTR_EQUAL(asset_find(assets[i].path), &assets[i]);
		CU_ASSERT_TRUE(assets[i].plain_size > 0);
		CU_ASSERT_EQUAL(assets[i].gzip[0], 0x1f);
		CU_ASSERT_EQUAL(assets[i].gzip[1], 0x8b);
	}
}

static void
test_problem_is_escaped_json(void)
{
	_cleanup_(freep) char *text = problem_text("bad_params", "a \"b\"\n<c>", "na\\me");

	CU_ASSERT_STRING_EQUAL(text,
			       "{\"code\":\"bad_params\",\"detail\":\"a \\\"b\\\"\\n<c>\","
			       "\"field\":\"na\\\\me\",\"status\":422,"
			       "\"title\":\"Unprocessable Content\",\"type\":\"about:blank\"}");
}

static void
test_problem_survives_bad_text_and_codes(void)
{
	_cleanup_(freep) char *text = problem_text("unauthenticated", "\xff", NULL);

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "about:blank"));
	CU_ASSERT_EQUAL(problem_status("no such code"), 500);
	CU_ASSERT_EQUAL(problem_status("unauthenticated"), 401);
	CU_ASSERT_EQUAL(problem_status("too_many"), 429);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_rows_are_unique),
		TAP(test_each_row_is_found_by_its_own_path),
		TAP(test_numbers_have_one_spelling),
		TAP(test_allow_names_the_verbs_of_a_path),
		TAP(test_only_setup_and_login_are_public),
		TAP(test_the_description_names_every_route),
		TAP(test_assets_are_found_by_exact_path_only),
		TAP(test_problem_is_escaped_json),
		TAP(test_problem_survives_bad_text_and_codes),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
