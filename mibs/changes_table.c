/* When the tables have last changed: a scalar beside each. */
#include "lib/util.h"
#include "mibs/table.h"

#define CHANGED(part) (offsetof(struct replica, changed_mono_us) + (part) * sizeof(uint64_t))

#define SCALAR(number, name, part)                                                  \
	{                                                                           \
		number, name, MIB_TICKS, false, mib_get_stamp, CHANGED(PART_##part) \
	}

static const void *
find(const struct replica *replica, uint32_t row UNUSED)
{
	return replica;
}

#define TABLE(symbol, group)                          \
	const struct mib_table symbol##_scalars = {   \
		.prefix = { 1, group },               \
		.prefix_length = 2,                   \
		.columns = symbol##_columns,          \
		.count = ARRAY_LEN(symbol##_columns), \
		.find = find,                         \
	}

static const struct mib_column mib_reader_columns[] = {
	SCALAR(2, "cardeaReaderTableLastChange", READERS),
};
static const struct mib_column mib_input_columns[] = {
	SCALAR(2, "cardeaInputTableLastChange", INPUTS),
};
static const struct mib_column mib_output_columns[] = {
	SCALAR(2, "cardeaOutputTableLastChange", OUTPUTS),
};
static const struct mib_column mib_module_columns[] = {
	SCALAR(2, "cardeaModuleTableLastChange", MODULES),
};
static const struct mib_column mib_module_output_columns[] = {
	SCALAR(4, "cardeaModuleOutputTableLastChange", MODULE_OUTPUTS),
};

TABLE(mib_reader, 3);
TABLE(mib_input, 6);
TABLE(mib_output, 7);
TABLE(mib_module, 9);
TABLE(mib_module_output, 9);
