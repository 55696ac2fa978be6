/*
 * The rows that the modules are made of. A scalar is a column of a table whose only row is 0.
 */
#ifndef MIBS_TABLE_H
#define MIBS_TABLE_H

#include "mibs/mib.h"
#include "mibs/replica.h"

struct mib_column;

/* row is what the table's find() returned. */
typedef void mib_getter(const struct replica *replica, const struct mib_column *column,
			const void *row, struct mib_value *value);

struct mib_column {
	uint32_t id;
	const char *name;
	enum mib_type type;
	bool is_writable;
	mib_getter *get;
	size_t offset; /* of the member in the row */
	enum mib_purpose purpose;
};

#define MIB_PREFIX_MAX 4
#define MIB_INDEX_MAX  64

/* What the OIDs of a table begin with. */
enum mib_root {
	MIB_CARDEA, /* MIB_MODULE */
	MIB_ENTITY,
	MIB_ENTITY_SENSOR,
	MIB_ENTITY_STATE,
	MIB_ALARM,
};

/* What is behind the column. */
struct mib_index {
	size_t length;
	uint32_t sub[MIB_INDEX_MAX];
};

/* Rows that are kept in the order of their indexes. */
struct mib_rows {
	size_t (*count)(const struct replica *replica);
	/* position is below the count. */
	const void *(*at)(const struct replica *replica, size_t position);
	void (*index)(const void *row, struct mib_index *ret);
};

/*
 * A table has either rows, which are searched by halves, or find(), for an index of one number
 * from first_row to last_row that is looked up at once. Where most of these numbers are no row,
 * next() says which is. What has rows and is commanded, or tells when it has changed, numbers
 * them for that: find() is by the row's number() then.
 */
struct mib_table {
	enum mib_root root;
	/* What is between the root and the column. */
	uint32_t prefix[MIB_PREFIX_MAX];
	size_t prefix_length;
	const struct mib_column *columns;
	size_t count;
	const struct mib_rows *rows;
	/* NULL when there is no such row. */
	const void *(*find)(const struct replica *replica, uint32_t row);
	/* The first row that is not below from, which is one of the range; 0 when there is none. */
	uint32_t (*next)(const struct replica *replica, uint32_t from);
	uint32_t first_row;
	uint32_t last_row;
	uint32_t (*number)(const void *row); /* NULL: the index */
	/* When rows are commanded: what, from none(1) on, and which of it takes seconds. */
	const char *command_kind;
	const char *const *commands;
	size_t command_count;
	uint32_t lasting_command;
	uint32_t seconds_max;
	/* Whether what is known of the row speaks against it; NULL: never. */
	bool (*is_impossible)(const struct replica *replica, const void *row, uint32_t command);
};

/* Sorted by OID: a table's last column lies before the next table's first one. */
extern const struct mib_table *const mib_tables[];
extern const size_t mib_table_count;

extern const struct mib_table mib_alarm_active_scalars;
extern const struct mib_table mib_alarm_active_table;
extern const struct mib_table mib_alarm_clear_scalars;
extern const struct mib_table mib_alarm_model_scalars;
extern const struct mib_table mib_alarm_model_table;
extern const struct mib_table mib_alarm_overflow;
extern const struct mib_table mib_alarm_stats_table;

extern const struct mib_table mib_entity_alias_table;
extern const struct mib_table mib_entity_contains_table;
extern const struct mib_table mib_entity_physical_table;
extern const struct mib_table mib_entity_scalars;
extern const struct mib_table mib_entity_sensor_table;
extern const struct mib_table mib_entity_state_table;

extern const struct mib_table mib_access_scalars;
extern const struct mib_table mib_alarm_scalars;
extern const struct mib_table mib_alarm_table;
extern const struct mib_table mib_denied_scalars;
extern const struct mib_table mib_denied_table;
extern const struct mib_table mib_event_scalars;
extern const struct mib_table mib_event_table;
extern const struct mib_table mib_fire_scalars;
extern const struct mib_table mib_floor_scalars;
extern const struct mib_table mib_floor_table;
extern const struct mib_table mib_follower_scalars;
extern const struct mib_table mib_follower_table;
extern const struct mib_table mib_health_scalars;
extern const struct mib_table mib_health_table;
extern const struct mib_table mib_log_scalars;
extern const struct mib_table mib_notification_scalars;
extern const struct mib_table mib_notification_table;
extern const struct mib_table mib_server_scalars;
extern const struct mib_table mib_server_table;
extern const struct mib_table mib_device_table;
extern const struct mib_table mib_door_table;
extern const struct mib_table mib_door_scalars;
extern const struct mib_table mib_input_scalars;
extern const struct mib_table mib_input_table;
extern const struct mib_table mib_led_table;
extern const struct mib_table mib_limit_table;
extern const struct mib_table mib_module_output_scalars;
extern const struct mib_table mib_module_output_table;
extern const struct mib_table mib_module_scalars;
extern const struct mib_table mib_module_table;
extern const struct mib_table mib_output_scalars;
extern const struct mib_table mib_output_table;
extern const struct mib_table mib_point_scalars;
extern const struct mib_table mib_point_table;
extern const struct mib_table mib_power_scalars;
extern const struct mib_table mib_rail_table;
extern const struct mib_table mib_reader_scalars;
extern const struct mib_table mib_reader_table;
extern const struct mib_table mib_source_table;
extern const struct mib_table mib_threat_scalars;

/* What RowPointers point at: the first instance of the row. */
void mib_set_row(struct mib_value *value, const struct mib_table *table, uint32_t row);
/* Of what an event is about, "door.1" or "door1.contact"; 0.0 when that has no row. */
void mib_set_row_of(const struct replica *replica, const char *source, struct mib_value *value);
/* The row of mib_point_table. */
uint32_t mib_point_row(const struct inventory_row *point);

/* Getters for members of a row, by the member's type. */
mib_getter mib_get_text;   /* char[] */
mib_getter mib_get_enum;   /* unsigned char */
mib_getter mib_get_truth;  /* bool */
mib_getter mib_get_count;  /* uint32_t, of the column's type */
mib_getter mib_get_number; /* uint64_t */
mib_getter mib_get_time;   /* uint64_t, wall time in us */
mib_getter mib_get_stamp;  /* uint64_t, monotonic time in us */

#endif
