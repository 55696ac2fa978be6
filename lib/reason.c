#include "lib/reason.h"

#include <stddef.h>

static const struct {
	const char *name;
	const char *qname;
	const char *text;
} rows[REASON_COUNT] = { [REASON_NONE] = { NULL, NULL, "" },
#define REASONS_ROW(symbol, name, qname, text) [symbol] = { name, qname, text },
			 REASONS(REASONS_ROW)
#undef REASONS_ROW
};

const char *
reason_name(enum reason reason)
{
	return rows[reason].name;
}

const char *
reason_qname(enum reason reason)
{
	return rows[reason].qname;
}

const char *
reason_text(enum reason reason)
{
	return rows[reason].text;
}
