#include "agent/door_feedback.h"

enum feedback_outcome
door_feedback_resting(const struct door_state *state, const struct door_feedback_reader *reader)
{
	if (state->alarm == DOOR_ALARM_FORCED)
		return FEEDBACK_FORCED;
	if (state->alarm == DOOR_ALARM_HELD)
		return FEEDBACK_HELD_OPEN;
	if (state->is_warning)
		return FEEDBACK_PRE_ALARM;
	if (reader->is_busy)
		return FEEDBACK_BUSY;
	if (reader->is_taking_code)
		return FEEDBACK_WAITING_FOR_PIN;
	if (reader->is_taking_card)
		return FEEDBACK_WAITING_FOR_CARD;
	return state->is_released ? FEEDBACK_IDLE_UNLOCKED : FEEDBACK_IDLE_LOCKED;
}
