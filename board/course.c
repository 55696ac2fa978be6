#include "board/course.h"

#include "lib/util.h"

struct course *
course_find(struct courses *courses, course_step *step, size_t subject)
{
	for (size_t i = 0; i < COURSES_MAX; i++)
		if (courses->rows[i].step == step && courses->rows[i].subject == subject)
			return &courses->rows[i];
	return NULL;
}

struct course *
course_start(struct courses *courses, course_step *step, size_t subject, uint64_t at_us)
{
	struct course *course = course_find(courses, step, subject);

	for (size_t i = 0; i < COURSES_MAX && !course; i++)
		if (!courses->rows[i].step)
			course = &courses->rows[i];
	if (!course)
		return NULL;
	*course = (struct course){
		.step = step,
		.at_us = at_us,
		.number = ++courses->started,
		.subject = subject,
	};
	return course;
}

void
course_stop(struct courses *courses, course_step *step, size_t subject)
{
	struct course *course = course_find(courses, step, subject);

	if (course)
		*course = (struct course){ 0 };
}

void
course_stop_stories(struct courses *courses)
{
	for (size_t i = 0; i < COURSES_MAX; i++)
		if (!courses->rows[i].is_device)
			courses->rows[i] = (struct course){ 0 };
}

struct course *
course_next(struct courses *courses)
{
	struct course *next = NULL;

	for (size_t i = 0; i < COURSES_MAX; i++) {
		struct course *course = &courses->rows[i];
		if (!course->step)
			continue;
		if (!next || course->at_us < next->at_us ||
		    (course->at_us == next->at_us && course->number < next->number))
			next = course;
	}
	return next;
}
