#include "syslog/identity.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/util.h"
#include "syslog/resolver.h"

bool
identity_is_qualified(const char *name, const char *host)
{
	size_t length = strlen(host);
	return length && !strncasecmp(name, host, length) && name[length] == '.' &&
	       name[length + 1] && strcasecmp(name + length, ".localdomain");
}

static void
on_name(struct addrinfo *list, const char *error, void *context)
{
	struct identity *identity = context;
	const char *name = !error && list->ai_canonname ? list->ai_canonname : "";

	if (identity_is_qualified(name, identity->hostname))
		(void) copy_string(identity->hostname, sizeof(identity->hostname), name);
	if (list)
		freeaddrinfo(list);
	identity->done(identity->context);
}

void
identity_find(struct identity *identity, struct resolver *resolver, void (*done)(void *context),
	      void *context)
{
	static const struct addrinfo hints = { .ai_flags = AI_CANONNAME,
					       .ai_socktype = SOCK_DGRAM };

	*identity = (struct identity){ .done = done, .context = context };
	identity->format = (struct format_identity){
		.hostname = identity->hostname,
		.procid = identity->procid,
		.version = PACKAGE_VERSION,
	};
	(void) snprintf(identity->procid, sizeof(identity->procid), "%d", (int) getpid());
	if (gethostname(identity->hostname, sizeof(identity->hostname) - 1) < 0 ||
	    !strcmp(identity->hostname, "localhost") || !strcmp(identity->hostname, "(none)"))
		identity->hostname[0] = 0;
	bool is_complete = !identity->hostname[0] || strchr(identity->hostname, '.');
	if (is_complete ||
	    !resolver_start(resolver, identity->hostname, 0, &hints, on_name, identity))
		done(context);
}
