/*
 * Every word that the board understands, and who does it; a row is the only place to touch. The
 * handlers are in the file of their subject: do_points.c, do_power.c, do_reader.c, do_module.c,
 * do_show.c.
 */
#ifndef BOARD_TABLE_H
#define BOARD_TABLE_H

#include "board/words.h"

extern const struct words_table board_words;

/* Understands words and does what they say; -EINVAL when they were refused. */
int board_do(struct board *board, unsigned count, const char *const *words,
	     struct outcome *outcome);

/* do_points.c */
int do_set_input(struct board *board, const struct order *order, struct outcome *outcome);
int do_set_ohms(struct board *board, const struct order *order, struct outcome *outcome);
int do_set_drift(struct board *board, const struct order *order, struct outcome *outcome);
int do_set_wired(struct board *board, const struct order *order, struct outcome *outcome);
int do_splice(struct board *board, const struct order *order, struct outcome *outcome);
int do_bounce(struct board *board, const struct order *order, struct outcome *outcome);
int do_casing(struct board *board, const struct order *order, struct outcome *outcome);
int do_button(struct board *board, const struct order *order, struct outcome *outcome);
int do_press(struct board *board, const struct order *order, struct outcome *outcome);
int do_shake(struct board *board, const struct order *order, struct outcome *outcome);
int do_temperature(struct board *board, const struct order *order, struct outcome *outcome);
int do_ramp(struct board *board, const struct order *order, struct outcome *outcome);
int do_fault(struct board *board, const struct order *order, struct outcome *outcome);
int do_works(struct board *board, const struct order *order, struct outcome *outcome);

/* do_power.c */
int do_source(struct board *board, const struct order *order, struct outcome *outcome);
int do_mv(struct board *board, const struct order *order, struct outcome *outcome);
int do_nominal(struct board *board, const struct order *order, struct outcome *outcome);
int do_jumper(struct board *board, const struct order *order, struct outcome *outcome);
int do_load(struct board *board, const struct order *order, struct outcome *outcome);
int do_contacts(struct board *board, const struct order *order, struct outcome *outcome);
int do_safe(struct board *board, const struct order *order, struct outcome *outcome);
int do_power(struct board *board, const struct order *order, struct outcome *outcome);

/* do_reader.c */
int do_badge(struct board *board, const struct order *order, struct outcome *outcome);
int do_reader(struct board *board, const struct order *order, struct outcome *outcome);
int do_reader_swap(struct board *board, const struct order *order, struct outcome *outcome);
int do_reader_swap_keyed(struct board *board, const struct order *order, struct outcome *outcome);
int do_reader_key(struct board *board, const struct order *order, struct outcome *outcome);
int do_reader_power(struct board *board, const struct order *order, struct outcome *outcome);
int do_reader_speed(struct board *board, const struct order *order, struct outcome *outcome);
int do_reader_late(struct board *board, const struct order *order, struct outcome *outcome);
int do_reader_busy(struct board *board, const struct order *order, struct outcome *outcome);
int do_babble(struct board *board, const struct order *order, struct outcome *outcome);
int do_type(struct board *board, const struct order *order, struct outcome *outcome);
int do_inject(struct board *board, const struct order *order, struct outcome *outcome);
int do_storm(struct board *board, const struct order *order, struct outcome *outcome);
int do_show_reader(struct board *board, const struct order *order, struct outcome *outcome);
int do_answered(struct board *board, const struct order *order, struct outcome *outcome);

/* do_module.c */
int do_module_add(struct board *board, const struct order *order, struct outcome *outcome);
int do_module_remove(struct board *board, const struct order *order, struct outcome *outcome);
int do_module(struct board *board, const struct order *order, struct outcome *outcome);
int do_module_key(struct board *board, const struct order *order, struct outcome *outcome);
int do_module_power(struct board *board, const struct order *order, struct outcome *outcome);
int do_module_speed(struct board *board, const struct order *order, struct outcome *outcome);
int do_module_late(struct board *board, const struct order *order, struct outcome *outcome);
int do_show_module(struct board *board, const struct order *order, struct outcome *outcome);
int do_module_input(struct board *board, const struct order *order, struct outcome *outcome);

/* do_show.c */
int do_show(struct board *board, const struct order *order, struct outcome *outcome);
int do_show_point(struct board *board, const struct order *order, struct outcome *outcome);
int do_stop(struct board *board, const struct order *order, struct outcome *outcome);
int do_say(struct board *board, const struct order *order, struct outcome *outcome);

#endif
