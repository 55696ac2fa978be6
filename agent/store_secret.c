#include "agent/store_secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_seal.h"
#include "lib/util.h"

#define PLAIN_MAX  1024
#define SEALED_MAX (PLAIN_MAX + STORE_SEAL_OVERHEAD)

static void
label_of(const char *name, char label[96])
{
	(void) snprintf(label, 96, "setting %s", name);
}

int
store_secret_seal(const struct store_seal *seal, const char *name, const json_t *value, char **ret)
{
	uint8_t plain[PLAIN_MAX];
	uint8_t sealed[SEALED_MAX];
	char hex[2 * SEALED_MAX + 1];
	char label[96];

	if (!seal)
		return -ENOKEY;
	size_t size = json_dumpb(value, (char *) plain, sizeof(plain), JSON_ENCODE_ANY);
	if (!size || size > sizeof(plain))
		return -EMSGSIZE;
	label_of(name, label);
	int r = store_seal_close(seal, label, plain, size, sealed, sizeof(sealed));
	explicit_bzero(plain, sizeof(plain));
	if (r < 0)
		return r;
	hex_encode(sealed, (size_t) r, hex);
	*ret = xasprintf("\"%s\"", hex);
	return 0;
}

int
store_secret_break(const struct store_seal *seal, const char *name, const char *text, json_t **ret)
{
	uint8_t sealed[SEALED_MAX];
	uint8_t plain[PLAIN_MAX];
	char hex[2 * SEALED_MAX + 1];
	char label[96];
	size_t length = strlen(text);

	if (!seal)
		return -ENOKEY;
	if (length < 2 || length > sizeof(hex) + 1)
		return -EBADMSG;
	memcpy(hex, text + 1, length - 2);
	hex[length - 2] = 0;
	int r = hex_decode(hex, sealed, sizeof(sealed));
	if (r < 0)
		return -EBADMSG;
	label_of(name, label);
	r = store_seal_break(seal, label, sealed, (size_t) r, plain, sizeof(plain));
	if (r < 0)
		return -EBADMSG;
	*ret = json_loadb((const char *) plain, (size_t) r, JSON_DECODE_ANY, NULL);
	explicit_bzero(plain, sizeof(plain));
	return *ret ? 0 : -EBADMSG;
}
