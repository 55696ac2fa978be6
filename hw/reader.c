#include "hw/reader.h"

#include <errno.h>
#include <string.h>

#include "hw/bus.h"
#include "hw/osdp/message.h"
#include "lib/util.h"

const char *
hw_security_name(enum hw_security security)
{
	static const char *const names[] = { "offline",	   "clear",	   "secure",
					     "installing", "key_mismatch", "no_key" };

	return names[security];
}

const char *
hw_reader_cause_text(const char *cause)
{
	static const struct {
		const char *cause;
		const char *text;
	} texts[] = {
		{ "no_key", "it has not been paired" },
		{ "no_random", "there are no random numbers" },
		{ "refused_security", "it refuses the secure channel" },
		{ "wants_encryption", "it refuses to speak in clear" },
		{ "refused", "it refuses the handshake" },
		{ "key_kind", "it answers with another kind of key" },
		{ "device", "it is not the device that was paired" },
		{ "key", "it has another key" },
		{ "not_accepted", "it does not accept our key" },
		{ "proof", "it cannot prove its key" },
		{ "downgrade", "somebody forges what it is able to do" },
		{ "silent", "it does not answer" },
		{ "restarted", "it has restarted" },
		{ "sequence", "it has lost count" },
		{ "security", "it refuses our messages" },
		{ "clear_reply", "it answered in clear" },
		{ "mac", "a message was forged or damaged" },
		{ "plain", "it sent data that were not encrypted" },
		{ "policy", "the operator has changed its keys" },
		{ "cuid", "its identity does not fit its handshake" },
		{ "capabilities", "it is able to do other things than before" },
	};

	for (size_t i = 0; cause && i < ARRAY_LEN(texts); i++)
		if (!strcmp(texts[i].cause, cause))
			return texts[i].text;
	return "the reason is not known";
}

int
hw_reader(const struct hw *hw, unsigned reader, struct hw_reader *ret)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	if (seat < 0)
		return seat;
	bus_reader(bus, (unsigned) seat, ret);
	return 0;
}

unsigned
hw_reader_door(const struct hw *hw, unsigned reader)
{
	struct hw_reader found;

	return hw_reader(hw, reader, &found) == 0 ? found.door : 0;
}

void
hw_reader_show(struct hw *hw, unsigned reader, const struct feedback *resting)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	if (seat >= 0)
		bus_show(bus, (unsigned) seat, resting);
}

void
hw_reader_signal(struct hw *hw, unsigned reader, const struct feedback *feedback)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	if (seat >= 0)
		bus_signal(bus, (unsigned) seat, feedback);
}

int
hw_reader_set_policy(struct hw *hw, unsigned reader, const struct hw_policy *policy)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_set_policy(bus, (unsigned) seat, policy);
}

int
hw_reader_install(struct hw *hw, unsigned reader, const struct hw_install *install)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_install(bus, (unsigned) seat, install);
}

int
hw_reader_install_cancel(struct hw *hw, unsigned reader)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_install_cancel(bus, (unsigned) seat);
}

int
hw_reader_rotate(struct hw *hw, unsigned reader, const uint8_t *key)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_rotate(bus, (unsigned) seat, key);
}

int
hw_reader_key_stored(struct hw *hw, unsigned reader)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_key_stored(bus, (unsigned) seat);
}

int
hw_reader_accept(struct hw *hw, unsigned reader)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_accept(bus, (unsigned) seat);
}

uint32_t
hw_reader_serial(const uint8_t pdid[READER_PDID_BYTES])
{
	struct osdp_pdid identity = { 0 };

	(void) osdp_unpack_pdid(pdid, READER_PDID_BYTES, &identity);
	return identity.serial;
}
