/*
 * The methods table: the one place that says what can be called, by whom, with which parameters.
 */
#ifndef AGENT_STORE_METHODS_H
#define AGENT_STORE_METHODS_H

#include "agent/store_auth.h"
#include "lib/field.h"

struct store_method {
	const char *name;
	enum role role;	  /* least role of a person; ROLE_NONE for everybody */
	unsigned edges;	  /* edges that may call it for themselves */
	bool is_mutating; /* needs the CSRF token when it comes through the browser */
	const char *doc;
	void (*handle)(struct store *store, struct rpc_request *request,
		       const struct caller *caller);
	struct field_table params;
};

/* Finds the method, checks caller and parameters, and answers or hands over. */
void store_dispatch(struct rpc_request *request, void *store);

size_t store_methods_count(void);
const struct store_method *store_methods_at(size_t index);
/* NULL when there is no such method. */
const struct store_method *store_methods_find(const char *name);

#endif
