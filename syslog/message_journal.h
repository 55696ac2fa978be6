/*
 * An entry of the journal, field by field, as a message. Pure.
 */
#ifndef SYSLOG_MESSAGE_JOURNAL_H
#define SYSLOG_MESSAGE_JOURNAL_H

#include "syslog/message.h"

/* A message of the journal that has no fields yet. */
void message_journal_begin(struct message *message);
/* Whether a field is one that a record has room for. */
bool message_journal_wants(const char *bytes, size_t size);
/* "NAME=value" as the journal has it; what no record holds is passed over. It is borrowed. */
void message_journal_take(struct message *message, const char *bytes, size_t size);

/* The parameters of cardeaJournal: for the documentation. */
extern const struct message_fixed message_journal_fixed[];
extern const size_t message_journal_fixed_count;

#endif
