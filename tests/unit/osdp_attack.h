/*
 * What an attacker on the simulated line needs; see osdp_line.h for its hooks. Bytes begin with
 * the mark.
 */
#ifndef TESTS_UNIT_OSDP_ATTACK_H
#define TESTS_UNIT_OSDP_ATTACK_H

#include "tests/unit/osdp_line.h"

bool attack_decode(const uint8_t *bytes, size_t size, struct osdp_frame *ret_frame);

unsigned attack_count_commands(const struct line *line, unsigned first, uint8_t code);

/* Nothing was sent in clear but what may be. */
bool attack_finds_no_clear_command(const struct line *line);

/* Replaces a reply by a clear one under the same sequence number; data is that of a NAK. */
void attack_replace_reply(uint8_t *bytes, size_t *size, const struct osdp_frame *old, uint8_t code,
			  uint8_t data);

/* A hook: NAK 5 to every challenge. */
void attack_refuse_challenge(struct line *line, uint8_t *bytes, size_t *size);

#endif
