/*
 * A device on a reader bus, be it a reader or an expansion module: its OSDP side, its cable, its
 * cover, what it keeps in its flash, and how it misbehaves when it is told to. Readers and modules
 * embed it and add what they are for.
 */
#ifndef BOARD_PERIPHERAL_H
#define BOARD_PERIPHERAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/osdp/pd.h"

struct peripheral {
	char *path; /* of the file with what survives a power cut: serial number, key, address */
	struct osdp_pd_config config;
	struct osdp_pd *pd;
	uint32_t baud; /* as it was set or told; 0: that of its line */
	bool is_plugged;
	bool is_tampered;
	bool has_power_fault;
	bool is_to_restart; /* it has taken a new firmware */
	unsigned power_ups;
	uint64_t late_us; /* how much later than usual it answers */
	unsigned files;	  /* complete ones */
	uint8_t file_type;
	size_t file_size;
	uint32_t file_hash;
	uint8_t last_command; /* of the rare ones: MFG, XWR, ABORT ...; 0 for none */
	size_t last_size;
};

/* config is filled but for key and random; NAME.memory in memory_dir is its flash. */
void peripheral_init(struct peripheral *peripheral, const char *memory_dir, const char *name);
void peripheral_done(struct peripheral *peripheral);
/* Takes it from its place for good: what it kept is gone. */
void peripheral_forget(struct peripheral *peripheral);
/* It starts with what it has kept. */
void peripheral_power_up(struct peripheral *peripheral);
/*
 * What people do to it: "plugged", "unplugged" (it hears and says nothing), "tampered",
 * "untampered"; "swap" for another device as new, or with "keyed" for one that holds the same
 * key; "key" with "wrong" for that of another system, "default" or "forget" for the one it had
 * when it was new; "power" with "fails" or "good" for its own supply. -EINVAL: none of these.
 */
int peripheral_set(struct peripheral *peripheral, const char *word, const char *argument);
/* As its switches say, or the maker's tool. */
void peripheral_set_baud(struct peripheral *peripheral, uint32_t baud);
/* What is the same for every device: keys, speeds, files. */
void peripheral_take_event(struct peripheral *peripheral, const struct osdp_pd_event *event);
/* Adds address, serial, firmware ... to what a page shows of it. */
void peripheral_show(const struct peripheral *peripheral, json_t *object);

#endif
