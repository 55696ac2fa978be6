/* The card formats that an administrator makes, from their objects to shapes. */
#ifndef LIB_MODEL_FORMAT_H
#define LIB_MODEL_FORMAT_H

#include "lib/cardformat_shape.h"
#include "lib/model.h"

/* Of an object of the kind card_format, of whatever age; -EINVAL fills error. */
int model_format_shape(const json_t *object, struct cardformat_shape *ret,
		       struct field_error *error);
/* Whether a shape holds the card of this credential; -EINVAL fills error. */
int model_format_holds(const struct cardformat_shape *shape, const json_t *credential,
		       struct field_error *error);

#endif
