#include "agent/store_inventory.h"

#include "lib/inventory.h"
#include "lib/model.h"
#include "lib/util.h"

static json_t *
describe_point(const struct inventory_row *row)
{
	json_t *point = json_pack(
		"{ss,ss,si,si,si,si,ss,ss,si,si,si,ss,sb,sb,ss}", "id", row->id, "kind",
		inventory_kind_name(row->kind), "index", (int) row->index, "door", (int) row->door,
		"place", (int) row->place, "block", (int) row->block, "pins", row->pins,
		"functions", row->functions, "max_mv", (int) row->max_mv, "max_ma",
		(int) row->max_ma, "max_mw", (int) row->max_mw, "budget",
		inventory_budget_name(row->budget), "supervisable", row->is_supervisable, "fitted",
		row->is_fitted, "label", row->label);
	unsigned input = inventory_input_number(row);
	unsigned output = inventory_output_number(row);

	if (input)
		(void) json_object_set_new(point, "input", json_integer(input));
	if (output)
		(void) json_object_set_new(point, "output", json_integer(output));
	return point;
}

static json_t *
describe_points(void)
{
	json_t *points = json_array();

	for (size_t i = 0; i < inventory_count(); i++)
		(void) json_array_append_new(points, describe_point(inventory_at(i)));
	return points;
}

static json_t *
describe_places(void)
{
	json_t *places = json_array();

	for (size_t i = 0; i < inventory_place_count(); i++) {
		const struct inventory_place_row *place = inventory_place((enum inventory_place) i);
		(void) json_array_append_new(
			places,
			json_pack("{si,ss,ss,si,si,ss}", "place", (int) place->place, "name",
				  place->name, "label", place->label, "blocks", (int) place->blocks,
				  "pins", (int) place->pins, "wiring", place->wiring));
	}
	return places;
}

static json_t *
describe_limits(void)
{
	json_t *limits = json_array();

	for (size_t i = 0; i < inventory_limit_count(); i++) {
		const struct inventory_limit *limit = inventory_limit_at(i);
		(void) json_array_append_new(
			limits, json_pack("{ss,ss,si,si,si,sI}", "budget",
					  inventory_budget_name(limit->budget), "source",
					  inventory_source_name(limit->source), "rail_mv",
					  (int) limit->rail_mv, "max_ma", (int) limit->max_ma,
					  "max_mw", (int) limit->max_mw, "limit_ma",
					  (json_int_t) inventory_limit_ma(limit)));
	}
	return limits;
}

void
store_inventory(struct store *store UNUSED, struct rpc_request *request,
		const struct caller *caller UNUSED)
{
	rpc_reply(request, json_pack("{si,si,si,so,so,so}", "doors", DOORS, "doors_model",
				     DOORS_MODEL, "readers", READERS, "points", describe_points(),
				     "places", describe_places(), "limits", describe_limits()));
}
