/* Keys and passwords: never in an argument, which every process may see. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "agent/ctl.h"
#include "lib/util.h"
#include "lib/wipe.h"
#include "lib/wire.h"

int
ctl_read_digits(const char *path, char *digits, size_t size)
{
	_cleanup_(fclosep) FILE *opened = strcmp(path, "-") ? fopen(path, "re") : NULL;
	FILE *from = strcmp(path, "-") ? opened : stdin;
	size_t count = 0;
	int c;

	if (!from) {
		(void) fprintf(stderr, "cardeactl: cannot open '%s': %s\n", path, strerror(errno));
		return -EINVAL;
	}
	while ((c = fgetc(from)) != EOF) {
		if (isspace(c))
			continue;
		if (!isxdigit(c) || count == size - 1) {
			(void) fprintf(stderr,
				       "cardeactl: '%s' does not hold up to %zu hexadecimal "
				       "digits\n",
				       path, size - 1);
			return -EINVAL;
		}
		digits[count++] = (char) tolower(c);
	}
	digits[count] = 0;
	return (int) count;
}

int
ctl_read_key(const char *path, char key[CTL_KEY_SIZE])
{
	int count = ctl_read_digits(path, key, CTL_KEY_SIZE);

	if (count < 0 || count == CTL_KEY_SIZE - 1)
		return count < 0 ? count : 0;
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

int
ctl_read_password(const char *prompt, char *password, size_t size)
{
	struct termios shown;
	bool is_terminal = tcgetattr(STDIN_FILENO, &shown) == 0;

	if (is_terminal) {
		struct termios hidden = shown;
		hidden.c_lflag &= ~(tcflag_t) ECHO;
		(void) fprintf(stderr, "%s: ", prompt);
		(void) tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	}
	bool is_read = fgets(password, (int) size, stdin);
	if (is_terminal) {
		(void) tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
		(void) fputc('\n', stderr);
	}
	if (!is_read) {
		(void) fprintf(stderr, "cardeactl: no password was given\n");
		return -EINVAL;
	}
	password[strcspn(password, "\n")] = 0;
	return 0;
}

json_t *
ctl_read_secret(const char *name, const char *text)
{
	char secret[256];

	if (strcmp(text, "-")) {
		(void) fprintf(stderr, "cardeactl: %s is a secret: write %s=- and be asked\n", name,
			       name);
		return NULL;
	}
	if (ctl_read_password(name, secret, sizeof(secret)) < 0)
		return NULL;
	json_t *value = json_string(secret);
	explicit_bzero(secret, sizeof(secret));
	return value;
}

json_t *
ctl_read_lines(const char *name, const char *path)
{
	_cleanup_(fclosep) FILE *file = strcmp(path, "-") ? fopen(path, "re") : NULL;
	FILE *in = strcmp(path, "-") ? file : stdin;
	char *text = xcalloc(1, WIRE_LINE_MAX);
	size_t size = in ? fread(text, 1, WIRE_LINE_MAX, in) : 0;
	json_t *value = NULL;

	if (!in || ferror(in))
		(void) fprintf(stderr, "cardeactl: cannot read '%s': %s\n", path, strerror(errno));
	else if (size == WIRE_LINE_MAX)
		(void) fprintf(stderr, "cardeactl: %s: '%s' is too long\n", name, path);
	else if (!(value = json_stringn(text, size)))
		(void) fprintf(stderr, "cardeactl: %s: '%s' is no text\n", name, path);
	wipe_free(text);
	return value;
}
