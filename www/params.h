/*
 * How a route makes the store's parameters from a request. Each returns a new reference, or NULL
 * with a refusal whose strings are static. The store checks the values; here only what is HTTP.
 */
#ifndef WWW_PARAMS_H
#define WWW_PARAMS_H

#include "www/routes.h"

json_t *params_none(const struct exchange *exchange, json_t *body, struct refusal *refusal);
json_t *params_body(const struct exchange *exchange, json_t *body, struct refusal *refusal);
json_t *params_list(const struct exchange *exchange, json_t *body, struct refusal *refusal);
json_t *params_object(const struct exchange *exchange, json_t *body, struct refusal *refusal);
json_t *params_alarms(const struct exchange *exchange, json_t *body, struct refusal *refusal);
json_t *params_presence(const struct exchange *exchange, json_t *body, struct refusal *refusal);
json_t *params_remove(const struct exchange *exchange, json_t *body, struct refusal *refusal);
json_t *params_create(const struct exchange *exchange, json_t *body, struct refusal *refusal);
json_t *params_change(const struct exchange *exchange, json_t *body, struct refusal *refusal);
json_t *params_command(const struct exchange *exchange, json_t *body, struct refusal *refusal);
json_t *params_events(const struct exchange *exchange, json_t *body, struct refusal *refusal);
json_t *params_export(const struct exchange *exchange, json_t *body, struct refusal *refusal);
json_t *params_export_objects(const struct exchange *exchange, json_t *body,
			      struct refusal *refusal);
json_t *params_settings(const struct exchange *exchange, json_t *body, struct refusal *refusal);
json_t *params_board(const struct exchange *exchange, json_t *body, struct refusal *refusal);
/* The method is named in the body. */
/* ?job= */
json_t *params_job(const struct exchange *exchange, json_t *body, struct refusal *refusal);
/* {reader} of the path. */
json_t *params_reader(const struct exchange *exchange, json_t *body, struct refusal *refusal);
json_t *params_call(const struct exchange *exchange, json_t *body, struct refusal *refusal);

#endif
