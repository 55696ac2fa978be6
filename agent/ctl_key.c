/* Keys in files: never in an argument, which every process may see. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/ctl.h"
#include "lib/util.h"

/* Hexadecimal digits, with white space wherever it is. */
int
ctl_read_key(const char *path, char key[CTL_KEY_SIZE])
{
	_cleanup_(fclosep) FILE *opened = strcmp(path, "-") ? fopen(path, "re") : NULL;
	FILE *from = strcmp(path, "-") ? opened : stdin;
	size_t size = 0;
	int c;

	if (!from) {
		(void) fprintf(stderr, "cardeactl: cannot open '%s': %s\n", path, strerror(errno));
		return -EINVAL;
	}
	while ((c = fgetc(from)) != EOF && size < CTL_KEY_SIZE) {
		if (isspace(c))
			continue;
		if (!isxdigit(c) || size == CTL_KEY_SIZE - 1) {
			size = 0;
			break;
		}
		key[size++] = (char) tolower(c);
	}
	key[MIN_OF(size, (size_t) CTL_KEY_SIZE - 1)] = 0;
	if (size == CTL_KEY_SIZE - 1)
		return 0;
	(void) fprintf(stderr, "cardeactl: '%s' does not hold %d hexadecimal digits\n", path,
		       CTL_KEY_SIZE - 1);
	return -EINVAL;
}

int
ctl_open_key_file(const char *path, int *ret)
{
	int fd = strcmp(path, "-") ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)
				   : dup(STDOUT_FILENO);

	if (fd < 0) {
		(void) fprintf(stderr, "cardeactl: cannot make '%s': %s\n", path, strerror(errno));
		return -EINVAL;
	}
	*ret = fd;
	return 0;
}
