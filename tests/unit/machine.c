#include "tests/unit/machine.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/gpio.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include "hw/gpio_in.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#define LINES_MAX 32

struct line {
	char label[32];
	char name[32];
	uint32_t offset;
	bool is_plugged;
	bool is_high;
	bool is_active_low;
	char consumer[32];
	bool is_foreign;
	int error;
	int held; /* hung up when nobody has its descriptor any more; -1 */
	int fd;	  /* as it was handed out; another number when it was passed on */
	unsigned requests;
	unsigned moves;
	struct gpio_in *in;
};

struct gpio_in {
	struct line *line;
	int edges;
	int held;
};

char *machine_root;
static struct line lines[LINES_MAX];
static unsigned line_count;

static int
remove_entry(const char *path, const struct stat *status UNUSED, int type UNUSED,
	     struct FTW *at UNUSED)
{
	return remove(path);
}

void
machine_open(void)
{
	machine_root = unit_dir_new();
	line_count = 0;
	machine_write("dev/null", "");
}

void
machine_close(void)
{
	for (unsigned i = 0; i < line_count; i++)
		closep(&lines[i].held);
	(void) nftw(machine_root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	free(steal(&machine_root));
}

static char *
below(const char *path)
{
	char *full = unit_path(machine_root, path);

	for (char *slash = full + strlen(machine_root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		(void) mkdir(full, 0700);
		*slash = '/';
	}
	return full;
}

void
machine_write(const char *path, const char *text)
{
	_cleanup_(freep) char *full = below(path);
	_cleanup_(closep) int fd = open(full, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	size_t size = strlen(text);

	/* Somebody who reads it meanwhile finds one text or the other at its beginning. */
	if (fd < 0 || write(fd, text, size) != (ssize_t) size || ftruncate(fd, (off_t) size) < 0)
		abort();
}

const char *
machine_read(const char *path)
{
	static char text[256];
	_cleanup_(freep) char *full = below(path);

	return read_file(full, text, sizeof(text)) < 0 ? "(none)" : text;
}

bool
machine_has(const char *path)
{
	_cleanup_(freep) char *full = below(path);

	return access(full, F_OK) == 0;
}

void
machine_remove(const char *path)
{
	_cleanup_(freep) char *full = below(path);

	if (nftw(full, remove_entry, 8, FTW_DEPTH | FTW_PHYS) < 0)
		abort();
}

void
machine_link(const char *path, const char *to)
{
	_cleanup_(freep) char *full = below(path);

	if (symlink(to, full) < 0)
		abort();
}

static struct line *
find(const char *name)
{
	for (unsigned i = 0; i < line_count; i++)
		if (!strcmp(lines[i].name, name))
			return &lines[i];
	abort();
}

void
machine_plug(const char *node, const char *label, const char *names)
{
	_cleanup_(freep) char *path = xasprintf("dev/%s", node);
	_cleanup_(freep) char *all = xstrdup(names);
	uint32_t offset = 0;
	char *rest = all;

	machine_write(path, label);
	for (char *name; (name = strsep(&rest, " ")); offset++) {
		struct line *line = NULL;
		for (unsigned i = 0; i < line_count; i++)
			if (!strcmp(lines[i].name, name) && !strcmp(lines[i].label, label) &&
			    !lines[i].is_plugged)
				line = &lines[i];
		if (!line) {
			line = &lines[line_count++];
			*line = (struct line){ .held = -1, .fd = -1 };
		}
		closep(&line->held);
		line->held = line->fd = -1;
		*line->consumer = 0;
		(void) copy_string(line->label, sizeof(line->label), label);
		(void) copy_string(line->name, sizeof(line->name), name);
		line->offset = offset;
		line->is_plugged = true;
	}
}

void
machine_unplug(const char *label)
{
	for (unsigned i = 0; i < 10; i++) {
		_cleanup_(freep) char *node = xasprintf("dev/gpiochip%u", i);
		if (!strcmp(machine_read(node), label))
			machine_remove(node);
	}
	for (unsigned i = 0; i < line_count; i++)
		if (!strcmp(lines[i].label, label))
			lines[i].is_plugged = false;
}

bool
machine_level(const char *name)
{
	return find(name)->is_high;
}

void
machine_set_level(const char *name, bool is_high)
{
	struct line *line = find(name);

	line->is_high = is_high;
	if (line->in)
		(void) eventfd_write(line->in->edges, 1);
}

void
machine_lose_edge(const char *name, bool is_high)
{
	find(name)->is_high = is_high;
}

void
machine_break(const char *name, int error)
{
	find(name)->error = error;
}

void
machine_take(const char *name, const char *consumer)
{
	struct line *line = find(name);

	line->is_foreign = consumer;
	(void) copy_string(line->consumer, sizeof(line->consumer), consumer ? consumer : "");
}

static bool
is_used(const struct line *line)
{
	struct pollfd held = { .fd = line->held };

	if (line->is_foreign)
		return true;
	return line->held >= 0 && (poll(&held, 1, 0) == 0 || !(held.revents & POLLHUP));
}

bool
machine_is_used(const char *name)
{
	return is_used(find(name));
}

const char *
machine_consumer(const char *name)
{
	return find(name)->consumer;
}

unsigned
machine_requests(const char *name)
{
	return find(name)->requests;
}

unsigned
machine_moves(const char *name)
{
	return find(name)->moves;
}

/* A descriptor of a line; the other end of the pipe tells when the last copy is closed. */
static int
hold(struct line *line, int *ret_fd)
{
	int ends[2];

	if (is_used(line))
		return -EBUSY;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	closep(&line->held);
	line->held = ends[0];
	line->fd = *ret_fd = ends[1];
	return 0;
}

/* The line of a descriptor, by what is at its other end. */
static struct line *
line_of(int fd)
{
	struct stat asked;
	struct stat held;

	for (unsigned i = 0; i < line_count && fstat(fd, &asked) == 0; i++)
		if (lines[i].held >= 0 && fstat(lines[i].held, &held) == 0 &&
		    asked.st_ino == held.st_ino && asked.st_dev == held.st_dev)
			return &lines[i];
	return NULL;
}

static void
set(struct line *line, bool is_on)
{
	bool is_high = is_on != line->is_active_low;

	line->moves += is_high != line->is_high;
	line->is_high = is_high;
}

static int
on_line(struct line *line, unsigned long request, void *argument)
{
	struct gpio_v2_line_values *values = argument;
	const struct gpio_v2_line_config *config = argument;

	if (!line->is_plugged)
		return -ENODEV;
	if (line->error)
		return line->error;
	if (request == GPIO_V2_LINE_GET_VALUES_IOCTL)
		values->bits = line->is_high != line->is_active_low;
	else if (request == GPIO_V2_LINE_SET_VALUES_IOCTL)
		set(line, values->bits & 1);
	else if (request == GPIO_V2_LINE_SET_CONFIG_IOCTL)
		set(line, config->attrs[0].attr.values & 1);
	else
		return -EINVAL;
	return 0;
}

static int
request_line(struct line *line, struct gpio_v2_line_request *request)
{
	int r = hold(line, &request->fd);

	if (r < 0)
		return r;
	(void) copy_string(line->consumer, sizeof(line->consumer), request->consumer);
	line->is_active_low = request->config.flags & GPIO_V2_LINE_FLAG_ACTIVE_LOW;
	line->requests++;
	set(line, request->config.attrs[0].attr.values & 1);
	line->moves = 0;
	return 0;
}

static int
on_chip(const char *label, unsigned long request, void *argument)
{
	struct gpiochip_info *chip = argument;
	struct gpio_v2_line_info *info = argument;
	struct gpio_v2_line_request *wanted = argument;
	uint32_t offset = request == GPIO_V2_GET_LINE_IOCTL ? wanted->offsets[0] : info->offset;

	if (request == GPIO_GET_CHIPINFO_IOCTL)
		(void) copy_string(chip->label, sizeof(chip->label), label);
	for (unsigned i = 0; i < line_count; i++) {
		struct line *line = &lines[i];
		if (strcmp(line->label, label) != 0 || !line->is_plugged)
			continue;
		if (request == GPIO_GET_CHIPINFO_IOCTL) {
			chip->lines++;
		} else if (line->offset == offset && request == GPIO_V2_GET_LINEINFO_IOCTL) {
			(void) copy_string(info->name, sizeof(info->name), line->name);
			(void) copy_string(info->consumer, sizeof(info->consumer), line->consumer);
			info->flags = is_used(line) ? GPIO_V2_LINE_FLAG_USED : 0;
			return 0;
		} else if (line->offset == offset) {
			return request_line(line, wanted);
		}
	}
	return request == GPIO_GET_CHIPINFO_IOCTL ? 0 : -EINVAL;
}

int
gpio_ioctl(int fd, unsigned long request, void *argument)
{
	char label[32] = "";
	struct line *line = line_of(fd);

	if (line)
		return on_line(line, request, argument);
	if (pread(fd, label, sizeof(label) - 1, 0) <= 0)
		return -ENOTTY;
	return on_chip(label, request, argument);
}

int
gpio_in_open(const struct gpio_place *place, const struct profile_line *line, const char *point,
	     struct gpio_in **ret)
{
	struct line *found = find(line->name);
	struct gpio_in *in = xcalloc(1, sizeof(*in));
	int r = hold(found, &in->held);

	CU_ASSERT_EQUAL(place->offset, found->offset);
	if (r < 0) {
		free(in);
		return r;
	}
	in->line = found;
	in->edges = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	found->in = in;
	found->is_active_low = line->is_active_low;
	gpio_consumer(point, found->consumer, sizeof(found->consumer));
	*ret = in;
	return 0;
}

void
gpio_in_free(struct gpio_in *in)
{
	if (!in)
		return;
	in->line->in = NULL;
	(void) close(in->edges);
	(void) close(in->held);
	free(in);
}

int
gpio_in_fd(const struct gpio_in *in)
{
	return in->edges;
}

int
gpio_in_drain(struct gpio_in *in)
{
	eventfd_t count;

	(void) eventfd_read(in->edges, &count);
	return in->line->is_plugged ? 0 : -ENODEV;
}

int
gpio_in_level(struct gpio_in *in, bool *ret)
{
	if (!in->line->is_plugged)
		return -ENODEV;
	*ret = in->line->is_high != in->line->is_active_low;
	return 0;
}
