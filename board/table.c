#include "board/table.h"

#include "board/board.h"
#include "lib/util.h"

static const struct word rows[] = {
	{ "badge READER [--format FORMAT] [--facility FACILITY] [--card CARD] [--bits HEX] "
	  "[--bit-count BITS] [--reversed]",
	  "hold a card to a reader: of a format (h10301), or raw bits", do_badge },
	{ "reader READER plugged|unplugged|tampered|untampered", "its cable, its cover",
	  do_reader },
	{ "reader READER swap", "another device as new", do_reader_swap },
	{ "reader READER swap keyed", "another device that was given its key",
	  do_reader_swap_keyed },
	{ "reader READER key wrong|default|forget", "the key it holds", do_reader_key },
	{ "reader READER power fails|good", "its own supply", do_reader_power },
	{ "reader READER late DURATION", "it answers so much later than usual", do_reader_late },
	{ "reader READER busy COUNT", "it has no time for so many commands", do_reader_busy },
	{ "reader READER speed BAUD", "the speed that it was set to", do_reader_speed },
	{ "reader READER babbles|quiet", "it disturbs its line", do_babble },
	{ "type READER KEYS", "on its keypad", do_type },
	{ "inject BUS HEX", "noise on a reader bus", do_inject },
	{ "storm MILLISECONDS", "all readers badge at once", do_storm },
	{ "answered READER", "cards of storms that were answered", do_answered },

	{ "module add BUS ADDRESS [--inputs CHANNELS] [--outputs CHANNELS]",
	  "put an expansion module on a bus (8 and 8)", do_module_add },
	{ "module BUS ADDRESS remove", "and take it away", do_module_remove },
	{ "module BUS ADDRESS plugged|unplugged|tampered|untampered|swap",
	  "its cable, its cover, another one as new", do_module },
	{ "module BUS ADDRESS key wrong|default|forget", "the key it holds", do_module_key },
	{ "module BUS ADDRESS power fails|good", "its own supply", do_module_power },
	{ "module BUS ADDRESS late DURATION", "it answers so much later than usual",
	  do_module_late },
	{ "module BUS ADDRESS speed BAUD", "the speed that it was set to", do_module_speed },
	{ "module BUS ADDRESS input CHANNEL inactive|active|short|cut|fault", "one of its inputs",
	  do_module_input },

	{ "set INPUT open|closed|short|cut|fault", "its switch, its wires, itself", do_set_input },
	{ "set REX pressed|released", "the button at a door", do_set_input },
	{ "set INPUT ohms OHMS", "its resistance, until the switch is moved", do_set_ohms },
	{ "set INPUT drift PERCENT", "its resistors age", do_set_drift },
	{ "set INPUT wired SCHEME", "its end-of-line resistors", do_set_wired },
	{ "set INPUT splice RATE up to PERCENT", "a splice corrodes", do_splice },
	{ "set INPUT bounce COUNT within PERIOD", "its switch moves, and bounces", do_bounce },

	{ "set casing open|closed", "the cover of the controller", do_casing, "casing" },
	{ "set button pressed|released", "the control button", do_button, "button" },
	{ "press [DURATION]", "hold the control button (200ms)", do_press, "button" },
	{ "shake [DURATION]", "move the controller (1s)", do_shake, "motion" },
	{ "temperature CELSIUS", "inside the controller", do_temperature, "temperature" },
	{ "temperature RANGE over PERIOD", "the same, slowly", do_ramp, "temperature" },

	{ "power on|off", "all supplies at once", do_power },
	{ "set SUPPLY on|off", "connect a supply", do_source },
	{ "set RAIL mv MV", "its voltage", do_mv },
	{ "set RAIL mv nominal", "its voltage as it should be", do_nominal },
	{ "set JUMPER none|12|24", "what it puts on COM, in volts", do_jumper },
	{ "load LOAD MA", "what is connected draws that much", do_load },
	{ "set CONTACTS wired no|nc", "where its load is connected", do_contacts },
	{ "set RELAY safe on|off", "where it goes when nobody drives it", do_safe },

	{ "fault POINT [TEXT...]", "it stops working", do_fault },
	{ "works POINT", "it works again", do_works },
	{ "show", "every point and reader", do_show },
	{ "show reader READER", "one reader: its panel, its key, its firmware", do_show_reader },
	{ "show module BUS ADDRESS", "one module: its inputs and outputs", do_show_module },
	{ "show POINT", "one point, for a LED its last changes", do_show_point },
	{ "stop", "what goes on by itself: scripts, ramps, splices, noise", do_stop },
	{ "say TEXT...", "in a script: tell who watches", do_say },
};

const struct words_table board_words = { rows, ARRAY_LEN(rows) };

int
board_do(struct board *board, unsigned count, const char *const *words, struct outcome *outcome)
{
	struct order order;
	int r = words_parse(&board_words, count, words, &order, outcome);

	if (r == 0) {
		r = order.word->run(board, &order, outcome);
		board_settle(board);
	}
	order_done(&order);
	return r;
}
