/*
 * One virtual reader: an OSDP peripheral with an LED, a pile of cards and a memory of what became
 * of each of them.
 */
#ifndef BOARD_READER_H
#define BOARD_READER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What storm remembers of a reader's cards. */
#define STORM_CARDS_MAX 65535

struct peripheral;
struct polls;
struct reader;

/* What it would keep in its flash is a file in memory_dir. */
struct reader *reader_new(const char *memory_dir, unsigned number, uint8_t address);
void reader_free(struct reader *reader);

/* Bytes from the line; writes the reply and returns its size. */
size_t reader_exchange(struct reader *reader, const uint8_t *bytes, size_t size, uint64_t now_us,
		       uint8_t *reply, size_t reply_size);

/* -ENOSPC when eight cards wait already. */
int reader_badge(struct reader *reader, unsigned bit_count, const uint8_t *data);
/* It forgets what does not survive a loss of power. */
void reader_power_up(struct reader *reader);
/* As peripheral_set(). */
int reader_set(struct reader *reader, const char *word, const char *argument);
/* Its cable, its cover and its OSDP side; borrowed. */
struct peripheral *reader_peripheral(struct reader *reader);
/* Digits, '*' and '#'; -ENOSPC when four lots of them wait already. */
int reader_type(struct reader *reader, const char *keys);

/*
 * Badges H10301 cards with the reader's number as facility code and 1, 2, 3 ... as card number
 * as fast as the bus takes them, until the time is over. A new storm goes on counting.
 */
void reader_storm(struct reader *reader, uint64_t until_us);

/* {"led","buzzes","waiting","sent","answered","plugged","secure", ...}; a new reference. */
json_t *reader_show(const struct reader *reader, uint64_t now_us);
/* How regularly it was polled; borrowed. */
struct polls *reader_polls(struct reader *reader);
/* Numbers of the storm's cards that the controller has answered with its LED. */
json_t *reader_answered(const struct reader *reader);

#endif
