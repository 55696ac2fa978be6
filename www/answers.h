/*
 * How a route makes its answer from the store's result, where it is not the result itself.
 */
#ifndef WWW_ANSWERS_H
#define WWW_ANSWERS_H

#include "www/routes.h"

void answer_session(struct api *api, struct exchange *exchange, json_t *result);
void answer_logout(struct api *api, struct exchange *exchange, json_t *result);
void answer_nothing(struct api *api, struct exchange *exchange, json_t *result);
/* Doors carry their live state as "state". */
void answer_doors(struct api *api, struct exchange *exchange, json_t *result);
void answer_door(struct api *api, struct exchange *exchange, json_t *result);
void answer_objects(struct api *api, struct exchange *exchange, json_t *result);
void answer_readers(struct api *api, struct exchange *exchange, json_t *result);
void answer_trace(struct api *api, struct exchange *exchange, json_t *result);
void answer_stream(struct api *api, struct exchange *exchange, json_t *result);

#endif
