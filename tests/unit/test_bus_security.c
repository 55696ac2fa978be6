/*
 * A reader bus on a socket with a reader at its other end: how policies, keys and what becomes of
 * a secure channel pass between OSDP and the door role.
 */
#include "hw/bus.h"
#include "hw/osdp/pd.h"
#include "lib/clock.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

static const uint8_t own_key[READER_KEY_BYTES] = { 0x9A, 0x1F, 0x4C, 0x77, 0xE3, 0xB0, 0x2D, 0x58,
						   0x16, 0xCA, 0x8E, 0x63, 0x90, 0xF7, 0x24, 0x5B };

struct rig {
	struct event_base *base;
	struct profile_bus profile;
	struct bus *bus;
	int far; /* the reader's end of the line */
	struct event *readable;
	struct osdp_pd_config config;
	struct osdp_pd *pd;
	struct reader_key key;
	bool stores_keys;
	/* What was told. */
	unsigned counts[HW_READER_EVENTS];
	struct hw_reader_event last[HW_READER_EVENTS];
	unsigned cards;
};

static void
on_reader(const struct hw_reader *reader UNUSED, void *context UNUSED)
{
}

static void
on_card(const struct hw_card *card UNUSED, void *context)
{
	((struct rig *) context)->cards++;
}

static void
on_reader_event(struct hw_reader_event *event, void *context)
{
	struct rig *rig = context;

	rig->counts[event->type]++;
	rig->last[event->type] = *event;
	if (event->type == HW_READER_KEY_PENDING && rig->stores_keys)
		CU_ASSERT_EQUAL(bus_key_stored(rig->bus, 0), 0);
}

static void
on_frame_error(unsigned door UNUSED, uint32_t count UNUSED, void *context UNUSED)
{
}

static const struct hw_ops ops = {
	.on_card = on_card,
	.on_reader = on_reader,
	.on_reader_event = on_reader_event,
	.on_reader_replaced = on_reader,
	.on_frame_error = on_frame_error,
};

static void
on_far_readable(evutil_socket_t fd, short what UNUSED, void *context)
{
	struct rig *rig = context;
	uint8_t bytes[2048];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n <= 0)
		return;
	osdp_pd_receive(rig->pd, bytes, (size_t) n, clock_mono_us());
	size_t size = osdp_pd_take_output(rig->pd, bytes, sizeof(bytes));
	CU_ASSERT_EQUAL(write(fd, bytes, size), (ssize_t) size);
}

static int
open_bus(void *board, unsigned number UNUSED, uint32_t baud UNUSED)
{
	struct rig *rig = board;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	rig->far = ends[1];
	rig->readable = event_new(rig->base, rig->far, EV_READ | EV_PERSIST, on_far_readable, rig);
	(void) event_add(rig->readable, NULL);
	return ends[0];
}

static const struct driver driver = { .name = "test", .open_bus = open_bus };

static int
fill_random(void *context UNUSED, uint8_t *bytes, size_t size)
{
	return getrandom(bytes, size, 0) == (ssize_t) size ? 0 : -EIO;
}

static void
replace_pd(struct rig *rig)
{
	osdp_pd_free(rig->pd);
	CU_ASSERT_EQUAL_FATAL(osdp_pd_new(&rig->config, &rig->pd), 0);
}

static void
start(struct rig *rig, bool has_reader_key)
{
	*rig = (struct rig){
		.base = loop_new(),
		.profile = { .baud = 230400, .count = 1, .readers = { { 5, 3, 0 } } },
		.stores_keys = true,
		.config = { .identity = { .vendor = { 0xCA, 0xFE, 0x00 }, .serial = 77 },
			    .has_key = has_reader_key,
			    .fill_random = fill_random },
	};
	memcpy(rig->config.key, own_key, sizeof(own_key));
	rig->config.capabilities.compliance[OSDP_CAP_SECURITY] = 1;
	replace_pd(rig);
	rig->bus = bus_new(rig->base, &driver, rig, 1, &rig->profile, &ops, rig);
}

static void
stop(struct rig *rig)
{
	bus_free(rig->bus);
	if (rig->readable)
		event_free(rig->readable);
	if (rig->far > 0)
		(void) close(rig->far);
	osdp_pd_free(rig->pd);
	event_base_free(rig->base);
}

static void
give_key(struct rig *rig)
{
	rig->key.has_key = true;
	memcpy(rig->key.key, own_key, sizeof(own_key));
	CU_ASSERT_EQUAL(bus_set_policy(rig->bus, 0, &(struct hw_policy){ .key = &rig->key }), 0);
}

struct wish {
	struct rig *rig;
	enum hw_reader_event_type type;
};

static bool
has_come(void *context)
{
	struct wish *wish = context;
	return wish->rig->counts[wish->type] > 0;
}

static bool
wait_event(struct rig *rig, enum hw_reader_event_type type)
{
	struct wish wish = { rig, type };
	return unit_wait(rig->base, has_come, &wish);
}

static bool
is_online(void *context)
{
	struct rig *rig = context;
	struct hw_reader reader;

	bus_reader(rig->bus, 0, &reader);
	return reader.is_online;
}

static struct hw_reader
state(const struct rig *rig)
{
	struct hw_reader reader;

	bus_reader(rig->bus, 0, &reader);
	return reader;
}

static void
test_a_reader_without_a_key_is_refused_until_it_is_installed(void)
{
	struct rig rig;

	start(&rig, false);
	CU_ASSERT_EQUAL(state(&rig).security, HW_SECURITY_NO_KEY);
	CU_ASSERT_TRUE(wait_event(&rig, HW_READER_MISMATCH));
	CU_ASSERT_STRING_EQUAL(rig.last[HW_READER_MISMATCH].cause, "no_key");
	CU_ASSERT_EQUAL(rig.last[HW_READER_MISMATCH].reader, 5);
	CU_ASSERT_EQUAL(rig.last[HW_READER_MISMATCH].door, 3);
	CU_ASSERT_FALSE(state(&rig).is_online);
	CU_ASSERT_EQUAL(bus_rotate(rig.bus, 0, NULL), -ENOTCONN);
	CU_ASSERT_EQUAL(bus_install_cancel(rig.bus, 0), -EALREADY);
	CU_ASSERT_EQUAL(bus_install(rig.bus, 0, &(struct hw_install){ 0 }), 0);
	CU_ASSERT_EQUAL(bus_install(rig.bus, 0, &(struct hw_install){ 0 }), -EBUSY);
	CU_ASSERT_EQUAL(state(&rig).security, HW_SECURITY_INSTALLING);
	CU_ASSERT_TRUE(wait_event(&rig, HW_READER_INSTALL_ENDED));
	CU_ASSERT_TRUE(rig.last[HW_READER_INSTALL_ENDED].is_paired);
	CU_ASSERT_EQUAL(hw_reader_serial(rig.last[HW_READER_PAIRING].pdid), 77);
	/* The first key was sent under a published one. */
	CU_ASSERT_EQUAL(rig.counts[HW_READER_KEY_COMMITTED], 2);
	CU_ASSERT_EQUAL(state(&rig).security, HW_SECURITY_SECURE);
	CU_ASSERT_TRUE(rig.last[HW_READER_SECURED].has_device);
	CU_ASSERT_EQUAL(rig.last[HW_READER_SECURED].cuid[0], 0xCA);
	CU_ASSERT_STRING_EQUAL(state(&rig).cuid, "cafe0000004d0000");
	CU_ASSERT_EQUAL(bus_install(rig.bus, 0, &(struct hw_install){ 0 }), -EEXIST);
	stop(&rig);
}

static void
test_no_key_is_given_before_it_is_stored(void)
{
	struct rig rig;

	start(&rig, false);
	rig.stores_keys = false;
	CU_ASSERT_TRUE(wait_event(&rig, HW_READER_MISMATCH));
	CU_ASSERT_EQUAL(bus_key_stored(rig.bus, 0), -EALREADY);
	CU_ASSERT_EQUAL(bus_install(rig.bus, 0, &(struct hw_install){ .key = own_key }), 0);
	CU_ASSERT_TRUE(wait_event(&rig, HW_READER_KEY_PENDING));
	CU_ASSERT_EQUAL(memcmp(rig.last[HW_READER_KEY_PENDING].key, own_key, sizeof(own_key)), 0);
	CU_ASSERT_EQUAL(rig.counts[HW_READER_KEY_COMMITTED], 0);
	CU_ASSERT_EQUAL(bus_key_stored(rig.bus, 0), 0);
	CU_ASSERT_TRUE(wait_event(&rig, HW_READER_INSTALL_ENDED));
	CU_ASSERT_EQUAL(rig.counts[HW_READER_KEY_COMMITTED], 1);
	stop(&rig);
}

static void
test_a_window_that_is_closed_drops_its_key_and_says_so(void)
{
	struct rig rig;

	start(&rig, true);
	CU_ASSERT_EQUAL(bus_install(rig.bus, 0, &(struct hw_install){ 0 }), 0);
	CU_ASSERT_TRUE(wait_event(&rig, HW_READER_MISMATCH));
	CU_ASSERT_EQUAL(bus_install_cancel(rig.bus, 0), 0);
	CU_ASSERT_TRUE(wait_event(&rig, HW_READER_INSTALL_ENDED));
	CU_ASSERT_FALSE(rig.last[HW_READER_INSTALL_ENDED].is_paired);
	CU_ASSERT_EQUAL(rig.counts[HW_READER_KEY_PENDING], 0);
	CU_ASSERT_NOT_EQUAL(state(&rig).security, HW_SECURITY_INSTALLING);
	stop(&rig);
}

static void
test_the_device_that_was_paired_is_the_only_one(void)
{
	struct rig rig;

	start(&rig, true);
	rig.key.has_device = true;
	rig.key.cuid[0] = 1;
	give_key(&rig);
	CU_ASSERT_TRUE(wait_event(&rig, HW_READER_MISMATCH));
	CU_ASSERT_STRING_EQUAL(rig.last[HW_READER_MISMATCH].cause, "device");
	CU_ASSERT_EQUAL(hw_reader_serial(rig.last[HW_READER_MISMATCH].pdid), 77);
	CU_ASSERT_EQUAL(state(&rig).security, HW_SECURITY_KEY_MISMATCH);
	CU_ASSERT_EQUAL(bus_accept(rig.bus, 0), 0);
	CU_ASSERT_TRUE(wait_event(&rig, HW_READER_SECURED));
	CU_ASSERT_EQUAL(state(&rig).security, HW_SECURITY_SECURE);
	CU_ASSERT_PTR_NULL(state(&rig).cause);
	stop(&rig);
}

static void
test_both_keys_of_somebody_who_died_are_tried(void)
{
	struct rig rig;

	start(&rig, true);
	rig.key = (struct reader_key){ .has_key = true, .has_pending = true, .key = { 1, 2 } };
	memcpy(rig.key.pending, own_key, sizeof(own_key));
	CU_ASSERT_EQUAL(bus_set_policy(rig.bus, 0, &(struct hw_policy){ .key = &rig.key }), 0);
	CU_ASSERT_TRUE(wait_event(&rig, HW_READER_SECURED));
	CU_ASSERT_EQUAL(rig.counts[HW_READER_KEY_COMMITTED], 1);
	stop(&rig);
}

static void
test_clear_is_a_policy_and_no_event_of_a_secure_channel(void)
{
	struct rig rig;

	start(&rig, false);
	CU_ASSERT_EQUAL(bus_set_policy(rig.bus, 0,
				       &(struct hw_policy){ .is_clear = true, .key = &rig.key }),
			0);
	CU_ASSERT_TRUE(unit_wait(rig.base, is_online, &rig));
	CU_ASSERT_EQUAL(state(&rig).security, HW_SECURITY_CLEAR);
	CU_ASSERT_EQUAL(rig.counts[HW_READER_SECURED], 0);
	CU_ASSERT_EQUAL(rig.counts[HW_READER_MISMATCH], 0);
	stop(&rig);
}

static void
test_every_cause_has_a_text(void)
{
	static const char *const causes[] = { "no_key",		  "device",	     "key",
					      "downgrade",	  "plain",	     "mac",
					      "refused_security", "wants_encryption" };

	for (size_t i = 0; i < ARRAY_LEN(causes); i++)
		CU_ASSERT_STRING_NOT_EQUAL(hw_reader_cause_text(causes[i]),
					   hw_reader_cause_text("nonsense"));
	CU_ASSERT_STRING_EQUAL(hw_reader_cause_text(NULL), hw_reader_cause_text("nonsense"));
	for (unsigned i = 0; i < HW_SECURITIES; i++)
		CU_ASSERT_PTR_NOT_NULL(hw_security_name((enum hw_security) i));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_reader_without_a_key_is_refused_until_it_is_installed),
		TAP(test_no_key_is_given_before_it_is_stored),
		TAP(test_a_window_that_is_closed_drops_its_key_and_says_so),
		TAP(test_the_device_that_was_paired_is_the_only_one),
		TAP(test_both_keys_of_somebody_who_died_are_tried),
		TAP(test_clear_is_a_policy_and_no_event_of_a_secure_channel),
		TAP(test_every_cause_has_a_text),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
