#include "agent/snmp_setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp_audit.h"
#include "agent/snmp_config.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

#define CALL_TIMEOUT_MS 10000
#define TEXT_MAX	16384

struct setup {
	struct rpc_client *client;
	const struct agent_options *options;
	char path[256];
	char socket[256];
	bool is_asking;
	bool is_stale; /* asked for again meanwhile */
};

static void
wipe(char **text)
{
	if (*text)
		explicit_bzero(*text, strlen(*text));
	free(*text);
}

static bool
is_written(const char *path, const char *text)
{
	char *old = xcalloc(1, TEXT_MAX);
	int length = read_file(path, old, TEXT_MAX);
	bool is_same = length >= 0 && !strcmp(old, text);

	explicit_bzero(old, TEXT_MAX);
	free(old);
	return is_same;
}

static void
write_config(const struct setup *setup, const json_t *values)
{
	const char *module = setup->options->snmpd_module;
	struct snmp_config_place place = {
		.include_dir = setup->options->snmpd_include,
		.module = access(module, R_OK) == 0 ? module : "",
		.audit_socket = setup->socket,
		.has_ipv6 = access("/proc/net/if_inet6", F_OK) == 0,
	};
	_cleanup_(wipe) char *text = snmp_config_render(values, &place);

	if (is_written(setup->path, text))
		return;
	int r = write_file_atomic(setup->path, text, strlen(text), 0600);
	if (r < 0)
		(void) log_err(r, "cannot write '%s', snmpd keeps its configuration", setup->path);
	else
		log_info("snmpd's configuration is new: SNMP is %s",
			 json_string_or(values, "snmp.mode", "off"));
}

static void
on_answer(json_t *result, const struct rpc_error *error, void *context)
{
	struct setup *setup = context;

	setup->is_asking = false;
	if (result)
		write_config(setup, json_object_get(result, "values"));
	else
		log_debug("the store does not say how snmpd is to be configured: %s",
			  error->message);
	if (setup->is_stale && result)
		setup_ask(setup);
}

void
setup_ask(struct setup *setup)
{
	if (!setup)
		return;
	setup->is_stale = setup->is_asking;
	if (setup->is_asking)
		return;
	setup->is_asking = true;
	rpc_call(setup->client, NULL, "snmp.config", NULL, CALL_TIMEOUT_MS, on_answer, setup);
}

struct setup *
setup_new(const struct agent_options *options, struct rpc_client *client)
{
	struct setup *setup = xcalloc(1, sizeof(*setup));

	*setup = (struct setup){ .client = client, .options = options };
	if (*options->snmpd_dir &&
	    path_join(setup->path, sizeof(setup->path), options->snmpd_dir, "snmpd.conf") == 0 &&
	    path_join(setup->socket, sizeof(setup->socket), options->snmpd_dir, SNMP_AUDIT_NAME) ==
		    0)
		return setup;
	free(setup);
	return NULL;
}

void
setup_free(struct setup *setup)
{
	free(setup);
}
