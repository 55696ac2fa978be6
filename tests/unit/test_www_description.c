#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "www/description.h"
#include "www/routes.h"

#define PREFIX "/api/v1"

static const char *const verbs[] = {
	[VERB_GET] = "get",
	[VERB_POST] = "post",
	[VERB_PATCH] = "patch",
	[VERB_DELETE] = "delete",
};

static json_t *
document(void)
{
	struct asset *description = description_new();
	CU_ASSERT_PTR_NOT_NULL_FATAL(description);
	json_t *value =
		json_loadb((const char *) description->plain, description->plain_size, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	description_free(description);
	return value;
}

/* A path of the document as a request would have it. */
static void
request_path(const char *path, char to[128])
{
	const char *id = strstr(path, "{id}");

	if (id)
		(void) snprintf(to, 128, PREFIX "%.*s1%s", (int) (id - path), path, id + 4);
	else
		(void) snprintf(to, 128, PREFIX "%s", path);
}

/* Which rows of the table some operation of the document leads to. */
static void
mark_described(const json_t *paths, bool *is_described)
{
	const char *path;
	json_t *operations;

	json_object_foreach ((json_t *) paths, path, operations) {
		for (enum verb verb = VERB_GET; verb <= VERB_DELETE; verb++) {
			struct resource resource;
			char request[128];
			if (!verbs[verb] || !json_object_get(operations, verbs[verb]) ||
			    !strcmp(path, "/openapi.json"))
				continue;
			request_path(path, request);
			const struct route *route = route_find(verb, request, &resource);
			CU_ASSERT_PTR_NOT_NULL(route);
			if (!route)
				printf("# there is no %s %s\n", verbs[verb], path);
			else
				is_described[route - route_at(0)] = true;
		}
	}
}

static void
test_description_and_routes_are_the_same(void)
{
	_cleanup_(json_decrefp) json_t *description = document();
	bool is_described[200] = { false };

	CU_ASSERT_FATAL(route_count() <= ARRAY_LEN(is_described));
	mark_described(json_object_get(description, "paths"), is_described);
	for (size_t i = 0; i < route_count(); i++) {
		CU_ASSERT_TRUE(is_described[i]);
		if (!is_described[i])
			printf("# %s %s is not described\n", verbs[route_at(i)->verb],
			       route_at(i)->path);
	}
}

static void
test_every_kind_is_described_with_its_fields(void)
{
	_cleanup_(json_decrefp) json_t *description = document();
	const json_t *schemas =
		json_object_get(json_object_get(description, "components"), "schemas");
	const json_t *person = json_object_get(schemas, "Person");
	const json_t *change = json_object_get(schemas, "PersonChange");
	const json_t *paths = json_object_get(description, "paths");

	CU_ASSERT_PTR_NOT_NULL(
		json_object_get(json_object_get(person, "properties"), "override_lockdown"));
	CU_ASSERT_PTR_NOT_NULL(json_object_get(json_object_get(person, "properties"), "id"));
	CU_ASSERT_PTR_NOT_NULL(json_object_get(person, "required"));
	/* A change has no more than it changes. */
	CU_ASSERT_PTR_NULL(json_object_get(change, "required"));
	CU_ASSERT_PTR_NOT_NULL(json_object_get(
		json_object_get(json_object_get(schemas, "Door"), "properties"), "state"));
	CU_ASSERT_PTR_NOT_NULL(json_object_get(json_object_get(schemas, "Door"), "required"));
	CU_ASSERT_PTR_NOT_NULL(json_object_get(paths, "/access-profiles/{id}"));
	CU_ASSERT_PTR_NULL(json_object_get(json_object_get(paths, "/access-points"), "post"));
}

/* Calls see() for the text of every "$ref". */
static void
each_reference(const json_t *value, void (*see)(const char *text, const json_t *root),
	       const json_t *root)
{
	const char *key;
	json_t *member;
	size_t i;

	json_array_foreach (value, i, member)
		each_reference(member, see, root);
	json_object_foreach ((json_t *) value, key, member) {
		if (!strcmp(key, "$ref"))
			see(json_string_value(member), root);
		each_reference(member, see, root);
	}
}

static void
find_reference(const char *text, const json_t *root)
{
	char path[128];
	char *rest = path;

	(void) copy_string(path, sizeof(path), text + strlen("#/"));
	for (char *word; root && (word = strsep(&rest, "/"));)
		root = json_object_get(root, word);
	CU_ASSERT_PTR_NOT_NULL(root);
}

static void
test_every_reference_leads_somewhere(void)
{
	_cleanup_(json_decrefp) json_t *description = document();

	each_reference(description, find_reference, description);
}

static void
test_operations_have_names_of_their_own(void)
{
	_cleanup_(json_decrefp) json_t *description = document();
	_cleanup_(json_decrefp) json_t *known = json_object();
	const char *path;
	const char *verb;
	json_t *operations;
	json_t *operation;

	json_object_foreach (json_object_get(description, "paths"), path, operations) {
		json_object_foreach (operations, verb, operation) {
			const char *name = json_string_or(operation, "operationId", NULL);
			if (!name)
				continue;
			CU_ASSERT_PTR_NULL(json_object_get(known, name));
			(void) json_object_set_new(known, name, json_true());
		}
	}
	CU_ASSERT_PTR_NOT_NULL(json_object_get(known, "createAccessProfile"));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_description_and_routes_are_the_same),
		TAP(test_every_kind_is_described_with_its_fields),
		TAP(test_every_reference_leads_somewhere),
		TAP(test_operations_have_names_of_their_own),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
