#include "www/description.h"

#include <gnutls/crypto.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"
#include "www/description_kind.h"

#define PREFIX "/api/v1"

static char *
describe(void)
{
	const struct asset *own = asset_find(PREFIX "/openapi.json");
	_cleanup_(json_decrefp) json_t *document =
		own ? json_loadb((const char *) own->plain, own->plain_size, 0, NULL) : NULL;

	if (!document)
		return NULL;
	for (size_t i = 0; i < model_count(); i++)
		description_add_kind(document, model_at(i));
	return json_canonical(document);
}

static char *
tag_of(const char *text, size_t size)
{
	unsigned char digest[32];
	char hex[33];

	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, text, size, digest) < 0)
		explicit_bzero(digest, sizeof(digest));
	hex_encode(digest, 16, hex);
	return xasprintf("\"%s\"", hex);
}

struct asset *
description_new(void)
{
	char *text = describe();

	if (!text)
		return NULL;
	size_t size = strlen(text);
	struct asset *description = xcalloc(1, sizeof(*description));
	*description = (struct asset){
		.path = PREFIX "/openapi.json",
		.type = "application/json",
		.etag = tag_of(text, size),
		.plain = (const unsigned char *) text,
		.plain_size = size,
		.gzip_size = size, /* nobody asks for it often */
	};
	return description;
}

void
description_free(struct asset *description)
{
	if (!description)
		return;
	free((char *) description->etag);
	free((char *) description->plain);
	free(description);
}
