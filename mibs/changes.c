#include "mibs/changes.h"

#include "lib/clock.h"
#include "lib/inventory.h"
#include "lib/util.h"
#include "mibs/replica.h"
#include "mibs/table.h"

/* FNV-1a */
#define HASH_BASIS UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

/* Where a table's rows are, and in a row its stamp. */
#define ROWS(table, member, type)                                                            \
	{                                                                                    \
		table, offsetof(struct replica, member), sizeof(type), offsetof(type, stamp) \
	}

static const struct {
	const struct mib_table *table;
	size_t rows; /* in struct replica, from row 0 */
	size_t size;
	size_t stamp;
} parts[PARTS] = {
	[PART_READERS] = ROWS(&mib_reader_table, readers, struct replica_reader),
	[PART_INPUTS] = ROWS(&mib_input_table, inputs, struct replica_input),
	[PART_OUTPUTS] = ROWS(&mib_output_table, outputs, struct replica_output),
	[PART_SOURCES] = ROWS(&mib_source_table, power.sources, struct replica_source),
	[PART_RAILS] = ROWS(&mib_rail_table, power.rails, struct replica_rail),
	[PART_LEDS] = ROWS(&mib_led_table, power.leds, struct replica_led),
	[PART_MODULES] = ROWS(&mib_module_table, modules, struct replica_module),
	[PART_MODULE_OUTPUTS] =
		ROWS(&mib_module_output_table, module_outputs, struct replica_module_output),
	[PART_FLOORS] = ROWS(&mib_floor_table, access.floors, struct replica_floor),
	[PART_FIRE] = ROWS(&mib_fire_scalars, access.fire, struct replica_fire),
	[PART_SERVERS] = ROWS(&mib_server_table, log.servers, struct replica_server),
	[PART_HEALTH] = ROWS(&mib_health_table, health.rows, struct health_row),
};

static uint64_t
hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *each = bytes;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ each[i]) * HASH_PRIME;
	return hash;
}

static bool
is_state(const struct mib_column *column)
{
	return column->purpose == MIB_PURPOSE_STATE && column->type != MIB_COUNTER32 &&
	       column->type != MIB_COUNTER64 && column->type != MIB_TICKS &&
	       column->get != mib_get_time;
}

static uint64_t
hash_row(const struct replica *replica, const struct mib_table *table, const void *row)
{
	uint64_t hash = HASH_BASIS;

	if (!row)
		return 0;
	for (size_t i = 0; i < table->count; i++) {
		const struct mib_column *column = &table->columns[i];
		struct mib_value value;
		if (!is_state(column))
			continue;
		column->get(replica, column, row, &value);
		hash = hash_bytes(hash, &value.number, sizeof(value.number));
		hash = hash_bytes(hash, &value.size, sizeof(value.size));
		if (value.type == MIB_OCTETS)
			hash = hash_bytes(hash, value.bytes, value.size);
	}
	return hash ? hash : 1;
}

static void
note_row(struct replica *replica, enum replica_part part, const struct mib_table *table,
	 const void *row, struct replica_stamp *stamp)
{
	uint64_t hash = hash_row(replica, table, row);

	if (hash == stamp->hash)
		return;
	*stamp = (struct replica_stamp){ hash, clock_mono_us(), clock_wall_us() };
	replica->changed_mono_us[part] = stamp->mono_us;
}

static void
note_part(struct replica *replica, enum replica_part part)
{
	const struct mib_table *table = parts[part].table;
	char *rows = (char *) replica + parts[part].rows;

	for (uint32_t i = table->first_row; i <= table->last_row; i++) {
		void *stamp = rows + i * parts[part].size + parts[part].stamp;
		note_row(replica, part, table, table->find(replica, i), stamp);
	}
}

void
changes_note(struct replica *replica, unsigned which)
{
	for (unsigned i = 0; i < PARTS; i++)
		if (which & PART_BIT(i) && parts[i].table)
			note_part(replica, i);
	for (size_t i = 0; which & PART_BIT(PART_POINTS) && i < INVENTORY_ROWS; i++)
		note_row(replica, PART_POINTS, &mib_point_table, inventory_at(i),
			 &replica->point_stamps[i]);
}
