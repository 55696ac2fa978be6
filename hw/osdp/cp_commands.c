#include <errno.h>
#include <string.h>

#include "hw/osdp/cp_private.h"

int
osdp_cp_led(struct osdp_cp *cp, unsigned pd, const struct osdp_led *led)
{
	uint8_t data[OSDP_LED_SIZE];
	int r = osdp_pack_led(led, data, sizeof(data));

	return r < 0 ? r : cp_queue_command(cp, pd, OSDP_CMD_LED, data, sizeof(data));
}

int
osdp_cp_buzzer(struct osdp_cp *cp, unsigned pd, const struct osdp_buzzer *buzzer)
{
	uint8_t data[OSDP_BUZZER_SIZE];
	int r = osdp_pack_buzzer(buzzer, data, sizeof(data));

	return r < 0 ? r : cp_queue_command(cp, pd, OSDP_CMD_BUZ, data, sizeof(data));
}

int
osdp_cp_output(struct osdp_cp *cp, unsigned pd, const struct osdp_output *outputs, unsigned count)
{
	uint8_t data[OSDP_BLOB_MAX];
	size_t size = 0;

	if (count == 0)
		return -EINVAL;
	if (count > sizeof(data) / OSDP_OUTPUT_SIZE)
		return -EMSGSIZE;
	for (unsigned i = 0; i < count; i++) {
		int r = osdp_pack_output(&outputs[i], data + size, sizeof(data) - size);
		if (r < 0)
			return r;
		size += (size_t) r;
	}
	return cp_queue_command(cp, pd, OSDP_CMD_OUT, data, size);
}

int
osdp_cp_text(struct osdp_cp *cp, unsigned pd, const struct osdp_text *text)
{
	uint8_t data[OSDP_TEXT_HEADER_SIZE + OSDP_TEXT_MAX];
	int r = osdp_pack_text(text, data, sizeof(data));

	return r < 0 ? r : cp_queue_command(cp, pd, OSDP_CMD_TEXT, data, (size_t) r);
}

int
osdp_cp_ask(struct osdp_cp *cp, unsigned pd, uint8_t code)
{
	if (code < OSDP_CMD_LSTAT || code > OSDP_CMD_RSTAT)
		return -EINVAL;
	return cp_queue_command(cp, pd, code, NULL, 0);
}

int
osdp_cp_keep_active(struct osdp_cp *cp, unsigned pd, uint16_t ms)
{
	uint8_t data[] = { (uint8_t) (ms & 0xFF), (uint8_t) (ms >> 8) };

	return cp_queue_command(cp, pd, OSDP_CMD_KEEPACTIVE, data, sizeof(data));
}

int
osdp_cp_abort(struct osdp_cp *cp, unsigned pd)
{
	return cp_queue_command(cp, pd, OSDP_CMD_ABORT, NULL, 0);
}

int
osdp_cp_manufacturer(struct osdp_cp *cp, unsigned pd, const uint8_t vendor[OSDP_VENDOR_SIZE],
		     const uint8_t *data, size_t size)
{
	uint8_t message[OSDP_BLOB_MAX];

	if (size > sizeof(message) - OSDP_VENDOR_SIZE)
		return -EMSGSIZE;
	memcpy(message, vendor, OSDP_VENDOR_SIZE);
	if (size > 0)
		memcpy(message + OSDP_VENDOR_SIZE, data, size);
	return cp_queue_command(cp, pd, OSDP_CMD_MFG, message, OSDP_VENDOR_SIZE + size);
}

int
osdp_cp_transparent(struct osdp_cp *cp, unsigned pd, const uint8_t *data, size_t size)
{
	return cp_queue_command(cp, pd, OSDP_CMD_XWR, data, size);
}
