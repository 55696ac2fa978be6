/*
 * What goes on by itself on the board: a ramp, a splice that corrodes, a contact that bounces, a
 * button that is held. A course has a next time and a step; the board runs them in the order of
 * their times, whoever is late. No clock of its own.
 */
#ifndef BOARD_COURSE_H
#define BOARD_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COURSES_MAX 64

struct board;
struct course;

/* Runs at course->at_us; has moved at_us on, or returns false: it is over. */
typedef bool course_step(struct board *board, struct course *course);

struct course {
	course_step *step; /* NULL: this place is free */
	uint64_t at_us;
	uint64_t number; /* of two at the same time the one that was started first is first */
	size_t subject;	 /* a point's position, a reader ... with step it is unique */
	uint64_t period_us;
	uint64_t started_us;
	int64_t value;
	int64_t target;
	unsigned left;
	bool is_device; /* it belongs to the controller, no story of people ends it */
};

struct courses {
	struct course rows[COURSES_MAX];
	uint64_t started;
};

/*
 * A course of the same step and subject is replaced. The caller fills the rest of what it returns;
 * NULL when too many go on.
 */
struct course *course_start(struct courses *courses, course_step *step, size_t subject,
			    uint64_t at_us);
void course_stop(struct courses *courses, course_step *step, size_t subject);
/* NULL when it does not go on. */
struct course *course_find(struct courses *courses, course_step *step, size_t subject);
/* All but the device's own. */
void course_stop_stories(struct courses *courses);
/* The next one; NULL for none. */
struct course *course_next(struct courses *courses);

#endif
