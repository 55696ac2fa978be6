/*
 * The objects that an operator configures and their fields. Objects of a kind are numbered from 1;
 * a number is never reused while the kind has a larger one. Kinds with a greatest number use their
 * numbers again, the lowest first.
 */
#ifndef LIB_MODEL_H
#define LIB_MODEL_H

#include <stdint.h>

#include "lib/field.h"

/* Doors that the model can number, and doors and readers of this board. */
#define DOORS_MODEL 64
#define DOORS	    4
#define READERS	    8
/* Of one door, as the board is wired. */
#define READERS_EACH (READERS / DOORS)
/* Inputs that can be supervised: three, TAMPER, ALARM, contact and REX of each door, two AUX. */
#define INPUTS (7 + 2 * DOORS)
/* Relay, three outputs, an AUX relay of each door, two AUX. */
#define OUTPUTS (6 + DOORS)
/* Lines that the model can number; expansion modules, inputs or outputs of one; floors of lifts. */
#define BUSES_MODEL   8
#define MODULES	      16
#define MODULE_POINTS 16
#define FLOORS	      16
/* Greatest numbers of what access is made of. */
#define PERSONS_MODEL	INT32_MAX
#define PROFILES	1000
#define PROFILES_EACH	20 /* of one person or credential */
#define RULES_EACH	32 /* of one access profile */
#define SCHEDULES	512
#define SPECIAL_DAYS	16 /* groups of them */
#define AREAS		64
#define GROUPS		64 /* of doors, and of floors */
#define AUTHENTICATIONS 64
#define INTERLOCKS	16
#define THREATS		4 /* levels of threat above 0 */
#define LOG_SERVERS	8
/* Certificates that are kept: each a text of so many bytes at most, and a key. */
#define CERTIFICATES	     32
#define CERTIFICATE_TEXT_MAX (48 * 1024)
#define CERTIFICATE_KEY_MAX  8400 /* when it is sealed */
/* Events that may be under way to a log server without a receipt. */
#define LOG_SERVER_WINDOW 10000

/* A PIN as it is kept: this, and 16 hexadecimal digits of lib/pin.h. */
#define PIN_KEPT "kept:"

/* In place of a reader's address: where the board profile has it. */
#define READER_ADDRESS_OF_BOARD 127

struct model_kind {
	const char *name;   /* "door" */
	const char *plural; /* "doors" */
	bool is_fixed;	    /* the board has them: they are neither created nor deleted */
	unsigned max;	    /* the greatest number; 0: as many as there is room for */
	/* Which field is wrong when another object has the same, and what to say: who has it. */
	struct {
		const char *field;
		const char *who;
		const char *text;
	} duplicate;
	struct field_table fields;
};

/* NULL when there is no such kind. */
const struct model_kind *model_find(const char *name);
size_t model_count(void);
const struct model_kind *model_at(size_t index);

/*
 * The text that makes an object of this kind unique, or NULL when nothing does: a card's format,
 * facility and number, or a PIN that opens by itself. Free with free().
 */
char *model_unique_key(const struct model_kind *kind, const json_t *object);

/* Rules across fields of one object; -EINVAL fills error. */
int model_check(const struct model_kind *kind, const json_t *object, struct field_error *error);

#endif
