/*
 * CARDEA-MIB and the standard modules beside it, over the replica: which OID is which value,
 * without any SNMP library. Tables are sorted constant arrays of columns, all of them one sorted
 * array; GET and GETNEXT are one function each over it, so that a walk skips what is empty without
 * a round trip to the master agent.
 *
 * Pure: nothing here blocks, allocates or keeps state.
 */
#ifndef MIBS_MIB_H
#define MIBS_MIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/enterprise.h"

struct replica;

#define MIB_OID_MAX  128 /* RFC 2578, section 3.5 */
#define MIB_TEXT_MAX 255 /* of an SnmpAdminString */
#define MIB_NOTE_MAX 64

/* The subtree of the enterprise that is registered, and the root of CARDEA-MIB in it. */
#define MIB_ENTERPRISE 1, 3, 6, 1, 4, 1, CARDEA_ENTERPRISE
#define MIB_MODULE     MIB_ENTERPRISE, 2, 1

/* The objects that notifications carry: { cardeaEvents N }. */
enum mib_event_object {
	MIB_EVENT_SEQ = 1,
	MIB_EVENT_SEVERITY,
	MIB_EVENT_TIME,
	MIB_EVENT_KIND,
	MIB_EVENT_SOURCE,
	MIB_EVENT_ACTOR,
	MIB_EVENT_REASON,
	MIB_EVENT_TEXT,
	MIB_EVENT_DOOR,
	MIB_EVENT_ALARM,
	MIB_EVENT_OBJECT,
	MIB_EVENT_LATE,
	MIB_EVENT_ALARM_SEVERITY,
};

struct mib_oid {
	size_t length;
	uint32_t sub[MIB_OID_MAX];
};

/* What the master has to send here, in the order of OIDs. */
struct mib_subtree {
	const char *name; /* of its module */
	bool is_required; /* another agent may answer the others */
	struct mib_oid oid;
};

extern const struct mib_subtree mib_subtrees[];
extern const size_t mib_subtree_count;

enum mib_type {
	MIB_INTEGER,
	MIB_UNSIGNED, /* Unsigned32 and Gauge32 are one type on the wire */
	MIB_COUNTER32,
	MIB_COUNTER64,
	MIB_TICKS,
	MIB_OCTETS,
	MIB_OBJECT_ID,
	MIB_OTHER, /* only in a SET: none of the above */
};

#define MIB_VALUE_SUBS 64 /* of an OBJECT IDENTIFIER that is a value */

struct mib_value {
	enum mib_type type;
	uint64_t number; /* of an INTEGER its two's complement */
	size_t size;	 /* of bytes, for MIB_OCTETS; of sub, for MIB_OBJECT_ID */
	union {
		uint8_t bytes[MIB_TEXT_MAX];
		uint32_t sub[MIB_VALUE_SUBS];
	};
};

/* RFC 3416, section 4.2.5: the numbers are the protocol's. */
enum mib_error {
	MIB_NO_ERROR = 0,
	MIB_GEN_ERR = 5,
	MIB_WRONG_TYPE = 7,
	MIB_WRONG_LENGTH = 8,
	MIB_WRONG_VALUE = 10,
	MIB_NO_CREATION = 11,
	MIB_INCONSISTENT_VALUE = 12,
	MIB_RESOURCE_UNAVAILABLE = 13,
	MIB_COMMIT_FAILED = 14,
	MIB_NOT_WRITABLE = 17,
};

/*
 * What an object is for. Those that are written are of one row's command, which is apart from its
 * state; the objects of one row are set together.
 */
enum mib_purpose {
	MIB_PURPOSE_STATE,
	MIB_PURPOSE_MEASURE, /* moves by itself */
	MIB_PURPOSE_OUTCOME, /* of the last command */
	MIB_PURPOSE_COMMAND, /* what is to be done; none(1) does nothing */
	MIB_PURPOSE_SERIAL,  /* TestAndIncr of RFC 2579 */
	MIB_PURPOSE_SECONDS, /* for how long */
	MIB_PURPOSE_NOTE,    /* why, in the words of who wants it */
	MIB_PURPOSES,
};

/* One variable of a SET that may be written; the rows of a kind are those of one table. */
struct mib_write {
	const char *kind; /* "door", "output" */
	uint32_t row;
	enum mib_purpose purpose;
	uint32_t number;
	const char *name; /* of the command; NULL for none(1) */
	bool takes_seconds;
	char note[MIB_NOTE_MAX + 1];
};

int mib_oid_compare(const struct mib_oid *a, const struct mib_oid *b);
/* "1.3.6.1..."; cut at size. */
void mib_oid_format(const struct mib_oid *oid, char *text, size_t size);

/* -ENOENT is noSuchObject, -ENXIO noSuchInstance. */
int mib_get(const struct replica *replica, const struct mib_oid *oid, struct mib_value *ret);
/*
 * The first instance behind from, or at it when is_inclusive; -ENOENT at the end. ret_oid may be
 * from.
 */
int mib_next(const struct replica *replica, const struct mib_oid *from, bool is_inclusive,
	     struct mib_oid *ret_oid, struct mib_value *ret);
/* Whether this variable may be set so; ret is written only with MIB_NO_ERROR. */
enum mib_error mib_check_set(const struct replica *replica, const struct mib_oid *oid,
			     const struct mib_value *value, struct mib_write *ret);

/* { cardeaNotifications number } and { cardeaEvents object }.0 */
struct mib_oid mib_notification_oid(uint32_t number);
struct mib_oid mib_event_oid(enum mib_event_object object);

/* Values: text is cut at a character, octets of DateAndTime are UTC; 0 is "never". */
void mib_set_number(struct mib_value *value, enum mib_type type, uint64_t number);
void mib_set_text(struct mib_value *value, const char *text);
/* To max octets, likewise. */
void mib_cut_text(struct mib_value *value, size_t max);
/* Cut at MIB_VALUE_SUBS. */
void mib_set_oid(struct mib_value *value, const uint32_t *sub, size_t count);
void mib_set_time(struct mib_value *value, uint64_t wall_us);
/* Who did it, but not with which card. */
void mib_set_actor(struct mib_value *value, const char *actor);

#endif
