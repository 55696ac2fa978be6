/*
 * Settings that are secrets, in config.db: sealed under the device's key, each under its own name,
 * so that none can be put in another's place.
 */
#ifndef AGENT_STORE_SECRET_H
#define AGENT_STORE_SECRET_H

#include <jansson.h>

struct store_seal;

/*
 * The text to store; free with free(). -ENOKEY: there is no device's key; -EMSGSIZE: too long;
 * -EIO.
 */
int store_secret_seal(const struct store_seal *seal, const char *name, const json_t *value,
		      char **ret);
/* A new reference. -ENOKEY; -EBADMSG: not sealed with this key and name. */
int store_secret_break(const struct store_seal *seal, const char *name, const char *text,
		       json_t **ret);

#endif
