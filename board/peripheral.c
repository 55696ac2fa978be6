#include "board/peripheral.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "hw/osdp/frame.h"
#include "lib/util.h"

#define ANSWER_MAX 32

struct memory {
	uint32_t serial;
	uint32_t has_key;
	uint8_t key[OSDP_KEY_SIZE];
	uint32_t address;
	uint32_t baud;
	uint8_t firmware[4];
};

static int
fill_random(void *context UNUSED, uint8_t *bytes, size_t size)
{
	return getrandom(bytes, size, 0) == (ssize_t) size ? 0 : -EIO;
}

static void
keep(const struct peripheral *peripheral)
{
	const struct osdp_pd_config *config = &peripheral->config;
	struct memory memory = {
		.serial = config->identity.serial,
		.address = config->address,
		.baud = peripheral->baud,
		.has_key = config->has_key,
	};

	memcpy(memory.key, config->key, sizeof(memory.key));
	memcpy(memory.firmware, config->identity.firmware, sizeof(config->identity.firmware));
	(void) write_file_atomic(peripheral->path, &memory, sizeof(memory), 0600);
	explicit_bzero(&memory, sizeof(memory));
}

static void
remember(struct peripheral *peripheral)
{
	struct osdp_pd_config *config = &peripheral->config;
	struct memory memory;
	_cleanup_(closep) int fd = open(peripheral->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, &memory, sizeof(memory)) != (ssize_t) sizeof(memory))
		return;
	config->identity.serial = memory.serial;
	config->address = (uint8_t) MIN_OF(memory.address, 0x7Eu);
	config->has_key = memory.has_key;
	peripheral->baud = memory.baud;
	memcpy(config->key, memory.key, sizeof(memory.key));
	memcpy(config->identity.firmware, memory.firmware, sizeof(config->identity.firmware));
	explicit_bzero(&memory, sizeof(memory));
}

static void
tell_status(struct peripheral *peripheral)
{
	struct osdp_lstatr status = { .is_tampered = peripheral->is_tampered,
				      .has_power_failure = peripheral->has_power_fault };

	/* RSTAT: one reader, which is there, or is tampered with. */
	struct osdp_points readers = { .count = 1, .values = { peripheral->is_tampered ? 2 : 0 } };

	osdp_pd_set_status(peripheral->pd, &status);
	if (peripheral->config.capabilities.compliance[OSDP_CAP_CARD_FORMAT])
		osdp_pd_set_readers(peripheral->pd, &readers);
}

void
peripheral_power_up(struct peripheral *peripheral)
{
	osdp_pd_free(peripheral->pd);
	peripheral->pd = NULL;
	if (osdp_pd_new(&peripheral->config, &peripheral->pd) < 0)
		abort();
	tell_status(peripheral);
	peripheral->is_to_restart = false;
	peripheral->power_ups++;
}

void
peripheral_init(struct peripheral *peripheral, const char *memory_dir, const char *name)
{
	peripheral->path = xasprintf("%s/%s.memory", memory_dir, name);
	peripheral->config.fill_random = fill_random;
	peripheral->is_plugged = true;
	remember(peripheral);
	peripheral_power_up(peripheral);
}

void
peripheral_done(struct peripheral *peripheral)
{
	osdp_pd_free(peripheral->pd);
	free(peripheral->path);
	explicit_bzero(&peripheral->config, sizeof(peripheral->config));
}

void
peripheral_forget(struct peripheral *peripheral)
{
	(void) unlink(peripheral->path);
}

static void
set_cable(struct peripheral *peripheral, bool is_plugged)
{
	if (is_plugged && !peripheral->is_plugged)
		peripheral_power_up(peripheral);
	peripheral->is_plugged = is_plugged;
}

static void
set_cover(struct peripheral *peripheral, bool is_open)
{
	peripheral->is_tampered = is_open;
	tell_status(peripheral);
}

static void
set_supply(struct peripheral *peripheral, bool is_failing)
{
	peripheral->has_power_fault = is_failing;
	tell_status(peripheral);
}

/* Another device of the same kind, as it comes from its maker, or given the same key before. */
static void
swap(struct peripheral *peripheral, bool is_keyed)
{
	peripheral->config.identity.serial += 1000;
	if (!is_keyed)
		peripheral->config.has_key = false;
	keep(peripheral);
	peripheral_power_up(peripheral);
}

static void
set_key(struct peripheral *peripheral, bool is_wrong)
{
	peripheral->config.has_key = is_wrong;
	if (is_wrong)
		(void) fill_random(NULL, peripheral->config.key, sizeof(peripheral->config.key));
	keep(peripheral);
	peripheral_power_up(peripheral);
}

static const struct {
	const char *word;
	const char *argument;
	void (*set)(struct peripheral *peripheral, bool value);
	bool value;
} settings[] = {
	{ "plugged", "", set_cable, true },
	{ "unplugged", "", set_cable, false },
	{ "tampered", "", set_cover, true },
	{ "untampered", "", set_cover, false },
	{ "swap", "", swap, false },
	{ "swap", "keyed", swap, true },
	{ "key", "wrong", set_key, true },
	{ "key", "default", set_key, false },
	{ "key", "forget", set_key, false },
	{ "power", "fails", set_supply, true },
	{ "power", "good", set_supply, false },
};

int
peripheral_set(struct peripheral *peripheral, const char *word, const char *argument)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (!strcmp(settings[i].word, word) && !strcmp(settings[i].argument, argument)) {
			settings[i].set(peripheral, settings[i].value);
			return 0;
		}
	return -EINVAL;
}

void
peripheral_set_baud(struct peripheral *peripheral, uint32_t baud)
{
	peripheral->baud = baud;
	keep(peripheral);
}

/* A new firmware is what makes its minor number grow; the device starts with it. */
static void
take_file(struct peripheral *peripheral, uint8_t type)
{
	const uint8_t *bytes = osdp_pd_file(peripheral->pd, &peripheral->file_size);

	peripheral->files++;
	peripheral->file_type = type;
	peripheral->file_hash = fnv1a(bytes, peripheral->file_size);
	peripheral->config.identity.firmware[1]++;
	peripheral->is_to_restart = true;
	keep(peripheral);
}

/* Applications that a reader has to answer get an answer that shows that it was heard. */
static void
answer_application(struct peripheral *peripheral, const struct osdp_pd_event *event)
{
	size_t size = MIN_OF((size_t) event->command.size, sizeof(event->command.data));
	uint8_t answer[ANSWER_MAX + 2];

	memcpy(answer, event->command.data, size);
	if (event->command.code == OSDP_CMD_MFG)
		(void) osdp_pd_queue_reply(peripheral->pd, OSDP_REPLY_MFGREP, answer, size);
	else if (event->command.code == OSDP_CMD_XWR)
		(void) osdp_pd_queue_reply(peripheral->pd, OSDP_REPLY_XRD, answer, size);
	peripheral->last_command = event->command.code;
	peripheral->last_size = event->command.size;
}

void
peripheral_take_event(struct peripheral *peripheral, const struct osdp_pd_event *event)
{
	switch (event->type) {
	case OSDP_PD_EV_KEY:
		peripheral->config.has_key = true;
		memcpy(peripheral->config.key, event->key, sizeof(event->key));
		keep(peripheral);
		break;
	case OSDP_PD_EV_COMSET:
		peripheral->config.address = event->comset.address;
		peripheral->baud = event->comset.baud;
		keep(peripheral);
		break;
	case OSDP_PD_EV_FILE:
		take_file(peripheral, event->file_type);
		break;
	case OSDP_PD_EV_COMMAND:
		answer_application(peripheral, event);
		break;
	default:
		break;
	}
}

void
peripheral_show(const struct peripheral *peripheral, json_t *object)
{
	const struct osdp_pdid *identity = &peripheral->config.identity;
	char firmware[16];

	(void) snprintf(firmware, sizeof(firmware), "%u.%u.%u", identity->firmware[0],
			identity->firmware[1], identity->firmware[2]);
	_cleanup_(json_decrefp) json_t *more = json_pack(
		"{sb,sb,sb,sb,si,sI,ss,si}", "plugged", peripheral->is_plugged, "secure",
		peripheral->is_plugged && osdp_pd_is_secure(peripheral->pd), "tampered",
		peripheral->is_tampered, "power_fault", peripheral->has_power_fault, "address",
		peripheral->config.address, "serial", (json_int_t) identity->serial, "firmware",
		firmware, "late_ms", (int) (peripheral->late_us / US_PER_MS));
	(void) json_object_update(object, more);
	if (peripheral->baud)
		(void) json_object_set_new(object, "baud", json_integer(peripheral->baud));
	if (peripheral->last_command)
		(void) json_object_set_new(object, "command",
					   json_pack("{si,si}", "code", peripheral->last_command,
						     "size", (int) peripheral->last_size));
	if (peripheral->files)
		(void) json_object_set_new(
			object, "file",
			json_pack("{si,si,si,sI}", "count", (int) peripheral->files, "type",
				  peripheral->file_type, "size", (int) peripheral->file_size,
				  "fnv1a", (json_int_t) peripheral->file_hash));
}
