/*
 * A reader bus on a socket with an expansion module at its other end, and a reader that is not
 * there: whose key a module wants, when it is paired, what becomes of its inputs and outputs.
 */
#include "hw/bus.h"
#include "hw/osdp/pd.h"
#include "lib/clock.h"
#include "lib/loop.h"
#include "lib/osdp_key.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

enum { READER_ADDRESS = 0, ADDRESS = 5, MODULE = 7, INPUTS_OF_IT = 3, OUTPUTS_OF_IT = 4 };

#define WINDOW_MS 60000

static const uint8_t host_key[OSDP_KEY_SIZE] = { 0x9A, 0x1F, 0x4C, 0x77, 0xE3, 0xB0, 0x2D, 0x58,
						 0x16, 0xCA, 0x8E, 0x63, 0x90, 0xF7, 0x24, 0x5B };
static const uint8_t cuid[OSDP_CUID_SIZE] = { 0xCA, 0xFE, 0x00, 0x02, 0x01, 77, 0, 0 };

struct rig {
	struct event_base *base;
	struct profile_bus profile;
	struct bus *bus;
	unsigned seat;
	int far; /* the module's end of the line */
	struct event *readable;
	struct osdp_pd_config config;
	struct osdp_pd *pd;
	uint8_t key[OSDP_KEY_SIZE]; /* of this device */
	/* What was told. */
	unsigned count;
	struct hw_module last;
};

static void
on_module(const struct hw_module *module, void *context)
{
	struct rig *rig = context;

	CU_ASSERT_EQUAL(module->module, MODULE);
	rig->count++;
	rig->last = *module;
}

static void
on_trouble(unsigned module UNUSED, const char *what UNUSED, void *context UNUSED)
{
}

static void
on_reader(const struct hw_reader *reader UNUSED, void *context UNUSED)
{
	CU_FAIL("there is no reader");
}

static void
on_reader_event(struct hw_reader_event *event UNUSED, void *context UNUSED)
{
	CU_FAIL("there is no reader");
}

static const struct hw_ops ops = {
	.on_reader = on_reader,
	.on_reader_event = on_reader_event,
	.on_module = on_module,
	.on_module_trouble = on_trouble,
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
	if (size)
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
power_up(struct rig *rig)
{
	struct osdp_points inputs = { .count = INPUTS_OF_IT, .values = { 0, 1, 2 } };

	osdp_pd_free(rig->pd);
	CU_ASSERT_EQUAL_FATAL(osdp_pd_new(&rig->config, &rig->pd), 0);
	osdp_pd_set_inputs(rig->pd, &inputs);
}

static void
find_seat(struct rig *rig)
{
	int seat = bus_module_seat(rig->bus, MODULE);

	CU_ASSERT_FATAL(seat >= 1);
	rig->seat = (unsigned) seat;
}

/* has_key: the module was given its key by the same host before. */
static void
start(struct rig *rig, bool has_key)
{
	*rig = (struct rig){
		.base = loop_new(),
		.profile = { .baud = 230400, .count = 1, .readers = { { 5, 3, READER_ADDRESS } } },
		.config = { .address = ADDRESS,
			    .identity = { .vendor = { 0xCA, 0xFE, 0x00 },
					  .model = 2,
					  .version = 1,
					  .serial = 77 },
			    .has_key = has_key,
			    .fill_random = fill_random },
	};
	CU_ASSERT_EQUAL_FATAL(osdp_key_diversify(host_key, cuid, rig->key), 0);
	memcpy(rig->config.key, rig->key, sizeof(rig->key));
	rig->config.capabilities.compliance[OSDP_CAP_SECURITY] = 1;
	rig->config.capabilities.items[OSDP_CAP_INPUTS] = INPUTS_OF_IT;
	rig->config.capabilities.items[OSDP_CAP_OUTPUTS] = OUTPUTS_OF_IT;
	power_up(rig);
	rig->bus = bus_new(rig->base, &driver, rig, 1, &rig->profile, &ops, rig);
	CU_ASSERT_PTR_NOT_NULL_FATAL(rig->bus);
	CU_ASSERT_EQUAL_FATAL(bus_module_add(rig->bus, MODULE, ADDRESS), 0);
	find_seat(rig);
}

static void
stop(struct rig *rig)
{
	bus_free(rig->bus);
	if (rig->readable)
		event_free(rig->readable);
	closep(&rig->far);
	osdp_pd_free(rig->pd);
	event_base_free(rig->base);
}

static bool
wants_key(const struct rig *rig)
{
	return rig->last.wants_key;
}

static bool
is_secure(const struct rig *rig)
{
	return rig->last.is_online && rig->last.security == HW_SECURITY_SECURE &&
	       rig->last.inputs[1] == HW_MODULE_ACTIVE;
}

static bool
is_refused(const struct rig *rig)
{
	return rig->last.security == HW_SECURITY_KEY_MISMATCH && rig->last.cause;
}

static bool
has_first_output(const struct rig *rig)
{
	return rig->last.outputs == 1;
}

static bool
has_no_output(const struct rig *rig)
{
	return rig->last.is_online && !rig->last.outputs;
}

static void
wait_for(struct rig *rig, bool (*condition)(const struct rig *rig))
{
	uint64_t until_us = clock_mono_us() + 10 * US_PER_S;

	while (!condition(rig) && clock_mono_us() < until_us)
		(void) event_base_loop(rig->base, EVLOOP_ONCE);
	CU_ASSERT_TRUE_FATAL(condition(rig));
}

static void
give_key(struct rig *rig, const uint8_t *key)
{
	CU_ASSERT_EQUAL(bus_module_set_key(rig->bus, rig->seat, cuid, key), 0);
}

static uint32_t
timeouts_of_reader(const struct rig *rig)
{
	struct hw_reader reader;

	bus_reader(rig->bus, 0, &reader);
	return reader.timeouts;
}

static void
a_module_wants_the_key_of_its_device_and_works_once_it_is_there(void)
{
	struct rig rig;
	start(&rig, true);
	wait_for(&rig, wants_key);
	CU_ASSERT_EQUAL(rig.last.security, HW_SECURITY_NO_KEY);
	CU_ASSERT_FALSE(rig.last.is_online);
	CU_ASSERT_EQUAL(memcmp(rig.last.cuid, cuid, sizeof(cuid)), 0);
	CU_ASSERT_EQUAL(bus_module_set_outputs(rig.bus, rig.seat, 0, true, 0), 0);
	CU_ASSERT_EQUAL(bus_module_set_outputs(rig.bus, rig.seat, 1, true, 0), -EINVAL);
	give_key(&rig, rig.key);
	wait_for(&rig, is_secure);
	CU_ASSERT_FALSE(rig.last.wants_key);
	CU_ASSERT_EQUAL(rig.last.input_count, INPUTS_OF_IT);
	CU_ASSERT_EQUAL(rig.last.output_count, OUTPUTS_OF_IT);
	CU_ASSERT_EQUAL(rig.last.inputs[0], HW_MODULE_INACTIVE);
	CU_ASSERT_EQUAL(rig.last.inputs[2], HW_MODULE_SHORT);
	CU_ASSERT_EQUAL(rig.last.serial, 77);
	stop(&rig);
}

static void
a_new_module_is_given_its_key_in_its_window_only(void)
{
	struct rig rig;
	struct osdp_pd_event event;
	bool has_key = false;
	start(&rig, false);
	wait_for(&rig, wants_key);
	give_key(&rig, rig.key);
	wait_for(&rig, is_refused);
	CU_ASSERT_FALSE(osdp_pd_take_event(rig.pd, &event));
	CU_ASSERT_EQUAL(bus_module_install(rig.bus, rig.seat, WINDOW_MS), 0);
	wait_for(&rig, is_secure);
	while (osdp_pd_take_event(rig.pd, &event))
		has_key |= event.type == OSDP_PD_EV_KEY &&
			   !memcmp(event.key, rig.key, sizeof(rig.key));
	CU_ASSERT_TRUE(has_key);
	stop(&rig);
}

static void
a_window_that_is_open_before_the_key_is_there_serves_as_well(void)
{
	struct rig rig;
	start(&rig, false);
	CU_ASSERT_EQUAL(bus_module_install(rig.bus, rig.seat, WINDOW_MS), 0);
	wait_for(&rig, wants_key);
	give_key(&rig, rig.key);
	wait_for(&rig, is_secure);
	stop(&rig);
}

static void
a_device_in_the_place_of_another_wants_a_key_of_its_own(void)
{
	struct rig rig;
	uint8_t other_cuid[OSDP_CUID_SIZE];
	uint8_t other_key[OSDP_KEY_SIZE];
	start(&rig, true);
	wait_for(&rig, wants_key);
	give_key(&rig, rig.key);
	wait_for(&rig, is_secure);
	memcpy(other_cuid, cuid, sizeof(cuid));
	other_cuid[5]++;
	CU_ASSERT_EQUAL(osdp_key_diversify(host_key, other_cuid, other_key), 0);
	rig.config.identity.serial++;
	memcpy(rig.config.key, other_key, sizeof(other_key));
	power_up(&rig);
	wait_for(&rig, wants_key);
	CU_ASSERT_EQUAL(memcmp(rig.last.cuid, other_cuid, sizeof(other_cuid)), 0);
	CU_ASSERT_EQUAL(bus_module_set_key(rig.bus, rig.seat, other_cuid, other_key), 0);
	wait_for(&rig, is_secure);
	CU_ASSERT_EQUAL(rig.last.serial, 78);
	stop(&rig);
}

static void
a_module_with_another_key_is_refused_in_a_window_too(void)
{
	struct rig rig;
	start(&rig, true);
	rig.config.key[0] ^= 1;
	power_up(&rig);
	CU_ASSERT_EQUAL(bus_module_install(rig.bus, rig.seat, WINDOW_MS), 0);
	wait_for(&rig, wants_key);
	give_key(&rig, rig.key);
	wait_for(&rig, is_refused);
	CU_ASSERT_STRING_EQUAL(rig.last.cause, "key");
	CU_ASSERT_FALSE(rig.last.is_online);
	/* The host key is another one: what was given no longer counts. */
	give_key(&rig, NULL);
	wait_for(&rig, wants_key);
	stop(&rig);
}

static void
what_is_switched_for_good_is_so_again_behind_a_restart(void)
{
	struct rig rig;
	start(&rig, true);
	wait_for(&rig, wants_key);
	give_key(&rig, rig.key);
	wait_for(&rig, is_secure);
	CU_ASSERT_EQUAL(bus_module_set_outputs(rig.bus, rig.seat, 1, true, 0), 0);
	CU_ASSERT_EQUAL(bus_module_set_outputs(rig.bus, rig.seat, 1 << OUTPUTS_OF_IT, true, 0),
			-EINVAL);
	CU_ASSERT_EQUAL(
		bus_module_set_outputs(rig.bus, rig.seat, 1, true, HW_MODULE_PULSE_MS_MAX + 1),
		-EINVAL);
	wait_for(&rig, has_first_output);
	power_up(&rig);
	CU_ASSERT_FALSE(osdp_pd_output(rig.pd, 0, clock_mono_us()));
	wait_for(&rig, has_no_output);
	wait_for(&rig, has_first_output);
	CU_ASSERT_TRUE(osdp_pd_output(rig.pd, 0, clock_mono_us()));
	CU_ASSERT_EQUAL(bus_module_set_outputs(rig.bus, rig.seat, 1, false, 0), 0);
	wait_for(&rig, has_no_output);
	stop(&rig);
}

static void
a_pulse_is_the_modules_own_and_its_end_is_seen(void)
{
	struct rig rig;
	start(&rig, true);
	wait_for(&rig, wants_key);
	give_key(&rig, rig.key);
	wait_for(&rig, is_secure);
	uint64_t from_us = clock_mono_us();
	CU_ASSERT_EQUAL(bus_module_set_outputs(rig.bus, rig.seat, 1, true, 250), 0);
	wait_for(&rig, has_first_output);
	wait_for(&rig, has_no_output);
	CU_ASSERT_TRUE(clock_mono_us() - from_us >= 300 * US_PER_MS);
	stop(&rig);
}

static void
a_module_that_was_taken_away_says_nothing_and_leaves_its_place(void)
{
	struct rig rig;
	start(&rig, true);
	wait_for(&rig, wants_key);
	give_key(&rig, rig.key);
	wait_for(&rig, is_secure);
	bus_module_remove(rig.bus, rig.seat);
	unsigned told = rig.count;
	CU_ASSERT_EQUAL(bus_module_seat(rig.bus, MODULE), -ENOENT);
	/* The line goes on: the reader that is not there is asked again. */
	uint32_t asked = timeouts_of_reader(&rig);
	while (timeouts_of_reader(&rig) == asked)
		(void) event_base_loop(rig.base, EVLOOP_ONCE);
	CU_ASSERT_EQUAL(rig.count, told);
	CU_ASSERT_EQUAL(bus_module_add(rig.bus, MODULE, READER_ADDRESS), -EADDRINUSE);
	CU_ASSERT_EQUAL(bus_module_seat(rig.bus, MODULE), -ENOENT);
	CU_ASSERT_EQUAL(bus_module_add(rig.bus, MODULE, ADDRESS), 0);
	find_seat(&rig);
	rig.last = (struct hw_module){ 0 };
	/* A key that it had is forgotten with it. */
	wait_for(&rig, wants_key);
	stop(&rig);
}

static const struct tap_test tests[] = {
	TAP(a_module_wants_the_key_of_its_device_and_works_once_it_is_there),
	TAP(a_new_module_is_given_its_key_in_its_window_only),
	TAP(a_window_that_is_open_before_the_key_is_there_serves_as_well),
	TAP(a_device_in_the_place_of_another_wants_a_key_of_its_own),
	TAP(a_module_with_another_key_is_refused_in_a_window_too),
	TAP(what_is_switched_for_good_is_so_again_behind_a_restart),
	TAP(a_pulse_is_the_modules_own_and_its_end_is_seen),
	TAP(a_module_that_was_taken_away_says_nothing_and_leaves_its_place),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
