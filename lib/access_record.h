/*
 * A credential or person in the form in which the store keeps it beside the object, so that a
 * million of them are compiled into the access table without a million JSON texts being read.
 * Bytes in host order, never on another machine; ACCESS_RECORD_LAYOUT changes with the form.
 *
 *	struct access_record, profile_count times struct access_assignment, a name, NUL
 */
#ifndef LIB_ACCESS_RECORD_H
#define LIB_ACCESS_RECORD_H

#include <jansson.h>
#include <stdint.h>

#include "lib/access.h"
#include "lib/util.h"

#define ACCESS_RECORD_MAX 512 /* bytes */

struct access_record {
	uint64_t doors;		 /* bit n - 1 for door n, at any time */
	struct access_card card; /* of credentials */
	uint32_t floors;
	uint32_t id;
	uint32_t person; /* of credentials; 0: none */
	uint32_t valid_from_s;
	uint32_t valid_to_s;
	uint8_t status; /* enum access_status */
	uint8_t escort; /* enum access_escort, of persons */
	uint16_t flags; /* enum access_flag */
	uint32_t profile_count;
};

/* Raised with every change of the form. */
#define ACCESS_RECORD_LAYOUT 1

/*
 * kind is "credential" or "person"; a PIN must be as lib/pin.h keeps it. Returns how many bytes,
 * or -EINVAL for an object that is not of its model.
 */
int access_record_make(const char *kind, uint32_t id, const json_t *object,
		       uint8_t record[ACCESS_RECORD_MAX]);

#endif
