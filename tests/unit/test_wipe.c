#include "lib/wipe.h"

#include <event2/buffer.h>
#include <jansson.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#define SECRET "5ec2e75ec2e75ec2e75ec2e75ec2e700"

void __real_free(void *block);
void __wrap_free(void *block);

static unsigned freed;
static unsigned leaked;

/* Stands between lib/wipe.c and the heap: looks at what is given back. */
void
__wrap_free(void *block)
{
	size_t size = block ? malloc_usable_size(block) : 0;

	freed += block != NULL;
	leaked += size && memmem(block, size, SECRET, strlen(SECRET)) != NULL;
	__real_free(block);
}

static void
begin(void)
{
	freed = leaked = 0;
}

static void
test_a_block_is_empty_when_it_is_freed(void)
{
	char *block = xstrdup(SECRET);

	begin();
	wipe_free(block);
	wipe_free(NULL);
	CU_ASSERT_EQUAL(freed, 1);
	CU_ASSERT_EQUAL(leaked, 0);
}

static void
test_a_block_that_moves_leaves_nothing_behind(void)
{
	char *block = xstrdup(SECRET);

	begin();
	block = wipe_realloc(block, 65536);
	CU_ASSERT_PTR_NOT_NULL_FATAL(block);
	CU_ASSERT_EQUAL(freed, 1);
	CU_ASSERT_EQUAL(leaked, 0);
	CU_ASSERT_STRING_EQUAL(block, SECRET);
	block = wipe_realloc(block, 8);
	CU_ASSERT_NSTRING_EQUAL(block, SECRET, 8);
	wipe_free(block);
}

static void
test_the_text_of_a_json_value_is_wiped(void)
{
	static const char text[] = "{\"key\":\"" SECRET "\"}";
	json_t *value = NULL;

	begin();
	CU_ASSERT_EQUAL_FATAL(json_read(text, strlen(text), &value), 0);
	json_decref(value);
	CU_ASSERT(freed > 0);
	CU_ASSERT_EQUAL(leaked, 0);
}

static void
test_the_buffer_of_a_socket_is_wiped(void)
{
	struct evbuffer *buffer = evbuffer_new();

	begin();
	for (unsigned i = 0; i < 1000; i++)
		(void) evbuffer_add(buffer, SECRET, strlen(SECRET));
	(void) evbuffer_pullup(buffer, -1);
	evbuffer_free(buffer);
	CU_ASSERT(freed > 0);
	CU_ASSERT_EQUAL(leaked, 0);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_block_is_empty_when_it_is_freed),
		TAP(test_a_block_that_moves_leaves_nothing_behind),
		TAP(test_the_text_of_a_json_value_is_wiped),
		TAP(test_the_buffer_of_a_socket_is_wiped),
	};

	wipe_what_is_freed();
	return tap_main(tests, ARRAY_LEN(tests));
}
