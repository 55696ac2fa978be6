/* The list of points of a board profile: lines, channels, LEDs, accelerometers. */
#include "hw/profile_private.h"

#include <string.h>

#define OFFSET_MAX   1023
#define THRESHOLD_MG 150

/* What the board may say of a point of each kind. */
#define MEASURED (PROFILE_VOLTAGE | PROFILE_CURRENT)

static const struct {
	unsigned parts;
	bool is_output;
} kinds[] = {
	[INV_CONTACT] = { PROFILE_LINE | PROFILE_VOLTAGE, false },
	[INV_REX] = { PROFILE_LINE | PROFILE_VOLTAGE, false },
	[INV_INPUT] = { PROFILE_LINE | PROFILE_VOLTAGE, false },
	[INV_AUX_IO] = { PROFILE_LINE | MEASURED, false },
	[INV_TAMPER] = { PROFILE_LINE | PROFILE_VOLTAGE, false },
	[INV_ALARM] = { PROFILE_LINE | PROFILE_VOLTAGE, false },
	[INV_LOCK_RELAY] = { PROFILE_LINE | PROFILE_CURRENT, true },
	[INV_AUX_RELAY] = { PROFILE_LINE | PROFILE_CURRENT, true },
	[INV_RELAY] = { PROFILE_LINE | PROFILE_CURRENT, true },
	[INV_OUTPUT] = { PROFILE_LINE | PROFILE_CURRENT, true },
	[INV_SUPPLY_IN] = { PROFILE_LINE | MEASURED | PROFILE_PRESENT, false },
	[INV_SUPPLY_OUT] = { PROFILE_LINE | MEASURED, true },
	[INV_JUMPER] = { PROFILE_LINE | MEASURED, true },
	[INV_CASING] = { PROFILE_LINE, false },
	[INV_MOTION] = { PROFILE_LINE | PROFILE_ACCELEROMETER, false },
	[INV_TEMPERATURE] = { PROFILE_TEMPERATURE, false },
	[INV_LED] = { PROFILE_LED, false },
	[INV_BUTTON] = { PROFILE_LINE, false },
};

unsigned
profile_parts(enum inventory_kind kind)
{
	return (size_t) kind < ARRAY_LEN(kinds) ? kinds[kind].parts : 0;
}

bool
profile_is_output(enum inventory_kind kind)
{
	return (size_t) kind < ARRAY_LEN(kinds) && kinds[kind].is_output;
}

const struct profile_point *
profile_point(const struct profile *profile, const struct inventory_row *point)
{
	return &profile->points[inventory_position(point)];
}

static int
read_line(struct reading *reading, const config_setting_t *at, struct profile_line *ret)
{
	static const char *const keys[] = { "chip", "name", "offset", "active_low",
					    "safe", "bias", "drive",  "debounce_ms" };
	static const char *const biases[] = { "as_is", "none", "pull_up", "pull_down" };
	static const char *const drives[] = { "push_pull", "open_drain", "open_source" };
	unsigned bias = ret->bias;
	unsigned drive = ret->drive;
	int r = profile_check_keys(reading, at, keys, ARRAY_LEN(keys));
	if (r == 0)
		r = profile_read_text(reading, at, "chip", ret->chip, sizeof(ret->chip));
	if (r == 0 && profile_has(at, "name") == profile_has(at, "offset"))
		r = profile_refuse(reading, at, "a line has either a 'name' or an 'offset'");
	if (r == 0 && profile_has(at, "name"))
		r = profile_read_text(reading, at, "name", ret->name, sizeof(ret->name));
	else if (r == 0)
		r = profile_read_number(reading, at, "offset", 0, OFFSET_MAX, &ret->offset);
	if (r == 0)
		r = profile_read_flag(reading, at, "active_low", &ret->is_active_low);
	if (r == 0)
		r = profile_read_flag(reading, at, "safe", &ret->is_safe_on);
	if (r == 0)
		r = profile_read_choice(reading, at, "bias", biases, ARRAY_LEN(biases), &bias);
	if (r == 0)
		r = profile_read_choice(reading, at, "drive", drives, ARRAY_LEN(drives), &drive);
	if (r == 0 && profile_has(at, "debounce_ms"))
		r = profile_read_number(reading, at, "debounce_ms", 0, SUPERVISE_DEBOUNCE_MS_MAX,
					&ret->debounce_ms);
	ret->bias = (enum profile_bias) bias;
	ret->drive = (enum profile_drive) drive;
	/* An open drain that is on sinks: nothing else would close a circuit to ground. */
	if (ret->drive == PROFILE_OPEN_DRAIN && !profile_has(at, "active_low"))
		ret->is_active_low = true;
	return r;
}

/* Inputs are debounced by whoever judges them; what else bounces is quiet after this. */
static int
read_point_line(struct reading *reading, const config_setting_t *at,
		const struct inventory_row *row, struct profile_point *ret)
{
	bool is_output = profile_is_output(row->kind);

	ret->line.debounce_ms = is_output || inventory_input_number(row) ? 0 : 20;
	ret->line.is_safe_on = row->kind == INV_SUPPLY_OUT || row->kind == INV_JUMPER;
	if (config_setting_is_group(at)) {
		if (is_output && profile_has(at, "debounce_ms"))
			return profile_refuse(reading, at, "an output has no 'debounce_ms'");
		if (!is_output && row->kind != INV_AUX_IO &&
		    (profile_has(at, "safe") || profile_has(at, "drive")))
			return profile_refuse(reading, at, "an input has no 'safe' and no 'drive'");
	}
	return read_line(reading, at, &ret->line);
}

static int
read_channel(struct reading *reading, const config_setting_t *at, struct profile_channel *ret)
{
	static const char *const keys[] = { "iio",   "hwmon",  "at",	"channel",
					    "scale", "offset", "factor" };
	int r = profile_check_keys(reading, at, keys, ARRAY_LEN(keys));
	if (r < 0)
		return r;
	ret->factor = 1;
	ret->is_hwmon = profile_has(at, "hwmon");
	if (profile_has(at, "iio") == ret->is_hwmon)
		return profile_refuse(reading, at, "a channel is of one device, 'iio' or 'hwmon'");
	r = profile_read_text(reading, at, ret->is_hwmon ? "hwmon" : "iio", ret->device,
			      sizeof(ret->device));
	if (r == 0 && profile_has(at, "at"))
		r = profile_read_text(reading, at, "at", ret->at, sizeof(ret->at));
	if (r == 0)
		r = profile_read_text(reading, at, "channel", ret->channel, sizeof(ret->channel));
	/* It becomes part of a path. */
	if (r == 0 && (strchr(ret->channel, '/') || strchr(ret->at, '/')))
		r = profile_refuse(reading, at, "names have no '/'");
	if (r == 0)
		r = profile_read_real(reading, at, "scale", &ret->scale);
	if (r == 0)
		r = profile_read_real(reading, at, "offset", &ret->offset);
	if (r == 0)
		r = profile_read_real(reading, at, "factor", &ret->factor);
	ret->has_scale = profile_has(at, "scale");
	ret->has_offset = profile_has(at, "offset");
	return r;
}

static int
read_voltage(struct reading *reading, const config_setting_t *at, const struct inventory_row *row,
	     struct profile_point *ret)
{
	int r = read_channel(reading, at, &ret->voltage);

	if (r == 0 && inventory_input_number(row))
		r = profile_read_input(reading, config_setting_parent(at), row);
	return r;
}

static int
read_current(struct reading *reading, const config_setting_t *at,
	     const struct inventory_row *row UNUSED, struct profile_point *ret)
{
	return read_channel(reading, at, &ret->current);
}

static int
read_temperature(struct reading *reading, const config_setting_t *at,
		 const struct inventory_row *row UNUSED, struct profile_point *ret)
{
	return read_channel(reading, at, &ret->temperature);
}

static int
read_accelerometer(struct reading *reading, const config_setting_t *at,
		   const struct inventory_row *row UNUSED, struct profile_point *ret)
{
	static const char *const keys[] = { "iio", "at", "threshold_mg" };
	struct profile_accelerometer *to = &ret->accelerometer;
	int r = profile_check_keys(reading, at, keys, ARRAY_LEN(keys));
	if (r == 0)
		r = profile_read_text(reading, at, "iio", to->device, sizeof(to->device));
	if (r == 0 && profile_has(at, "at"))
		r = profile_read_text(reading, at, "at", to->at, sizeof(to->at));
	if (r == 0 && strchr(to->at, '/'))
		r = profile_refuse(reading, at, "names have no '/'");
	to->threshold_mg = THRESHOLD_MG;
	if (r == 0 && profile_has(at, "threshold_mg"))
		r = profile_read_number(reading, at, "threshold_mg", 10, 10000, &to->threshold_mg);
	return r;
}

/* A name is a device of the LED class, a group is a line. */
static int
read_lamp(struct reading *reading, const config_setting_t *at, const char *colour,
	  struct profile_lamp *ret)
{
	const config_setting_t *member = config_setting_get_member(at, colour);

	if (!member)
		return 0;
	ret->is_line = config_setting_is_group(member);
	if (ret->is_line)
		return read_line(reading, member, &ret->line);
	int r = profile_read_text(reading, at, colour, ret->name, sizeof(ret->name));
	if (r == 0 && (strchr(ret->name, '/') || *ret->name == '.'))
		r = profile_refuse(reading, member, "'%s' is no name of an LED", ret->name);
	return r;
}

static int
read_led(struct reading *reading, const config_setting_t *at,
	 const struct inventory_row *row UNUSED, struct profile_point *ret)
{
	static const char *const colours[PROFILE_LAMPS] = {
		[PROFILE_GREEN] = "green",
		[PROFILE_RED] = "red",
		[PROFILE_AMBER] = "amber",
	};
	int r = profile_check_keys(reading, at, colours, ARRAY_LEN(colours));

	for (unsigned i = 0; i < PROFILE_LAMPS && r == 0; i++)
		r = read_lamp(reading, at, colours[i], &ret->lamps[i]);
	if (r == 0 && (!config_setting_is_group(at) || !config_setting_length(at)))
		r = profile_refuse(reading, at, "an LED has at least one of green, red, amber");
	return r;
}

static int
read_present(struct reading *reading, const config_setting_t *at,
	     const struct inventory_row *row UNUSED, struct profile_point *ret UNUSED)
{
	if (config_setting_type(at) != CONFIG_TYPE_BOOL || !config_setting_get_bool(at))
		return profile_refuse(reading, at, "'present' can only be true");
	return 0;
}

static const struct {
	const char *name;
	enum profile_part part;
	int (*read)(struct reading *reading, const config_setting_t *at,
		    const struct inventory_row *row, struct profile_point *ret);
} parts[] = {
	{ "line", PROFILE_LINE, read_point_line },
	{ "voltage", PROFILE_VOLTAGE, read_voltage },
	{ "current", PROFILE_CURRENT, read_current },
	{ "temperature", PROFILE_TEMPERATURE, read_temperature },
	{ "accelerometer", PROFILE_ACCELEROMETER, read_accelerometer },
	{ "led", PROFILE_LED, read_led },
	{ "present", PROFILE_PRESENT, read_present },
};

static int
check_parts(struct reading *reading, const config_setting_t *at, const struct inventory_row *row,
	    unsigned has)
{
	if (!has)
		return profile_refuse(reading, at, "nothing says what '%s' is connected to",
				      row->id);
	/* Motion and presence are one thing: two that say it could contradict each other. */
	if ((row->kind == INV_MOTION && has == (PROFILE_LINE | PROFILE_ACCELEROMETER)) ||
	    ((has & PROFILE_PRESENT) && (has & PROFILE_LINE)))
		return profile_refuse(reading, at, "two things say the state of '%s'", row->id);
	if (profile_has(at, "supervision") &&
	    !(inventory_input_number(row) && (has & PROFILE_VOLTAGE)))
		return profile_refuse(reading, at, "only a measured input has a 'supervision'");
	return 0;
}

static int
read_point(struct reading *reading, const config_setting_t *at)
{
	static const char *const keys[] = { "point",   "line",	      "voltage",
					    "current", "temperature", "accelerometer",
					    "led",     "present",     "supervision" };
	char id[32];
	int r = profile_check_keys(reading, at, keys, ARRAY_LEN(keys));
	if (r == 0)
		r = profile_read_text(reading, at, "point", id, sizeof(id));
	if (r < 0)
		return r;
	const struct inventory_row *row = inventory_find(id);
	if (!row || !profile_parts(row->kind))
		return profile_refuse(reading, at, "'%s' is no point that can be connected", id);
	if (!row->is_fitted)
		return profile_refuse(reading, at, "this controller has no '%s'", id);
	struct profile_point *point = &reading->profile->points[inventory_position(row)];
	if (point->parts)
		return profile_refuse(reading, at, "'%s' is there twice", id);
	for (size_t i = 0; i < ARRAY_LEN(parts) && r == 0; i++) {
		const config_setting_t *part = config_setting_get_member(at, parts[i].name);
		if (!part)
			continue;
		if (!(profile_parts(row->kind) & parts[i].part))
			return profile_refuse(reading, part, "'%s' can have no '%s'", id,
					      parts[i].name);
		point->parts |= parts[i].part;
		r = parts[i].read(reading, part, row, point);
	}
	return r < 0 ? r : check_parts(reading, at, row, point->parts);
}

int
profile_read_points(struct reading *reading, const config_setting_t *points)
{
	int r = 0;

	if (!config_setting_is_list(points))
		return profile_refuse(reading, points, "'points' must be a list");
	for (int i = 0; i < config_setting_length(points) && r == 0; i++)
		r = read_point(reading, config_setting_get_elem(points, (unsigned) i));
	return r;
}
