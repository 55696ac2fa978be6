/*
 * cardea-www: the HTTPS console and its REST interface. It owns no data: everything is asked of
 * the store, which also decides who may do what.
 */
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "lib/clock.h"
#include "lib/daemon.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "www/api.h"
#include "www/connections.h"
#include "www/description.h"
#include "www/exchange.h"
#include "www/listen.h"
#include "www/server.h"
#include "www/tls.h"

#define CHECK_CERTIFICATE_S 86400

struct ctx {
	struct event_base *base;
	struct server_parts parts;
	struct asset *description;
	struct api *api;
	struct server *server;
};

static void
on_watch(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct ctx *ctx = context;

	(void) connections_expire(ctx->parts.connections, clock_mono_us());
}

static void
say_certificate(const struct tls *tls)
{
	const struct certificate *certificate = tls_certificate(tls);
	char until[28];

	clock_format_utc((uint64_t) certificate->expires * US_PER_S, until);
	log_info("certificate SHA-256 %s, valid until %.10s", certificate->fingerprint, until);
}

static void
on_reload(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct ctx *ctx = context;
	int r = tls_reload(ctx->parts.tls);

	if (r < 0)
		(void) log_warn(r, "cannot read the certificate again, keeping the one in use");
	else
		say_certificate(ctx->parts.tls);
}

/* Socket activation gives the descriptor; otherwise we bind one. */
static int
open_listener(const char *address, const char *port)
{
	int given = sd_listen_fds(1);
	if (given > 0)
		return SD_LISTEN_FDS_START;
	char *end;
	unsigned long number = strtoul(port, &end, 10);
	if (!*port || *end || number > 65535)
		return log_err(-EINVAL, "--port '%s'", port);
	int fd = listen_on(address, (unsigned) number);
	if (fd < 0)
		return log_err(fd, "cannot listen on '%s' port %s", address, port);
	return fd;
}

static int
start(struct ctx *ctx, int fd, const char *run_dir, const char *state_dir)
{
	int r = tls_new(state_dir, &ctx->parts.tls);
	if (r < 0)
		return log_err(r, "cannot use or make the certificate in '%s'", state_dir);
	say_certificate(ctx->parts.tls);
	ctx->description = description_new();
	if (!ctx->description)
		return log_err(-EINVAL, "the description of the interface is no JSON");
	ctx->parts.description = ctx->description;
	ctx->api = api_new(ctx->base, run_dir);
	ctx->parts.mailbox = mailbox_new(ctx->base, api_handle, ctx->api);
	ctx->parts.connections = connections_new();
	r = server_start(fd, &ctx->parts, &ctx->server);
	if (r < 0)
		return log_err(r, "cannot start the HTTPS server");
	log_info("listening on port %u", listen_port(fd));
	return 0;
}

static void
run(struct ctx *ctx)
{
	const struct timeval second = { .tv_sec = 1 };
	const struct timeval day = { .tv_sec = CHECK_CERTIFICATE_S };
	struct event *watch = event_new(ctx->base, -1, EV_PERSIST, on_watch, ctx);
	struct event *renew = event_new(ctx->base, -1, EV_PERSIST, on_reload, ctx);
	struct event *reload = evsignal_new(ctx->base, SIGHUP, on_reload, ctx);

	(void) event_add(watch, &second);
	(void) event_add(renew, &day);
	(void) event_add(reload, NULL);
	daemon_run(ctx->base, NULL, NULL);
	/* Everything that is suspended must have been resumed before the server may stop. */
	mailbox_close(ctx->parts.mailbox);
	api_stop(ctx->api);
	server_stop(ctx->server);
	event_free(watch);
	event_free(renew);
	event_free(reload);
}

int
main(int argc, char **argv)
{
	const char *run_dir = daemon_default_run_dir();
	const char *state_dir = "/var/lib/cardea-www";
	const char *address = "::";
	const char *port = "443";
	const struct daemon_option options[] = {
		{ "run-dir", "DIR", &run_dir, NULL, "where the sockets are" },
		{ "state-dir", "DIR", &state_dir, NULL, "where certificate and key are kept" },
		{ "listen", "ADDRESS", &address, NULL, "IPv4 or IPv6 address to listen on" },
		{ "port", "PORT", &port, NULL, "TCP port to listen on" },
	};
	const struct daemon_about about = { "cardea-www", "The HTTPS console of Cardea.", "",
					    options, ARRAY_LEN(options) };
	struct ctx ctx = { 0 };

	(void) daemon_options(&about, argc, argv);
	log_set_name("www");
	ctx.base = loop_new();
	int fd = open_listener(address, port);
	int r = fd < 0 ? fd : start(&ctx, fd, run_dir, state_dir);
	if (r == 0)
		run(&ctx);
	api_free(ctx.api);
	mailbox_free(ctx.parts.mailbox);
	connections_free(ctx.parts.connections);
	description_free(ctx.description);
	tls_free(ctx.parts.tls);
	event_base_free(ctx.base);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
