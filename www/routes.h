/*
 * The REST interface as one table: verb, path, the store's method, how the parameters are made
 * from the request and the answer from the result. Who may do it is the store's business: routes
 * pass the session on and decide nothing.
 */
#ifndef WWW_ROUTES_H
#define WWW_ROUTES_H

#include <jansson.h>

#include "www/exchange.h"

struct api;

enum route_flag {
	ROUTE_PUBLIC = 1 << 0,	   /* makes sense without a session */
	ROUTE_NEW_LOGIN = 1 << 1,  /* the result is a session: cookie and csrf */
	ROUTE_LOGOUT = 1 << 2,	   /* the cookie goes */
	ROUTE_FREE_KINDS = 1 << 3, /* not for kinds of which the board has its own */
};

struct route {
	enum verb verb;
	/*
	 * {id} stands for a number, {kind} for the plural of a kind of the model that no row above
	 * has, with '-' for '_'.
	 */
	const char *path;
	const char *method; /* NULL: the body says which */
	const char *kind;   /* of objects, where the path does not say it; NULL */
	/* A new reference, or NULL and a refusal. body is {} when the verb has none. */
	json_t *(*params)(const struct exchange *exchange, json_t *body, struct refusal *refusal);
	/* Fills the answer; NULL takes the result as it is. */
	void (*answer)(struct api *api, struct exchange *exchange, json_t *result);
	unsigned status;
	unsigned flags;
};

/* NULL when the path has no such verb. */
const struct route *route_find(enum verb verb, const char *path, struct resource *ret_resource);
/* The verbs of a path for an Allow header, "" when there is no such path. */
void route_allow(const char *path, char *to, size_t size);
size_t route_count(void);
const struct route *route_at(size_t index);

#endif
