#include "agent/door_upgrade.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

bool
door_upgrade_is_busy(const struct door_upgrade *upgrade)
{
	for (unsigned i = 0; i < DOOR_UPGRADE_TAKERS; i++)
		if (upgrade->takers[i].state == DOOR_UPGRADE_SENDING ||
		    upgrade->takers[i].state == DOOR_UPGRADE_WAITING)
			return true;
	return false;
}

int
door_firmware_drop(struct door_upgrade *upgrade)
{
	if (door_upgrade_is_busy(upgrade))
		return -EBUSY;
	free(upgrade->data);
	upgrade->data = NULL;
	upgrade->size = upgrade->have = 0;
	return 0;
}

int
door_firmware_begin(struct door_upgrade *upgrade, const char *name, uint32_t size)
{
	if (!size || !*name)
		return -EINVAL;
	if (size > DOOR_FIRMWARE_MAX)
		return -EFBIG;
	int r = door_firmware_drop(upgrade);
	if (r < 0)
		return r;
	upgrade->data = xcalloc(1, size);
	upgrade->size = size;
	(void) copy_string(upgrade->name, sizeof(upgrade->name), name);
	return 0;
}

int
door_firmware_add(struct door_upgrade *upgrade, uint32_t offset, const uint8_t *data, size_t size)
{
	if (!upgrade->data)
		return -ENOENT;
	if (upgrade->have == upgrade->size)
		return -EBUSY;
	if (offset != upgrade->have || size > upgrade->size - upgrade->have)
		return -ESPIPE;
	memcpy(upgrade->data + offset, data, size);
	upgrade->have += (uint32_t) size;
	return 0;
}

int
door_upgrade_add(struct door_upgrade *upgrade, unsigned taker)
{
	if (taker < 1 || taker > DOOR_UPGRADE_TAKERS)
		return -EINVAL;
	struct door_upgrade_taker *entry = &upgrade->takers[taker - 1];
	if (!upgrade->data || upgrade->have != upgrade->size)
		return -ENOENT;
	if (entry->state == DOOR_UPGRADE_WAITING || entry->state == DOOR_UPGRADE_SENDING)
		return -EALREADY;
	*entry = (struct door_upgrade_taker){ .state = DOOR_UPGRADE_WAITING };
	return 0;
}

unsigned
door_upgrade_next(const struct door_upgrade *upgrade)
{
	unsigned next = 0;

	for (unsigned i = DOOR_UPGRADE_TAKERS; i >= 1; i--) {
		if (upgrade->takers[i - 1].state == DOOR_UPGRADE_SENDING)
			return 0;
		if (upgrade->takers[i - 1].state == DOOR_UPGRADE_WAITING)
			next = i;
	}
	return next;
}

const char *
door_upgrade_state_name(enum door_upgrade_state state)
{
	static const char *const names[] = { "none", "waiting", "sending", "done", "failed" };

	return names[state];
}
