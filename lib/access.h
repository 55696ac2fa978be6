/*
 * access.bin, the compiled access table: what the store makes of persons, credentials, profiles
 * and doors and the door role maps into its memory. Immutable; a new one replaces it by rename, and
 * the door role keeps deciding by the old one until the new one is proved.
 *
 * lib/access_file.h has the layout. Two checksums: a file whose credentials are damaged still says
 * how the board is configured. Nothing of it is trusted before access_map() has looked at all of
 * it, which takes a tenth of a second for a million credentials: call it in a thread.
 */
#ifndef LIB_ACCESS_H
#define LIB_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cardformat.h"
#include "lib/feedback.h"
#include "lib/model.h"

/* Raised with every change of what is below. */
#define ACCESS_LAYOUT 24

#define ACCESS_CREDENTIALS_MAX 1000000
#define ACCESS_PERSONS_MAX     1000000

#define ACCESS_HOLDER_SIZE 65
#define ACCESS_NAME_SIZE   33

/* In place of a card format: the number is a PIN's hash, the facility its person or 0. */
#define ACCESS_FORMAT_PIN 255

/* Why a credential counts or not. Append; compiled records have the numbers. */
enum access_status {
	ACCESS_ENABLED,
	ACCESS_LOST,
	ACCESS_STOLEN,
	ACCESS_DAMAGED,
	ACCESS_EXPIRED,
	ACCESS_LOCKED_OUT,
	ACCESS_DISABLED,
};

enum access_escort { ACCESS_ESCORT_NONE, ACCESS_ESCORT_MAY, ACCESS_ESCORT_NEEDS };

/* Of persons; of credentials the last. */
enum access_flag {
	ACCESS_APB_EXEMPT = 1 << 0,
	ACCESS_EXTENDED = 1 << 1,
	ACCESS_FIRST_PERSON = 1 << 2,
	ACCESS_OVERRIDES = 1 << 3,
	ACCESS_TOGGLES = 1 << 4,
	ACCESS_DURESS = 1 << 5,
};

/* What has to be shown. */
enum access_level {
	ACCESS_LEVEL_CARD,
	ACCESS_LEVEL_PIN,
	ACCESS_LEVEL_CARD_OR_PIN,
	ACCESS_LEVEL_CARD_AND_PIN,
	ACCESS_LEVEL_TWO_CARDS,
};

enum access_apb { ACCESS_APB_OFF, ACCESS_APB_SOFT, ACCESS_APB_HARD };

/* When an access ends before its time. */
enum access_relock {
	ACCESS_RELOCK_ON_CLOSE,
	ACCESS_RELOCK_ON_OPEN, /* or on close, when it stood open before */
	ACCESS_RELOCK_AFTER_TIME,
};

struct access_door {
	char name[ACCESS_NAME_SIZE];
	uint8_t relock; /* enum access_relock */
	bool rex_unlocks;
	bool fire_unlocks;
	bool has_toggle;	    /* a credential that is shown twice unlocks or locks */
	bool needs_first_person;    /* before the schedule unlocks */
	uint8_t lock_monitor;	    /* an input; 0: none */
	uint8_t double_lock_output; /* 0: none */
	uint32_t unlock_schedule;   /* 0: none */
	uint32_t access_time_ms;
	uint32_t extended_access_time_ms;
	uint32_t held_open_time_ms;
	uint32_t extended_held_open_time_ms;
	uint32_t pre_alarm_time_ms;
	uint32_t relock_delay_ms; /* after opening or closing */
	uint32_t bolt_time_ms;
};

/* Doors of which only so many may be open at a time; no doors: there is none of this number. */
struct access_interlock {
	uint64_t doors; /* bit n - 1 for door n */
	uint32_t max_open;
};

/* An input that can be supervised. */
struct access_input {
	char name[ACCESS_NAME_SIZE];
	char supervision[20]; /* a scheme of hw/supervise, or "board" */
	bool is_normally_closed;
	uint32_t debounce_ms;
};

/* A relay or output. */
struct access_output {
	char name[ACCESS_NAME_SIZE];
	bool is_normally_closed; /* the circuit while it is not active */
	bool is_output;		 /* of an AUX I/O; true for all others */
	uint32_t pulse_ms;
};

/* Which alarms are wanted, and where they begin. */
struct access_alarms {
	bool has_casing;
	bool has_motion;
	bool has_tamper;
	uint32_t motion_hold_off_ms;
	int32_t warning_mc; /* thousandths of a degree Celsius */
	int32_t critical_mc;
};

/* What of the power the board itself cannot know; 0 mV: the jumper is not fitted. */
struct access_power {
	uint32_t relay_jumper_mv;
	uint32_t door_relay_jumper_mv;
	bool is_aux_external; /* loads of AUX outputs have a supply of their own */
};

/* An expansion module; no bus: there is none of this number. */
struct access_module {
	char name[ACCESS_NAME_SIZE];
	uint8_t bus;
	uint8_t address;
	bool is_enabled;
};

/* A floor of a lift; no module: there is none of this number. */
struct access_floor {
	char name[ACCESS_NAME_SIZE];
	uint8_t module;
	uint8_t output;
	uint8_t reader; /* in the cabin */
	uint32_t pulse_ms;
};

struct access_reader {
	char name[ACCESS_NAME_SIZE];
	bool is_clear;	 /* it may speak unencrypted */
	uint8_t address; /* READER_ADDRESS_OF_BOARD: as the board profile says */
	uint8_t turn;	 /* enum cardformat_turn */
	uint32_t baud;	 /* 0: as the board profile says */
};

/* A reader as a way through a door; by the reader's number. */
struct access_point {
	char name[ACCESS_HOLDER_SIZE];
	bool is_enabled;
	bool is_exit;
	uint8_t door;
	uint8_t area_from; /* 0: anywhere */
	uint8_t area_to;
	uint8_t authentication; /* 0: a card */
};

struct access_area {
	char name[ACCESS_HOLDER_SIZE];
	uint8_t apb;	     /* enum access_apb */
	uint32_t apb_time_s; /* 0: for ever */
	uint32_t capacity;   /* 0: no limit */
};

#define ACCESS_TIMES_MAX 8

struct access_authentication {
	char name[ACCESS_HOLDER_SIZE];
	uint8_t level; /* enum access_level */
	uint8_t time_count;
	/* From which threat level on which level is asked, the highest first; 0 ends. */
	struct {
		uint8_t threat;
		uint8_t level;
	} threats[THREATS];
	struct {
		uint16_t schedule; /* 0: always */
		uint8_t level;
	} times[ACCESS_TIMES_MAX];
};

/* No rules: there is none of this number. */
struct access_profile {
	char name[ACCESS_HOLDER_SIZE];
	uint8_t max_threat;
	uint16_t rule_count;
	uint32_t first_rule;
};

/* What a profile gives while a schedule is active. */
struct access_rule {
	uint32_t points; /* bit n - 1 for access point n */
	uint32_t floors;
	uint32_t schedule; /* 0: always */
};

/* A format that an administrator has made; no bits: there is none of this number. */
struct access_format {
	char name[ACCESS_NAME_SIZE];
	struct cardformat_shape shape;
};

#define ACCESS_DEGRADED_MAX 8

/* Settings of the decision. */
struct access_policy {
	uint32_t threat; /* 0..THREATS */
	uint32_t pin_attempts;
	uint32_t pin_lock_ms;
	uint32_t factor_ms; /* how long the next card or PIN is waited for */
	uint32_t digit_ms;
	/* When credentials cannot be read, cards of these facility codes are let in; none: nobody.
	 */
	uint32_t degraded_format;
	uint32_t degraded_count;
	uint32_t degraded_facilities[ACCESS_DEGRADED_MAX];
};

/* What of the board is configured; by number from 1. */
struct access_board {
	struct access_alarms alarms;
	struct access_power power;
	struct access_policy policy;
	uint8_t pin_key[32];
	/* Card formats in use: positions (lib/cardformat.h), in the order of trying. */
	uint8_t formats[CARDFORMAT_ORDER_MAX];
	uint32_t format_count;
	struct access_format own_formats[CARDFORMATS_OWN];
	struct feedback feedback[FEEDBACK_OUTCOMES];
	uint32_t fire_input; /* 0: none */
	struct access_door doors[DOORS];
	struct access_interlock interlocks[INTERLOCKS];
	struct access_input inputs[INPUTS];
	struct access_output outputs[OUTPUTS];
	struct access_reader readers[READERS];
	struct access_module modules[MODULES];
	struct access_floor floors[FLOORS];
	struct access_point points[READERS];
	struct access_area areas[AREAS];
	struct access_authentication authentications[AUTHENTICATIONS];
	struct access_profile profiles[PROFILES];
};

/* A card as a key: format is its position (lib/cardformat.h). */
struct access_card {
	uint32_t format;
	uint32_t facility;
	uint64_t number;
};

/* A profile of a person or credential; seconds since 1970, from inclusive, to exclusive. */
struct access_assignment {
	uint32_t profile;
	uint32_t from_s; /* 0: always */
	uint32_t to_s;	 /* UINT32_MAX: never */
};

/* What is given at any time, and profiles; shared by all who have the same. */
struct access_set {
	uint64_t doors;	 /* bit n - 1 for door n */
	uint32_t floors; /* bit n - 1 for floor n */
	uint32_t count;
	struct access_assignment assignments[];
};

struct access_credential {
	uint64_t number;
	uint32_t facility;
	uint32_t id;
	uint32_t person; /* index; UINT32_MAX for none */
	uint32_t set;	 /* place in the sets */
	uint32_t holder; /* place in the names */
	uint32_t valid_from_s;
	uint32_t valid_to_s; /* exclusive */
	uint8_t format;
	uint8_t status; /* enum access_status */
	uint16_t flags; /* enum access_flag */
};

struct access_person {
	uint32_t id;
	uint32_t name;
	uint32_t set;
	uint16_t flags; /* enum access_flag */
	uint8_t escort; /* enum access_escort */
	bool is_enabled;
};

struct access_table;

/* Order of the table; 0 when equal. */
int access_card_compare(const struct access_card *a, const struct access_card *b);

/*
 * Maps a table; -EBADMSG when it is no table or damaged. When only what is behind the board's part
 * is damaged, the table is mapped without it: access_is_degraded().
 */
int access_map(const char *path, struct access_table **ret);
void access_unmap(struct access_table *table);
/* Whether it has no credentials because they could not be read. */
bool access_is_degraded(const struct access_table *table);
uint64_t access_generation(const struct access_table *table);
/* When it was compiled, and until when its schedules are known. Seconds since 1970. */
int64_t access_compiled_s(const struct access_table *table);
int64_t access_window_end_s(const struct access_table *table);
size_t access_count(const struct access_table *table);
size_t access_person_count(const struct access_table *table);
/* Never empty: without any the default list. ret_count is their number. */
const uint8_t *access_formats(const struct access_table *table, size_t *ret_count);
/*
 * Of a card format by its position; NULL when there is none. Those that are built in are known
 * without a table, which may be NULL. A name lives as long as the table.
 */
const struct cardformat_shape *access_format_shape(const struct access_table *table,
						   uint32_t position);
const char *access_format_name(const struct access_table *table, uint32_t position);
const struct feedback *access_feedback(const struct access_table *table,
				       enum feedback_outcome outcome);
/* door counts from 1 and must be at most DOORS. */
const struct access_door *access_door(const struct access_table *table, unsigned door);
/* INTERLOCKS of them. */
const struct access_interlock *access_interlocks(const struct access_table *table);
/* The input that says that there is fire; 0 for none. */
unsigned access_fire_input(const struct access_table *table);
/* reader counts from 1 and must be at most READERS. */
const struct access_reader *access_reader(const struct access_table *table, unsigned reader);
/* input counts from 1 and must be at most INPUTS. */
const struct access_input *access_input(const struct access_table *table, unsigned input);
/* output counts from 1 and must be at most OUTPUTS. */
const struct access_output *access_output(const struct access_table *table, unsigned output);
const struct access_alarms *access_alarms(const struct access_table *table);
const struct access_power *access_power(const struct access_table *table);
/* module counts from 1 and must be at most MODULES, floor at most FLOORS. */
const struct access_module *access_module(const struct access_table *table, unsigned module);
const struct access_floor *access_floor(const struct access_table *table, unsigned floor);
/* point counts from 1 and must be at most READERS; the others are NULL for 0 and what is not. */
const struct access_point *access_point(const struct access_table *table, unsigned point);
const struct access_area *access_area(const struct access_table *table, unsigned area);
const struct access_authentication *access_authentication(const struct access_table *table,
							  unsigned authentication);
const struct access_profile *access_profile(const struct access_table *table, unsigned profile);
const struct access_rule *access_rules(const struct access_table *table,
				       const struct access_profile *profile);
const struct access_policy *access_policy(const struct access_table *table);
const uint8_t *access_pin_key(const struct access_table *table);

/* A schedule that there is not is never active; schedule counts from 1. */
bool access_schedule_is_active(const struct access_table *table, unsigned schedule, int64_t at_s);
int64_t access_schedule_next_change(const struct access_table *table, unsigned schedule,
				    int64_t at_s);

/* NULL when nobody holds the card. */
const struct access_credential *access_find(const struct access_table *table,
					    const struct access_card *card);
/* Any credential by its number, a slow walk; NULL. */
const struct access_credential *access_find_id(const struct access_table *table, uint32_t id);
/* NULL for none. */
const struct access_person *access_person_of(const struct access_table *table,
					     const struct access_credential *credential);
const struct access_person *access_find_person(const struct access_table *table, uint32_t id);
struct access_card access_card_of(const struct access_credential *credential);
/* The person's name, else what the credential calls its holder. */
const char *access_holder(const struct access_table *table,
			  const struct access_credential *credential);
const char *access_person_name(const struct access_table *table,
			       const struct access_person *person);
const struct access_set *access_set(const struct access_table *table, uint32_t set);

#endif
