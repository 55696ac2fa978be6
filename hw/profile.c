#include "hw/profile.h"

#include <errno.h>
#include <libconfig.h>
#include <stdarg.h>
#include <string.h>

#include "lib/inventory.h"
#include "lib/util.h"

struct reading {
	const char *path;
	struct profile *profile;
	char **why;
	uint64_t seen; /* bit n - 1 for reader n */
};

static int PRINTF(3, 4)
	refuse(struct reading *reading, const config_setting_t *at, const char *format, ...)
{
	va_list args;
	char text[160];

	va_start(args, format);
	(void) vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	*reading->why = xasprintf("%s:%u: %s", reading->path, config_setting_source_line(at), text);
	return -EBADMSG;
}

static int
read_text(struct reading *reading, const config_setting_t *at, const char *name, char *to,
	  size_t size)
{
	const char *text;

	if (!config_setting_lookup_string(at, name, &text) || !*text)
		return refuse(reading, at, "'%s' is missing", name);
	if (!copy_string(to, size, text))
		return refuse(reading, at, "'%s' has more than %zu bytes", name, size - 1);
	return 0;
}

static int
read_number(struct reading *reading, const config_setting_t *at, const char *name, int least,
	    int most, unsigned *ret)
{
	int value;

	if (!config_setting_lookup_int(at, name, &value) || value < least || value > most)
		return refuse(reading, at, "'%s' must be a number from %d to %d", name, least,
			      most);
	*ret = (unsigned) value;
	return 0;
}

static int
read_reader(struct reading *reading, const config_setting_t *at, struct profile_reader *ret)
{
	unsigned address = 0;
	int r = read_number(reading, at, "reader", 1, READERS, &ret->reader);
	if (r == 0)
		r = read_number(reading, at, "door", 1, DOORS, &ret->door);
	if (r == 0)
		r = read_number(reading, at, "address", 0, 0x7e, &address);
	if (r < 0)
		return r;
	uint64_t bit = UINT64_C(1) << (ret->reader - 1);
	if (reading->seen & bit)
		return refuse(reading, at, "reader %u is there twice", ret->reader);
	reading->seen |= bit;
	ret->address = (uint8_t) address;
	return 0;
}

static int
read_bus(struct reading *reading, const config_setting_t *at, struct profile_bus *ret)
{
	const config_setting_t *readers = config_setting_get_member(at, "readers");
	int r = read_text(reading, at, "name", ret->name, sizeof(ret->name));
	if (r == 0)
		r = read_number(reading, at, "baud", 9600, 230400, &ret->baud);
	if (r < 0)
		return r;
	ret->count = readers ? (unsigned) config_setting_length(readers) : 0;
	if (!ret->count || ret->count > PROFILE_BUS_READERS)
		return refuse(reading, at, "'readers' must have 1 to %d entries",
			      PROFILE_BUS_READERS);
	for (unsigned i = 0; i < ret->count && r == 0; i++) {
		const config_setting_t *reader = config_setting_get_elem(readers, i);
		r = read_reader(reading, reader, &ret->readers[i]);
		for (unsigned k = 0; k < i && r == 0; k++)
			if (ret->readers[k].address == ret->readers[i].address)
				r = refuse(reading, reader, "address %u is there twice on this bus",
					   ret->readers[i].address);
	}
	return r;
}

static int
read_input(struct reading *reading, const config_setting_t *at)
{
	const char *scheme;
	char point[32];
	int r = read_text(reading, at, "point", point, sizeof(point));
	if (r < 0)
		return r;
	const struct inventory_row *row = inventory_find(point);
	unsigned number = row ? inventory_input_number(row) : 0;
	if (!number)
		return refuse(reading, at, "'%s' is no input that can be measured", point);
	struct profile_input *input = &reading->profile->inputs[number - 1];
	if (input->is_measured)
		return refuse(reading, at, "'%s' is there twice", point);
	input->is_measured = true;
	if (!config_setting_lookup_string(at, "supervision", &scheme))
		return 0;
	if (supervise_scheme_find(scheme, &input->scheme) < 0)
		return refuse(reading, at, "there is no supervision '%s'", scheme);
	return 0;
}

static int
read_inputs(struct reading *reading, const config_setting_t *inputs)
{
	int r = 0;

	if (!config_setting_is_list(inputs))
		return refuse(reading, inputs, "'inputs' must be a list");
	for (int i = 0; i < config_setting_length(inputs) && r == 0; i++)
		r = read_input(reading, config_setting_get_elem(inputs, (unsigned) i));
	return r;
}

static int
read_all(struct reading *reading, const config_t *config)
{
	struct profile *profile = reading->profile;
	const config_setting_t *root = config_root_setting(config);
	const config_setting_t *board = config_setting_get_member(root, "board");
	const config_setting_t *buses = config_setting_get_member(root, "buses");
	const config_setting_t *inputs = config_setting_get_member(root, "inputs");

	if (!board)
		return refuse(reading, root, "'board' is missing");
	int r = read_text(reading, board, "name", profile->name, sizeof(profile->name));
	if (r == 0)
		r = read_text(reading, board, "driver", profile->driver, sizeof(profile->driver));
	if (r < 0)
		return r;
	if (buses && !config_setting_is_list(buses))
		return refuse(reading, buses, "'buses' must be a list");
	profile->bus_count = buses ? (unsigned) config_setting_length(buses) : 0;
	if (profile->bus_count > PROFILE_BUSES)
		return refuse(reading, buses, "at most %d buses", PROFILE_BUSES);
	for (unsigned i = 0; i < profile->bus_count && r == 0; i++)
		r = read_bus(reading, config_setting_get_elem(buses, i), &profile->buses[i]);
	if (r == 0 && inputs)
		r = read_inputs(reading, inputs);
	return r;
}

int
profile_read(const char *path, struct profile *ret, char **ret_why)
{
	struct profile profile = { 0 };
	struct reading reading = { .path = path, .profile = &profile, .why = ret_why };
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
		*ret = profile;
	return r;
}
