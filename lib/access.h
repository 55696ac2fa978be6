/*
 * access.bin, the compiled access table: what the store makes of credentials and doors and the
 * door role maps into its memory. Immutable; a new one replaces it by rename, and the door role
 * keeps deciding by the old one until the new one is proved.
 *
 * Layout, host byte order: header, struct access_board, credentials[count] sorted by format,
 * facility, number. The checksum covers everything behind it; a file that fails any check is
 * refused.
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
#define ACCESS_LAYOUT 21

#define ACCESS_HOLDER_SIZE 65
#define ACCESS_NAME_SIZE   33

struct access_door {
	char name[ACCESS_NAME_SIZE];
	bool relock_on_open;
	bool rex_unlocks;
	uint32_t access_time_ms;
	uint32_t held_open_time_ms;
	uint32_t pre_alarm_time_ms;
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

/* What of the board is configured; by number from 1. */
struct access_board {
	struct access_alarms alarms;
	struct access_power power;
	/* Card formats in use: positions in the card format table, in the order of trying. */
	uint8_t formats[CARDFORMAT_ORDER_MAX];
	uint32_t format_count;
	struct feedback feedback[FEEDBACK_OUTCOMES];
	struct access_door doors[DOORS];
	struct access_input inputs[INPUTS];
	struct access_output outputs[OUTPUTS];
	struct access_reader readers[READERS];
	struct access_module modules[MODULES];
	struct access_floor floors[FLOORS];
};

/* A card as a key: format is the position in the card format table. */
struct access_card {
	uint32_t format;
	uint32_t facility;
	uint64_t number;
};

struct access_credential {
	struct access_card card;
	uint32_t id;
	bool is_enabled;
	uint64_t doors;	 /* bit n - 1 for door n */
	uint32_t floors; /* bit n - 1 for floor n */
	char holder[ACCESS_HOLDER_SIZE];
};

struct access_table;

/* Order of the table; 0 when equal. */
int access_card_compare(const struct access_card *a, const struct access_card *b);

/*
 * Writes a table; sorts credentials in place. generation must grow with every table. -EEXIST when
 * two credentials hold the same card.
 */
int access_write(const char *path, uint64_t generation, const struct access_board *board,
		 struct access_credential *credentials, size_t count);

/* Maps a table; -EBADMSG when it is no table or damaged. */
int access_map(const char *path, struct access_table **ret);
void access_unmap(struct access_table *table);
uint64_t access_generation(const struct access_table *table);
size_t access_count(const struct access_table *table);
/* Never empty: without any the default list. ret_count is their number. */
const uint8_t *access_formats(const struct access_table *table, size_t *ret_count);
const struct feedback *access_feedback(const struct access_table *table,
				       enum feedback_outcome outcome);
/* door counts from 1 and must be at most DOORS. */
const struct access_door *access_door(const struct access_table *table, unsigned door);
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
/* NULL when nobody holds the card. */
const struct access_credential *access_find(const struct access_table *table,
					    const struct access_card *card);

#endif
