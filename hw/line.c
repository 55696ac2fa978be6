#include "hw/line.h"

#include <errno.h>

#include "hw/bus.h"
#include "hw/hw.h"
#include "hw/line_test.h"

int
hw_line(const struct hw *hw, unsigned number, struct hw_line *ret)
{
	struct bus *bus = hw_bus(hw, number);

	if (!bus)
		return -ENOENT;
	bus_line(bus, ret);
	return 0;
}

unsigned
hw_line_of(const struct hw *hw, unsigned reader)
{
	struct hw_line line;
	struct bus *bus;

	if (hw_find_seat(hw, reader, &bus) < 0)
		return 0;
	bus_line(bus, &line);
	return line.bus;
}

int
hw_line_scan(struct hw *hw, unsigned number, const struct hw_line_scan *scan)
{
	struct bus *bus = hw_bus(hw, number);

	return bus ? bus_scan(bus, scan) : -ENOENT;
}

int
hw_line_scan_stop(struct hw *hw, unsigned number)
{
	struct bus *bus = hw_bus(hw, number);

	return bus ? bus_scan_stop(bus) : -ENOENT;
}

int
hw_reader_trace(const struct hw *hw, unsigned reader, uint64_t after, char line[],
		uint64_t *ret_number)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_trace(bus, after, line, ret_number);
}

uint64_t
hw_reader_trace_last(const struct hw *hw, unsigned reader)
{
	struct bus *bus;

	return hw_find_seat(hw, reader, &bus) < 0 ? 0 : bus_trace_last(bus);
}

json_t *
hw_reader_diagnostics(const struct hw *hw, unsigned reader)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? NULL : bus_diagnostics(bus, (unsigned) seat);
}

int
hw_reader_move(struct hw *hw, unsigned reader, unsigned address, uint32_t baud)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_move(bus, (unsigned) seat, address, baud);
}

int
hw_reader_place(struct hw *hw, unsigned reader, unsigned address, uint32_t baud)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_place(bus, (unsigned) seat, address, baud);
}

int
hw_reader_standard_place(const struct hw *hw, unsigned reader, unsigned *ret_address,
			 uint32_t *ret_baud)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	if (seat < 0)
		return seat;
	bus_standard_place(bus, (unsigned) seat, ret_address, ret_baud);
	return 0;
}

int
hw_reader_text(struct hw *hw, unsigned reader, const char *text, unsigned seconds)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_text(bus, (unsigned) seat, text, seconds);
}

int
hw_reader_output(struct hw *hw, unsigned reader, unsigned output, bool is_on, unsigned ms)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_output(bus, (unsigned) seat, output, is_on, ms);
}

int
hw_reader_file_send(struct hw *hw, unsigned reader, const uint8_t *data, uint32_t size)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_file_send(bus, (unsigned) seat, data, size);
}

int
hw_reader_file_cancel(struct hw *hw, unsigned reader)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_file_cancel(bus, (unsigned) seat);
}

int
hw_line_test(struct hw *hw, unsigned reader, unsigned exchanges)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_test(bus, (unsigned) seat, exchanges);
}

int
hw_line_test_stop(struct hw *hw, unsigned reader)
{
	struct bus *bus;
	int seat = hw_find_seat(hw, reader, &bus);

	return seat < 0 ? seat : bus_test_stop(bus, (unsigned) seat);
}

int
hw_line_tested(const struct hw *hw, unsigned number, struct hw_line_test *ret)
{
	const struct bus *bus = hw_bus(hw, number);

	return bus ? bus_tested(bus, ret) : -ENOENT;
}
