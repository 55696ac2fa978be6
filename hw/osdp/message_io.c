#include <errno.h>
#include <string.h>

#include "hw/osdp/message.h"
#include "lib/util.h"

enum {
	ADDRESS_MAX = 0x7E,
	KEY_HASH = 0x0D,
	KEY_STAR = 0x7F,
	KEYS_HEADER_SIZE = 2,
};

static const uint32_t speeds[] = { 9600, 19200, 38400, 57600, 115200, 230400 };

static uint16_t
read_u16(const uint8_t *at)
{
	return (uint16_t) (at[0] | at[1] << 8);
}

static uint32_t
read_u32(const uint8_t *at)
{
	return read_u16(at) | (uint32_t) read_u16(at + 2) << 16;
}

static void
write_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t) (value & 0xFF);
	at[1] = (uint8_t) (value >> 8);
}

static void
write_u32(uint8_t *at, uint32_t value)
{
	write_u16(at, (uint16_t) (value & 0xFFFF));
	write_u16(at + 2, (uint16_t) (value >> 16));
}

int
osdp_pack_output(const struct osdp_output *output, uint8_t *buf, size_t size)
{
	bool is_timed = output->code >= OSDP_OUTPUT_TIMED_ON;

	if (output->code > OSDP_OUTPUT_TIMED_OFF || (is_timed && output->timer_100ms == 0))
		return -EINVAL;
	if (size < OSDP_OUTPUT_SIZE)
		return -ENOBUFS;

	buf[0] = output->output;
	buf[1] = output->code;
	write_u16(buf + 2, output->timer_100ms);
	return OSDP_OUTPUT_SIZE;
}

int
osdp_unpack_output(const uint8_t *data, size_t size, struct osdp_output *ret_output)
{
	if (size < OSDP_OUTPUT_SIZE)
		return -EBADMSG;

	*ret_output = (struct osdp_output){
		.output = data[0],
		.code = data[1],
		.timer_100ms = read_u16(data + 2),
	};
	return 0;
}

int
osdp_pack_text(const struct osdp_text *text, uint8_t *buf, size_t size)
{
	if (text->size > OSDP_TEXT_MAX || text->row == 0 || text->column == 0 ||
	    text->command < OSDP_TEXT_PERMANENT || text->command > OSDP_TEXT_TEMPORARY_WRAP)
		return -EINVAL;
	for (size_t i = 0; i < text->size; i++)
		if (text->text[i] < ' ' || text->text[i] > '~')
			return -EINVAL;
	if (size < (size_t) OSDP_TEXT_HEADER_SIZE + text->size)
		return -ENOBUFS;

	buf[0] = text->reader;
	buf[1] = text->command;
	buf[2] = text->seconds;
	buf[3] = text->row;
	buf[4] = text->column;
	buf[5] = text->size;
	memcpy(buf + OSDP_TEXT_HEADER_SIZE, text->text, text->size);
	return OSDP_TEXT_HEADER_SIZE + text->size;
}

int
osdp_unpack_text(const uint8_t *data, size_t size, struct osdp_text *ret_text)
{
	if (size < OSDP_TEXT_HEADER_SIZE || data[5] > OSDP_TEXT_MAX ||
	    size - OSDP_TEXT_HEADER_SIZE < data[5])
		return -EBADMSG;

	*ret_text = (struct osdp_text){
		.reader = data[0],
		.command = data[1],
		.seconds = data[2],
		.row = data[3],
		.column = data[4],
		.size = data[5],
	};
	memcpy(ret_text->text, data + OSDP_TEXT_HEADER_SIZE, data[5]);
	return 0;
}

static bool
is_speed(uint32_t baud)
{
	for (size_t i = 0; i < ARRAY_LEN(speeds); i++)
		if (speeds[i] == baud)
			return true;
	return false;
}

int
osdp_pack_comset(const struct osdp_comset *comset, uint8_t *buf, size_t size)
{
	if (comset->address > ADDRESS_MAX || !is_speed(comset->baud))
		return -EINVAL;
	if (size < OSDP_COMSET_SIZE)
		return -ENOBUFS;

	buf[0] = comset->address;
	write_u32(buf + 1, comset->baud);
	return OSDP_COMSET_SIZE;
}

int
osdp_unpack_comset(const uint8_t *data, size_t size, struct osdp_comset *ret_comset)
{
	if (size < OSDP_COMSET_SIZE || data[0] > ADDRESS_MAX || !is_speed(read_u32(data + 1)))
		return -EBADMSG;

	*ret_comset = (struct osdp_comset){ .address = data[0], .baud = read_u32(data + 1) };
	return 0;
}

int
osdp_unpack_points(const uint8_t *data, size_t size, struct osdp_points *ret_points)
{
	if (size > OSDP_POINTS_MAX)
		return -EMSGSIZE;

	*ret_points = (struct osdp_points){ .count = (uint8_t) size };
	if (size > 0)
		memcpy(ret_points->values, data, size);
	return 0;
}

int
osdp_pack_keys(const struct osdp_keys *keys, uint8_t *buf, size_t size)
{
	if (keys->count > OSDP_KEYS_MAX)
		return -EINVAL;
	if (size < (size_t) KEYS_HEADER_SIZE + keys->count)
		return -ENOBUFS;

	buf[0] = keys->reader;
	buf[1] = keys->count;
	for (size_t i = 0; i < keys->count; i++) {
		char key = keys->keys[i];
		buf[KEYS_HEADER_SIZE + i] = key == '#'	 ? KEY_HASH
					    : key == '*' ? KEY_STAR
							 : (uint8_t) key;
	}
	return KEYS_HEADER_SIZE + keys->count;
}

int
osdp_unpack_keys(const uint8_t *data, size_t size, struct osdp_keys *ret_keys)
{
	if (size < KEYS_HEADER_SIZE || size - KEYS_HEADER_SIZE < data[1])
		return -EBADMSG;
	if (data[1] > OSDP_KEYS_MAX)
		return -EMSGSIZE;

	*ret_keys = (struct osdp_keys){ .reader = data[0], .count = data[1] };
	for (size_t i = 0; i < data[1]; i++) {
		uint8_t key = data[KEYS_HEADER_SIZE + i];
		ret_keys->keys[i] = key == KEY_HASH ? '#' : key == KEY_STAR ? '*' : (char) key;
	}
	return 0;
}

int
osdp_pack_fragment(const struct osdp_fragment *fragment, uint8_t *buf, size_t size)
{
	if (size < (size_t) OSDP_FILE_HEADER_SIZE + fragment->size)
		return -ENOBUFS;

	buf[0] = fragment->type;
	write_u32(buf + 1, fragment->total);
	write_u32(buf + 5, fragment->offset);
	write_u16(buf + 9, fragment->size);
	if (fragment->size > 0)
		memcpy(buf + OSDP_FILE_HEADER_SIZE, fragment->data, fragment->size);
	return OSDP_FILE_HEADER_SIZE + fragment->size;
}

int
osdp_unpack_fragment(const uint8_t *data, size_t size, struct osdp_fragment *ret_fragment)
{
	if (size < OSDP_FILE_HEADER_SIZE || size - OSDP_FILE_HEADER_SIZE < read_u16(data + 9))
		return -EBADMSG;

	*ret_fragment = (struct osdp_fragment){
		.type = data[0],
		.total = read_u32(data + 1),
		.offset = read_u32(data + 5),
		.size = read_u16(data + 9),
		.data = data + OSDP_FILE_HEADER_SIZE,
	};
	return 0;
}

int
osdp_pack_ftstat(const struct osdp_ftstat *ftstat, uint8_t *buf, size_t size)
{
	if (size < OSDP_FTSTAT_SIZE)
		return -ENOBUFS;

	buf[0] = ftstat->action;
	write_u16(buf + 1, ftstat->delay_ms);
	write_u16(buf + 3, (uint16_t) ftstat->status);
	write_u16(buf + 5, ftstat->update_max);
	return OSDP_FTSTAT_SIZE;
}

int
osdp_unpack_ftstat(const uint8_t *data, size_t size, struct osdp_ftstat *ret_ftstat)
{
	if (size < OSDP_FTSTAT_SIZE)
		return -EBADMSG;

	*ret_ftstat = (struct osdp_ftstat){
		.action = data[0],
		.delay_ms = read_u16(data + 1),
		.status = (int16_t) read_u16(data + 3),
		.update_max = read_u16(data + 5),
	};
	return 0;
}
