#include "agent/store_refusal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int
store_refuse(struct store_refusal *refusal, const char *code, const char *field, const char *format,
	     ...)
{
	va_list args;

	refusal->code = code;
	(void) copy_string(refusal->field, sizeof(refusal->field), field ? field : "");
	va_start(args, format);
	(void) vsnprintf(refusal->message, sizeof(refusal->message), format, args);
	va_end(args);
	return -EINVAL;
}

int
store_refuse_value(struct store_refusal *refusal, const struct field_error *error)
{
	return store_refuse(refusal, RPC_BAD_PARAMS, error->field, "%s", error->message);
}

void
store_refusal_reply(const struct store_refusal *refusal, struct rpc_request *request)
{
	if (*refusal->field)
		rpc_fail_field(request, refusal->code, refusal->field, "%s", refusal->message);
	else
		rpc_fail(request, refusal->code, "%s", refusal->message);
}
