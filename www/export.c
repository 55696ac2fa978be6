#include "www/export.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/loop.h"
#include "lib/model_csv.h"
#include "lib/rpc.h"
#include "lib/util.h"
#include "www/api.h"
#include "www/hub.h"
#include "www/params.h"
#include "www/stream.h"

#define CALL_TIMEOUT_MS 10000
/* Others are searching: that passes. */
#define AGAIN_US (200 * US_PER_MS)

struct transfer {
	struct hub *hub;
	struct stream *stream;
	struct event *wake;
	const char *method;
	const struct model_kind *kind; /* of objects; NULL for events */
	bool is_csv;
	json_t *params; /* of the page to come; NULL when there is none */
	char session[SESSION_TOKEN_MAX + 1];
	char address[64];
	bool is_whole; /* no filters */
	bool is_asking;
};

static void
free_transfer(struct transfer *transfer)
{
	stream_on_drained(transfer->stream, NULL);
	event_free(transfer->wake);
	stream_unref(transfer->stream);
	json_decref(transfer->params);
	explicit_bzero(transfer->session, sizeof(transfer->session));
	free(transfer);
}

static void
append_line(struct transfer *transfer, const json_t *value)
{
	_cleanup_(freep) char *text = json_canonical(value);
	_cleanup_(freep) char *line = xasprintf("%s\n", text);

	stream_append(transfer->stream, line, strlen(line));
}

static void
append_text(struct transfer *transfer, const char *text)
{
	stream_append(transfer->stream, text, strlen(text));
}

static void
append_object(struct transfer *transfer, const json_t *object)
{
	if (!transfer->is_csv) {
		append_line(transfer, object);
		return;
	}
	_cleanup_(freep) char *row = model_csv_row(transfer->kind, object);
	append_text(transfer, row);
}

/* What the file is of: an anchor when the log begins later, or the search. */
static void
append_head(struct transfer *transfer, const json_t *page)
{
	json_t *anchor = json_object_get(page, "anchor");
	bool is_from_start = !json_integer_or(transfer->params, "after", 0);

	if (!transfer->is_whole) {
		_cleanup_(json_decrefp) json_t *filter = json_copy(transfer->params);
		(void) json_object_del(filter, "after");
		(void) json_object_del(filter, "limit");
		_cleanup_(json_decrefp) json_t *line = json_pack("{sO}", "filter", filter);
		append_line(transfer, line);
	} else if (is_from_start && json_integer_or(anchor, "seq", 0) > 0) {
		_cleanup_(json_decrefp) json_t *line = json_pack("{sO}", "anchor", anchor);
		append_line(transfer, line);
	}
}

static void
take_page(struct transfer *transfer, const json_t *page)
{
	json_int_t next = json_integer_or(page, "next", 0);
	json_t *record;
	size_t i;

	json_array_foreach (json_object_get(page, "events"), i, record)
		append_line(transfer, record);
	json_array_foreach (json_object_get(page, "objects"), i, record)
		append_object(transfer, record);
	if (next) {
		(void) json_object_set_new(transfer->params, "after", json_integer(next));
		return;
	}
	json_decref(steal(&transfer->params));
	stream_end(transfer->stream);
}

/* Whether events behind the last page were deleted before this one. */
static bool
has_gap(const struct transfer *transfer, const json_t *page)
{
	return transfer->is_whole && !transfer->kind &&
	       json_integer_or(json_object_get(page, "anchor"), "seq", 0) >
		       json_integer_or(transfer->params, "after", 0);
}

static void
on_page(json_t *result, const struct rpc_error *error, void *context)
{
	struct transfer *transfer = context;

	transfer->is_asking = false;
	if (error && !strcmp(error->code, RPC_TOO_MANY)) {
		loop_arm_in(transfer->wake, AGAIN_US);
		return;
	}
	if (error || has_gap(transfer, result))
		stream_fail(transfer->stream);
	else
		take_page(transfer, result);
	event_active(transfer->wake, 0, 0);
}

static void
on_wake(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct transfer *transfer = context;
	struct rpc_identity identity = { .session = transfer->session,
					 .address = transfer->address };

	if (transfer->is_asking)
		return;
	if (stream_is_over(transfer->stream)) {
		free_transfer(transfer);
		return;
	}
	if (!stream_is_drained(transfer->stream))
		return;
	transfer->is_asking = true;
	rpc_call(hub_client(transfer->hub), &identity, transfer->method,
		 json_copy(transfer->params), CALL_TIMEOUT_MS, on_page, transfer);
}

/* Steals params, those of the first page. */
static struct transfer *
begin(struct api *api, struct exchange *exchange, json_t *params)
{
	struct transfer *transfer = xcalloc(1, sizeof(*transfer));

	transfer->hub = api_hub(api);
	transfer->stream = stream_new(exchange->connection);
	transfer->method = exchange->route->method;
	transfer->params = params;
	transfer->wake = evtimer_new(hub_base(transfer->hub), on_wake, transfer);
	(void) copy_string(transfer->session, sizeof(transfer->session), exchange->request.session);
	(void) copy_string(transfer->address, sizeof(transfer->address), exchange->request.address);
	exchange->stream = stream_ref(transfer->stream);
	exchange->status = exchange->route->status;
	exchange->type = "application/x-ndjson";
	return transfer;
}

static void
go_on(struct transfer *transfer, const json_t *page)
{
	take_page(transfer, page);
	stream_on_drained(transfer->stream, transfer->wake);
	event_active(transfer->wake, 0, 0);
}

void
answer_export(struct api *api, struct exchange *exchange, json_t *result)
{
	struct refusal refusal;
	struct transfer *transfer = begin(api, exchange, params_export(exchange, NULL, &refusal));

	/* after and limit are no filters. */
	transfer->is_whole = json_object_size(transfer->params) == 2;
	append_head(transfer, result);
	exchange->file_name = xstrdup("attachment; filename=\"events.jsonl\"");
	go_on(transfer, result);
}

void
answer_export_objects(struct api *api, struct exchange *exchange, json_t *result)
{
	struct refusal refusal;
	struct transfer *transfer =
		begin(api, exchange, params_export_objects(exchange, NULL, &refusal));
	const char *dot = strrchr(exchange->route->path, '.');

	transfer->kind = exchange->resource.kind;
	transfer->is_csv = !strcmp(dot, ".csv");
	if (transfer->is_csv) {
		_cleanup_(freep) char *head = model_csv_head(transfer->kind);
		append_text(transfer, head);
		exchange->type = "text/csv; charset=utf-8";
	}
	exchange->file_name =
		xasprintf("attachment; filename=\"%s%s\"", transfer->kind->plural, dot);
	go_on(transfer, result);
}
