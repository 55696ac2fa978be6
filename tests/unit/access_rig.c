#include "tests/unit/access_rig.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/access_objects.h"
#include "tests/unit/unit.h"

int
rig_write(const char *path, uint64_t generation, const struct access_board *board,
	  const struct rig_card *cards, size_t count)
{
	struct access_build *build = access_build_new();
	struct {
		struct access_record record;
		char holder[ACCESS_HOLDER_SIZE];
	} entry;

	if (board) {
		struct access_board *own = access_build_board(build);
		struct feedback feedback[FEEDBACK_OUTCOMES];
		memcpy(feedback, own->feedback, sizeof(feedback));
		*own = *board;
		if (!board->feedback[FEEDBACK_IDLE_LOCKED].colour)
			memcpy(own->feedback, feedback, sizeof(feedback));
	}
	for (size_t i = 0; i < count; i++) {
		memset(&entry, 0, sizeof(entry));
		entry.record = (struct access_record){
			.doors = cards[i].doors,
			.card = cards[i].card,
			.floors = cards[i].floors,
			.id = cards[i].id,
			.valid_to_s = UINT32_MAX,
			.status = cards[i].is_enabled ? ACCESS_ENABLED : ACCESS_DISABLED,
		};
		memcpy(entry.holder, cards[i].holder, sizeof(entry.holder));
		CU_ASSERT_EQUAL(
			access_build_credential(build, &entry,
						sizeof(entry.record) + strlen(entry.holder) + 1),
			0);
	}
	int r = access_build_write(build, path, generation);
	access_build_free(build);
	return r;
}

void
rig_add_objects(struct access_build *build, const char *json)
{
	json_error_t error;
	_cleanup_(json_decrefp) json_t *kinds = json_loads(json, 0, &error);

	if (!kinds)
		printf("# line %d: %s\n", error.line, error.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(kinds);
	CU_ASSERT_EQUAL_FATAL(access_objects_add(build, kinds), 0);
}

struct access_table *
rig_table(const char *json, int64_t now_s)
{
	struct access_build *build = access_build_new();
	struct access_table *table = NULL;
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "access.bin");

	rig_add_objects(build, json);
	access_build_window(build, now_s, now_s + 400 * 86400);
	CU_ASSERT_EQUAL_FATAL(access_build_write(build, path, 1), 0);
	access_build_free(build);
	CU_ASSERT_EQUAL_FATAL(access_map(path, &table), 0);
	unit_dir_free(dir);
	return table;
}
