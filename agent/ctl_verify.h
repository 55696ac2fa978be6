/*
 * Verifies an exported log line by line, without a controller: that no event was changed, removed,
 * inserted or moved, and how far a controller has signed it. Pure: no file, no clock.
 *
 * Lines are what "cardeactl log export" writes: an anchor where a log does not begin with its first
 * event, then events in order.
 */
#ifndef AGENT_CTL_VERIFY_H
#define AGENT_CTL_VERIFY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/checkpoint.h"

struct verify {
	/* What is known beforehand. */
	bool has_key;
	uint8_t key[CHECKPOINT_KEY]; /* without one known, that of the first checkpoint */
	bool has_start;		     /* the event before the first one, and its hash */
	int64_t start_seq;
	char start_hash[CHECKPOINT_HASH + 1];

	/* What was found. */
	bool is_bad;
	int64_t bad_seq; /* the first event that is wrong, or missing */
	char why[200];
	int64_t first; /* 0: no event yet */
	int64_t last;
	char hash[CHECKPOINT_HASH + 1]; /* of the last */
	int64_t signed_upto;		/* 0: no signature */
	int64_t checkpoints;
	int64_t anchor; /* the event before the first one */
	int64_t told;	/* that the log itself says was deleted, up to here */
	bool has_signer;
};

/* 0 when text is a start: "SEQ:HASH"; -EINVAL. */
int verify_start(struct verify *verify, const char *text);
/* 0 when text is a key in hex; -EINVAL. */
int verify_key(struct verify *verify, const char *text);

/* -EBADMSG, now and from then on: verify says what is wrong. size has no line feed. */
int verify_line(struct verify *verify, const char *line, size_t size);
int verify_record(struct verify *verify, const json_t *record);
/* There are no more lines. -EBADMSG: something is missing that must be there. */
int verify_end(struct verify *verify);

#endif
