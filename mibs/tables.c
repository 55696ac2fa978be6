/* Every table, in the order of OIDs. */
#include "lib/util.h"
#include "mibs/table.h"

const struct mib_table *const mib_tables[] = {
	&mib_entity_physical_table, &mib_entity_alias_table,  &mib_entity_contains_table,
	&mib_entity_scalars,	    &mib_entity_sensor_table, &mib_entity_state_table,
	&mib_device_table,	    &mib_door_table,	      &mib_door_scalars,
	&mib_reader_table,	    &mib_reader_scalars,      &mib_point_table,
	&mib_limit_table,	    &mib_point_scalars,	      &mib_input_table,
	&mib_input_scalars,	    &mib_output_table,	      &mib_output_scalars,
	&mib_source_table,	    &mib_rail_table,	      &mib_led_table,
	&mib_power_scalars,	    &mib_module_table,	      &mib_module_scalars,
};
const size_t mib_table_count = ARRAY_LEN(mib_tables);
