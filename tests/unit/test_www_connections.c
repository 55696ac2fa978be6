#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "www/connections.h"

static uint64_t now_us;

static uint64_t
test_clock(void)
{
	return now_us;
}

struct fixture {
	struct connections *connections;
	struct connection *connection;
	int ends[2];
};

static struct fixture
begin(void)
{
	struct fixture fixture = { .connections = connections_new() };

	now_us = 1000 * US_PER_S;
	clock_set_source(test_clock);
	CU_ASSERT_EQUAL_FATAL(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fixture.ends),
		0);
	fixture.connection = connection_open(fixture.connections, fixture.ends[0], &now_us);
	return fixture;
}

static void
end(struct fixture *fixture)
{
	CU_ASSERT_PTR_EQUAL(connection_close(fixture->connections, fixture->connection), &now_us);
	connections_free(fixture->connections);
	(void) close(fixture->ends[0]);
	(void) close(fixture->ends[1]);
	clock_set_source(NULL);
}

/* How many are shut down after so many seconds more. */
static unsigned
after(struct fixture *fixture, unsigned seconds)
{
	now_us += seconds * US_PER_S;
	return connections_expire(fixture->connections, now_us);
}

static bool
peer_sees_the_end(const struct fixture *fixture)
{
	char byte;

	return read(fixture->ends[1], &byte, 1) == 0;
}

static void
test_first_request_has_ten_seconds(void)
{
	struct fixture fixture = begin();

	CU_ASSERT_EQUAL(after(&fixture, 9), 0);
	CU_ASSERT_FALSE(peer_sees_the_end(&fixture));
	CU_ASSERT_EQUAL(after(&fixture, 1), 1);
	CU_ASSERT_TRUE(peer_sees_the_end(&fixture));
	CU_ASSERT_EQUAL(after(&fixture, 60), 0);
	end(&fixture);
}

static void
test_a_body_that_drips_has_ten_seconds(void)
{
	struct fixture fixture = begin();

	CU_ASSERT_EQUAL(after(&fixture, 5), 0);
	connection_enter(fixture.connections, fixture.connection, CONNECTION_BODY);
	CU_ASSERT_EQUAL(after(&fixture, 9), 0);
	CU_ASSERT_EQUAL(after(&fixture, 1), 1);
	end(&fixture);
}

static void
test_work_and_streams_have_no_deadline(void)
{
	struct fixture fixture = begin();

	connection_enter(fixture.connections, fixture.connection, CONNECTION_WORK);
	CU_ASSERT_EQUAL(after(&fixture, 86400), 0);
	end(&fixture);
}

static void
test_answer_and_idle_connections_end(void)
{
	struct fixture fixture = begin();

	connection_enter(fixture.connections, fixture.connection, CONNECTION_ANSWER);
	CU_ASSERT_EQUAL(after(&fixture, 59), 0);
	connection_enter(fixture.connections, fixture.connection, CONNECTION_IDLE);
	CU_ASSERT_EQUAL(after(&fixture, 39), 0);
	CU_ASSERT_EQUAL(after(&fixture, 1), 1);
	end(&fixture);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_first_request_has_ten_seconds),
		TAP(test_a_body_that_drips_has_ten_seconds),
		TAP(test_work_and_streams_have_no_deadline),
		TAP(test_answer_and_idle_connections_end),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
