#include "hw/profile_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DELAY_MS_MAX 100 /* the kernel cuts what is more */

static int
read_reader(struct reading *reading, const config_setting_t *at, struct profile_reader *ret)
{
	static const char *const keys[] = { "reader", "door", "address" };
	uint32_t address = 0;
	int r = profile_check_keys(reading, at, keys, ARRAY_LEN(keys));
	if (r == 0)
		r = profile_read_number(reading, at, "reader", 1, READERS, &ret->reader);
	if (r == 0)
		r = profile_read_number(reading, at, "door", 1, DOORS, &ret->door);
	if (r == 0)
		r = profile_read_number(reading, at, "address", 0, 0x7e, &address);
	if (r < 0)
		return r;
	uint64_t bit = UINT64_C(1) << (ret->reader - 1);
	if (reading->seen & bit)
		return profile_refuse(reading, at, "reader %u is there twice", ret->reader);
	reading->seen |= bit;
	ret->address = (uint8_t) address;
	return 0;
}

/* How the line of a bus is driven; all of it is optional. */
static int
read_tty(struct reading *reading, const config_setting_t *at, struct profile_bus *ret)
{
	static const char *const modes[] = { "auto", "kernel", "off" };
	static const char *const levels[] = { "high", "low" };
	unsigned mode = 0;
	unsigned level = 0;
	int r = 0;

	if (profile_has(at, "tty"))
		r = profile_read_text(reading, at, "tty", ret->tty, sizeof(ret->tty));
	if (r == 0 && *ret->tty && *ret->tty != '/')
		r = profile_refuse(reading, at, "'tty' must be a whole path");
	if (r == 0)
		r = profile_read_choice(reading, at, "rs485", modes, ARRAY_LEN(modes), &mode);
	if (r == 0)
		r = profile_read_choice(reading, at, "rts", levels, ARRAY_LEN(levels), &level);
	if (r == 0)
		r = profile_read_flag(reading, at, "hear_self", &ret->is_heard);
	if (r == 0 && profile_has(at, "delay_before_ms"))
		r = profile_read_number(reading, at, "delay_before_ms", 0, DELAY_MS_MAX,
					&ret->delay_before_ms);
	if (r == 0 && profile_has(at, "delay_after_ms"))
		r = profile_read_number(reading, at, "delay_after_ms", 0, DELAY_MS_MAX,
					&ret->delay_after_ms);
	ret->rs485 = (enum profile_rs485) mode;
	ret->is_rts_low = level;
	return r;
}

static int
read_bus(struct reading *reading, const config_setting_t *at, struct profile_bus *ret)
{
	static const char *const keys[] = {
		"name",		  "baud", "readers",   "tty",
		"rs485",	  "rts",  "hear_self", "delay_before_ms",
		"delay_after_ms",
	};
	const config_setting_t *readers = config_setting_get_member(at, "readers");
	int r = profile_check_keys(reading, at, keys, ARRAY_LEN(keys));
	if (r == 0)
		r = profile_read_text(reading, at, "name", ret->name, sizeof(ret->name));
	if (r == 0)
		r = profile_read_number(reading, at, "baud", 9600, 230400, &ret->baud);
	if (r == 0)
		r = read_tty(reading, at, ret);
	if (r < 0)
		return r;
	ret->count = readers ? (unsigned) config_setting_length(readers) : 0;
	if (!ret->count || ret->count > PROFILE_BUS_READERS)
		return profile_refuse(reading, at, "'readers' must have 1 to %d entries",
				      PROFILE_BUS_READERS);
	for (unsigned i = 0; i < ret->count && r == 0; i++) {
		const config_setting_t *reader = config_setting_get_elem(readers, i);
		r = read_reader(reading, reader, &ret->readers[i]);
		for (unsigned k = 0; k < i && r == 0; k++)
			if (ret->readers[k].address == ret->readers[i].address)
				r = profile_refuse(reading, reader,
						   "address %u is there twice on this bus",
						   ret->readers[i].address);
	}
	return r;
}

int
profile_read_input(struct reading *reading, const config_setting_t *at,
		   const struct inventory_row *row)
{
	struct profile_input *input = &reading->profile->inputs[inventory_input_number(row) - 1];
	const char *scheme;

	if (input->is_measured)
		return profile_refuse(reading, at, "'%s' is there twice", row->id);
	input->is_measured = true;
	if (!config_setting_lookup_string(at, "supervision", &scheme))
		return 0;
	if (supervise_scheme_find(scheme, &input->scheme) < 0)
		return profile_refuse(reading, at, "there is no supervision '%.40s'", scheme);
	return 0;
}

static int
read_inputs(struct reading *reading, const config_setting_t *inputs)
{
	static const char *const keys[] = { "point", "supervision" };
	char id[32];
	int r = 0;

	if (!config_setting_is_list(inputs))
		return profile_refuse(reading, inputs, "'inputs' must be a list");
	for (int i = 0; i < config_setting_length(inputs) && r == 0; i++) {
		const config_setting_t *at = config_setting_get_elem(inputs, (unsigned) i);
		r = profile_check_keys(reading, at, keys, ARRAY_LEN(keys));
		if (r == 0)
			r = profile_read_text(reading, at, "point", id, sizeof(id));
		if (r < 0)
			return r;
		const struct inventory_row *row = inventory_find(id);
		if (!row || !inventory_input_number(row))
			return profile_refuse(reading, at, "'%s' is no input that can be measured",
					      id);
		r = profile_read_input(reading, at, row);
	}
	return r;
}

static int
read_buses(struct reading *reading, const config_setting_t *buses)
{
	struct profile *profile = reading->profile;
	int r = 0;

	if (!config_setting_is_list(buses))
		return profile_refuse(reading, buses, "'buses' must be a list");
	profile->bus_count = (unsigned) config_setting_length(buses);
	if (profile->bus_count > PROFILE_BUSES)
		return profile_refuse(reading, buses, "at most %d buses", PROFILE_BUSES);
	for (unsigned i = 0; i < profile->bus_count && r == 0; i++) {
		const config_setting_t *at = config_setting_get_elem(buses, i);
		const char *tty = profile->buses[i].tty;
		r = read_bus(reading, at, &profile->buses[i]);
		for (unsigned k = 0; k < i && r == 0; k++)
			if (*tty && !strcmp(profile->buses[k].tty, tty))
				r = profile_refuse(reading, at, "'%s' is there twice", tty);
	}
	return r;
}

static int
read_all(struct reading *reading, const config_t *config)
{
	static const char *const keys[] = { "board", "points", "inputs", "buses" };
	static const char *const board_keys[] = { "name", "driver" };
	struct profile *profile = reading->profile;
	const config_setting_t *root = config_root_setting(config);
	const config_setting_t *board = config_setting_get_member(root, "board");
	const config_setting_t *points = config_setting_get_member(root, "points");
	const config_setting_t *inputs = config_setting_get_member(root, "inputs");
	const config_setting_t *buses = config_setting_get_member(root, "buses");

	if (!board)
		return profile_refuse(reading, root, "'board' is missing");
	int r = profile_check_keys(reading, root, keys, ARRAY_LEN(keys));
	if (r == 0)
		r = profile_check_keys(reading, board, board_keys, ARRAY_LEN(board_keys));
	if (r == 0)
		r = profile_read_text(reading, board, "name", profile->name, sizeof(profile->name));
	if (r == 0)
		r = profile_read_text(reading, board, "driver", profile->driver,
				      sizeof(profile->driver));
	if (r == 0 && points)
		r = profile_read_points(reading, points);
	/* There it would make an input wait for levels that nothing measures. */
	if (r == 0 && inputs && points)
		r = profile_refuse(reading, inputs, "'inputs' is for boards without 'points'");
	if (r == 0 && inputs)
		r = read_inputs(reading, inputs);
	if (r == 0 && buses)
		r = read_buses(reading, buses);
	return r;
}

static bool
has_reader(const struct profile *profile, unsigned reader)
{
	for (unsigned i = 0; i < profile->bus_count; i++)
		for (unsigned k = 0; k < profile->buses[i].count; k++)
			if (profile->buses[i].readers[k].reader == reader)
				return true;
	return false;
}

bool
profile_has_point(const struct profile *profile, const struct inventory_row *point)
{
	switch (point->kind) {
	case INV_BUS:
		return point->index <= profile->bus_count;
	case INV_READER:
		return has_reader(profile, point->index);
	case INV_GROUND:
	case INV_JUMPER:
		return true;
	default:
		return profile->points[inventory_position(point)].parts;
	}
}

int
profile_read(const char *path, struct profile *ret, char **ret_why)
{
	_cleanup_(freep) struct profile *profile = xcalloc(1, sizeof(*profile));
	struct reading reading = { .path = path, .profile = profile, .why = ret_why };
	config_t config;
	int r;

	config_init(&config);
	if (config_read_file(&config, path) == CONFIG_TRUE) {
		r = read_all(&reading, &config);
	} else if (config_error_type(&config) == CONFIG_ERR_FILE_IO) {
		*ret_why = xasprintf("cannot read '%s'", path);
		r = -ENOENT;
	} else {
		*ret_why = xasprintf("%s:%d: %s", path, config_error_line(&config),
				     config_error_text(&config));
		r = -EBADMSG;
	}
	config_destroy(&config);
	if (r == 0)
		*ret = *profile;
	return r;
}
