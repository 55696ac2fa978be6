#include "hw/check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw/gpio.h"
#include "hw/led_class.h"
#include "hw/profile.h"
#include "hw/sysfs.h"
#include "hw/tty.h"
#include "lib/util.h"

#define PLACES_MAX (INVENTORY_ROWS * PROFILE_LAMPS)

struct check {
	const char *root;
	void (*on_finding)(const struct check_finding *finding, void *context);
	void (*on_absent)(const char *point, void *context);
	void *context;
	struct check_summary summary;
	/* Lines that a point has been found at. */
	struct {
		struct gpio_place place;
		const char *point;
	} places[PLACES_MAX];
	unsigned place_count;
};

static void PRINTF(5, 6) tell(struct check *check, const char *point, const char *part,
			      bool is_wrong, const char *format, ...)
{
	char found[200];
	struct check_finding finding = { point, part, is_wrong, found };
	va_list args;

	va_start(args, format);
	(void) vsnprintf(found, sizeof(found), format, args);
	va_end(args);
	check->summary.found += !is_wrong;
	check->summary.wrong += is_wrong;
	check->on_finding(&finding, check->context);
}

/* The point that has this line already; NULL, and from now on it is this one's. */
static const char *
claim(struct check *check, const struct gpio_place *place, const char *point)
{
	for (unsigned i = 0; i < check->place_count; i++)
		if (check->places[i].place.offset == place->offset &&
		    !strcmp(check->places[i].place.path, place->path))
			return check->places[i].point;
	check->places[check->place_count].place = *place;
	check->places[check->place_count++].point = point;
	return NULL;
}

static void
check_line(struct check *check, const char *point, const char *part,
	   const struct profile_line *line)
{
	struct gpio_place place;
	struct gpio_info info;
	char why[160];
	int r = gpio_find(check->root, line, &place);

	if (r == 0)
		r = gpio_describe(&place, &info);
	if (r < 0) {
		gpio_explain(r, line, why, sizeof(why));
		tell(check, point, part, true, "%s", why);
		return;
	}
	const char *owner = claim(check, &place, point);
	const char *node = place.path + strlen(check->root);
	bool is_ours = !strncmp(info.consumer, GPIO_CONSUMER " ", strlen(GPIO_CONSUMER) + 1);
	if (owner)
		tell(check, point, part, true, "line %u of %s is that of '%s', too", place.offset,
		     node, owner);
	else if (info.is_used)
		tell(check, point, part, !is_ours, "line %u of %s, in use by '%s'", place.offset,
		     node, info.consumer);
	else
		tell(check, point, part, false, "line %u of %s, free", place.offset, node);
}

static void
check_channel(struct check *check, const char *point, const char *part,
	      const struct profile_channel *channel, const char *unit)
{
	struct probe probe;

	probe_init(&probe, check->root, channel);
	probe_read(&probe);
	if (probe.error)
		tell(check, point, part, true, "%s", probe.why);
	else
		tell(check, point, part, false, "'%s' of '%s' reads %.0f %s", channel->channel,
		     channel->device, probe.values[0], unit);
	probe_close(&probe);
}

static void
check_accelerometer(struct check *check, const char *point,
		    const struct profile_accelerometer *accelerometer)
{
	struct probe probe;

	probe_init_accelerometer(&probe, check->root, accelerometer);
	probe_read(&probe);
	if (probe.error)
		tell(check, point, "accelerometer", true, "%s", probe.why);
	else
		tell(check, point, "accelerometer", false, "'%s' reads %.0f, %.0f, %.0f mg",
		     accelerometer->device, probe.values[0], probe.values[1], probe.values[2]);
	probe_close(&probe);
}

static void
check_led(struct check *check, const char *point, const struct profile_lamp *lamps)
{
	static const char *const colours[PROFILE_LAMPS] = {
		[PROFILE_GREEN] = "green",
		[PROFILE_RED] = "red",
		[PROFILE_AMBER] = "amber",
	};

	for (unsigned i = 0; i < PROFILE_LAMPS; i++) {
		const struct profile_lamp *lamp = &lamps[i];
		if (lamp->is_line)
			check_line(check, point, colours[i], &lamp->line);
		if (!*lamp->name)
			continue;
		int r = led_class_check(check->root, lamp->name);
		if (r == -ENOENT)
			tell(check, point, colours[i], true, "there is no LED '%s'", lamp->name);
		else if (r < 0)
			tell(check, point, colours[i], true, "LED '%s' may not be set: %s",
			     lamp->name, strerror(-r));
		else
			tell(check, point, colours[i], false, "LED '%s' can be set", lamp->name);
	}
}

static void
check_point(struct check *check, const char *id, const struct profile_point *point)
{
	if (point->parts & PROFILE_LINE)
		check_line(check, id, "line", &point->line);
	if (point->parts & PROFILE_VOLTAGE)
		check_channel(check, id, "voltage", &point->voltage, "mV");
	if (point->parts & PROFILE_CURRENT)
		check_channel(check, id, "current", &point->current, "mA");
	if (point->parts & PROFILE_TEMPERATURE)
		check_channel(check, id, "temperature", &point->temperature,
			      "thousandths of a degree");
	if (point->parts & PROFILE_ACCELEROMETER)
		check_accelerometer(check, id, &point->accelerometer);
	if (point->parts & PROFILE_LED)
		check_led(check, id, point->lamps);
	if (point->parts & PROFILE_PRESENT)
		tell(check, id, "present", false, "always there");
}

static void
check_bus(struct check *check, const struct profile_bus *bus)
{
	static const char *const directions[] = {
		[TTY_DIRECTION_UNASKED] = "its direction is nobody's business",
		[TTY_DIRECTION_HARDWARE] = "its direction is up to the hardware",
		[TTY_DIRECTION_PRESET] = "RS-485 by the kernel, as the device tree says",
		[TTY_DIRECTION_KERNEL] = "RS-485 by the kernel",
	};
	struct tty *tty = NULL;
	char why[160];

	if (!*bus->tty) {
		tell(check, bus->name, "tty", true, "the bus has no 'tty'");
		return;
	}
	if (tty_open(bus, bus->baud, &tty, why, sizeof(why)) < 0)
		tell(check, bus->name, "tty", true, "%s", why);
	else
		tell(check, bus->name, "tty", false, "'%s' has %u baud, %s", bus->tty, bus->baud,
		     directions[tty_direction(tty)]);
	tty_free(tty);
}

static void
run(struct check *check, const struct profile *profile)
{
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		check_point(check, inventory_at(i)->id, &profile->points[i]);
	for (unsigned i = 0; i < profile->bus_count; i++)
		check_bus(check, &profile->buses[i]);
	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		const struct inventory_row *row = inventory_at(i);
		if (!row->is_fitted || profile_has_point(profile, row))
			continue;
		check->summary.absent++;
		check->on_absent(row->id, check->context);
	}
}

void
check_board(const char *root, const struct profile *profile,
	    void (*on_finding)(const struct check_finding *finding, void *context),
	    void (*on_absent)(const char *point, void *context), void *context,
	    struct check_summary *ret)
{
	_cleanup_(freep) struct check *check = xcalloc(1, sizeof(*check));

	check->root = root;
	check->on_finding = on_finding;
	check->on_absent = on_absent;
	check->context = context;
	if (!strcmp(profile->driver, "linux"))
		run(check, profile);
	*ret = check->summary;
}

int
check_file(const char *root, const char *path,
	   void (*on_finding)(const struct check_finding *finding, void *context),
	   void (*on_absent)(const char *point, void *context), void *context,
	   struct check_summary *ret, char **ret_why)
{
	_cleanup_(freep) struct profile *profile = xcalloc(1, sizeof(*profile));
	int r = profile_read(path, profile, ret_why);

	if (r == 0)
		check_board(root, profile, on_finding, on_absent, context, ret);
	return r;
}
