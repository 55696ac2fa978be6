#include "hw/profile_private.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#define REAL_MAX 1e6

int
profile_refuse(struct reading *reading, const config_setting_t *at, const char *format, ...)
{
	va_list args;
	char text[200];

	va_start(args, format);
	(void) vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	*reading->why = xasprintf("%s:%u: %s", reading->path, config_setting_source_line(at), text);
	return -EBADMSG;
}

bool
profile_has(const config_setting_t *at, const char *name)
{
	return config_setting_get_member(at, name);
}

int
profile_check_keys(struct reading *reading, const config_setting_t *at, const char *const *known,
		   size_t count)
{
	/* Whatever is no group has none of the members that are then missed by their names. */
	if (!config_setting_is_group(at))
		return 0;
	for (int i = 0; i < config_setting_length(at); i++) {
		const config_setting_t *member = config_setting_get_elem(at, (unsigned) i);
		const char *name = config_setting_name(member);
		size_t k = 0;
		while (k < count && strcmp(known[k], name) != 0)
			k++;
		if (k == count)
			return profile_refuse(reading, member, "'%.40s' means nothing here", name);
	}
	return 0;
}

int
profile_read_text(struct reading *reading, const config_setting_t *at, const char *name, char *to,
		  size_t size)
{
	const char *text;

	if (!config_setting_lookup_string(at, name, &text) || !*text)
		return profile_refuse(reading, at, "'%s' is missing", name);
	if (!copy_string(to, size, text))
		return profile_refuse(reading, at, "'%s' has more than %zu bytes", name, size - 1);
	return 0;
}

int
profile_read_number(struct reading *reading, const config_setting_t *at, const char *name,
		    int least, int most, uint32_t *ret)
{
	int value;

	if (!config_setting_lookup_int(at, name, &value) || value < least || value > most)
		return profile_refuse(reading, at, "'%s' must be a number from %d to %d", name,
				      least, most);
	*ret = (uint32_t) value;
	return 0;
}

int
profile_read_flag(struct reading *reading, const config_setting_t *at, const char *name, bool *ret)
{
	const config_setting_t *member = config_setting_get_member(at, name);

	if (!member)
		return 0;
	if (config_setting_type(member) != CONFIG_TYPE_BOOL)
		return profile_refuse(reading, member, "'%s' must be true or false", name);
	*ret = config_setting_get_bool(member);
	return 0;
}

int
profile_read_real(struct reading *reading, const config_setting_t *at, const char *name,
		  double *ret)
{
	const config_setting_t *member = config_setting_get_member(at, name);
	double value = 0;

	if (!member)
		return 0;
	if (config_setting_type(member) == CONFIG_TYPE_INT)
		value = config_setting_get_int(member);
	else if (config_setting_type(member) == CONFIG_TYPE_FLOAT)
		value = config_setting_get_float(member);
	/* Written so that what is no number at all is refused, too. */
	if (!(fabs(value) > 0 && fabs(value) <= REAL_MAX))
		return profile_refuse(reading, member,
				      "'%s' must be a number other than 0, up to %.0f", name,
				      REAL_MAX);
	*ret = value;
	return 0;
}

int
profile_read_choice(struct reading *reading, const config_setting_t *at, const char *name,
		    const char *const *words, size_t count, unsigned *ret)
{
	const config_setting_t *member = config_setting_get_member(at, name);
	char all[100] = "";

	if (!member)
		return 0;
	const char *word = config_setting_get_string(member);
	for (size_t i = 0; i < count; i++) {
		if (word && !strcmp(word, words[i])) {
			*ret = (unsigned) i;
			return 0;
		}
		size_t used = strlen(all);
		(void) snprintf(all + used, sizeof(all) - used, "%s%s", used ? ", " : "", words[i]);
	}
	return profile_refuse(reading, member, "'%s' must be one of %s", name, all);
}
