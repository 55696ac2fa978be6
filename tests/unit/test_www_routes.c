#include <stdlib.h>
#include <string.h>

#include "lib/model.h"
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

/* With '-' for '_'; how much it was. */
static size_t
put(char *to, const char *text)
{
	for (size_t i = 0; text[i]; i++)
		to[i] = text[i] == '_' ? '-' : text[i];
	return strlen(text);
}

/* {id} as 42, and {kind} as that of kind. */
static void
spell(const struct route *route, const struct model_kind *kind, char path[128])
{
	char *to = path;

	for (const char *from = route->path; *from;) {
		if (!strncmp(from, "{id}", 4)) {
			to += put(to, "42");
			from += 4;
		} else if (!strncmp(from, "{kind}", 6)) {
			to += put(to, kind->plural);
			from += 6;
		} else {
			*to++ = *from++;
		}
	}
	*to = 0;
}

static void
test_each_row_is_found_by_its_own_path(void)
{
	for (size_t i = 0; i < route_count(); i++) {
		const struct route *route = route_at(i);
		struct resource resource;
		char path[128];
		spell(route, model_find("person"), path);
		CU_ASSERT_PTR_EQUAL(route_find(route->verb, path, &resource), route);
		CU_ASSERT_EQUAL(resource.number, strstr(route->path, "{id}") ? 42 : 0);
	}
}

static void
test_every_kind_of_the_model_is_a_resource(void)
{
	static const enum verb verbs[] = { VERB_GET, VERB_POST, VERB_PATCH, VERB_DELETE };

	for (size_t i = 0; i < model_count(); i++) {
		const struct model_kind *kind = model_at(i);
		for (size_t k = 0; k < ARRAY_LEN(verbs); k++) {
			bool is_of_one = verbs[k] == VERB_PATCH || verbs[k] == VERB_DELETE;
			const struct route generic = { .path = is_of_one ? "/api/v1/{kind}/{id}"
									 : "/api/v1/{kind}" };
			struct resource resource = { 0 };
			char path[128];
			spell(&generic, kind, path);
			const struct route *route = route_find(verbs[k], path, &resource);
			if (kind->is_fixed && (verbs[k] == VERB_POST || verbs[k] == VERB_DELETE)) {
				CU_ASSERT_PTR_NULL(route);
				continue;
			}
			CU_ASSERT_PTR_NOT_NULL(route);
			/* Readers are listed from the live state. */
			if (strcmp(path, "/api/v1/readers") != 0)
				CU_ASSERT_PTR_EQUAL(resource.kind, kind);
		}
	}
}

static void
test_kinds_are_spelt_with_hyphens(void)
{
	struct resource resource;

	CU_ASSERT_PTR_NOT_NULL(route_find(VERB_GET, "/api/v1/access-profiles/7", &resource));
	CU_ASSERT_STRING_EQUAL(resource.kind->name, "access_profile");
	CU_ASSERT_EQUAL(resource.number, 7);
	CU_ASSERT_PTR_NULL(route_find(VERB_GET, "/api/v1/access_profiles/7", &resource));
	CU_ASSERT_PTR_NULL(route_find(VERB_GET, "/api/v1/person", &resource));
	CU_ASSERT_PTR_NULL(route_find(VERB_GET, "/api/v1/persons/7/doors", &resource));
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
	struct resource resource;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		CU_ASSERT_PTR_NULL(route_find(VERB_GET, paths[i], &resource));
}

static void
test_allow_names_the_verbs_of_a_path(void)
{
	char allow[64];

	route_allow("/api/v1/session", allow, sizeof(allow));
	CU_ASSERT_STRING_EQUAL(allow, "GET, POST, DELETE");
	route_allow("/api/v1/doors/3", allow, sizeof(allow));
	CU_ASSERT_STRING_EQUAL(allow, "GET, PATCH");
	route_allow("/api/v1/readers/3", allow, sizeof(allow));
	CU_ASSERT_STRING_EQUAL(allow, "GET, PATCH");
	route_allow("/api/v1/persons/3", allow, sizeof(allow));
	CU_ASSERT_STRING_EQUAL(allow, "GET, PATCH, DELETE");
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
		TAP(test_every_kind_of_the_model_is_a_resource),
		TAP(test_kinds_are_spelt_with_hyphens),
		TAP(test_numbers_have_one_spelling),
		TAP(test_allow_names_the_verbs_of_a_path),
		TAP(test_only_setup_and_login_are_public),
		TAP(test_assets_are_found_by_exact_path_only),
		TAP(test_problem_is_escaped_json),
		TAP(test_problem_survives_bad_text_and_codes),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
