/*
 * Why something is not done, from where there is no request to answer yet, or never will be one.
 */
#ifndef AGENT_STORE_REFUSAL_H
#define AGENT_STORE_REFUSAL_H

#include "lib/field.h"
#include "lib/rpc.h"

struct store_refusal {
	const char *code; /* RPC_... */
	char field[48];	  /* empty when no field was at fault */
	char message[200];
};

/* Fills it; field may be NULL. Returns -EINVAL. */
int store_refuse(struct store_refusal *refusal, const char *code, const char *field,
		 const char *format, ...) PRINTF(4, 5);
/* The same for a value that does not suit. */
int store_refuse_value(struct store_refusal *refusal, const struct field_error *error);
/* Answers the request with it. */
void store_refusal_reply(const struct store_refusal *refusal, struct rpc_request *request);

#endif
