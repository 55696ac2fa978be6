/*
 * Expansion modules as the door role sees them: inputs and outputs on a reader line, which come
 * and go by configuration. They speak in a secure channel only, each under a key of its own that is
 * made of the host's; nobody here knows the host's key.
 *
 * Modules, buses, inputs and outputs count from 1; bit n - 1 of a mask is number n.
 */
#ifndef HW_MODULE_H
#define HW_MODULE_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/reader.h"

struct hw;

#define HW_MODULE_POINTS       MODULE_POINTS /* inputs, and outputs, of one module */
#define HW_MODULE_PULSE_MS_MAX 6553500

enum hw_module_input {
	HW_MODULE_INACTIVE,
	HW_MODULE_ACTIVE,
	HW_MODULE_SHORT,
	HW_MODULE_CUT,
	HW_MODULE_FAULT,
	HW_MODULE_UNKNOWN,
};

/* "inactive", "active", "short", "cut", "fault", "unknown". */
const char *hw_module_input_name(enum hw_module_input state);

/* Where a module is. */
struct hw_module_place {
	unsigned bus;
	uint8_t address;
};

struct hw_module {
	unsigned module;
	struct hw_module_place place;
	bool is_online;
	bool is_tampered;
	bool has_power_failure;
	enum hw_security security;
	const char *cause; /* why there is no session, see hw_reader_cause_text(); or NULL */
	bool wants_key;	   /* give it the key of this device */
	bool has_device;
	uint8_t cuid[READER_CUID_BYTES];
	char vendor[8]; /* OUI in hex */
	unsigned model;
	uint32_t serial;
	char firmware[16];
	unsigned input_count; /* as the module says once it is on line */
	unsigned output_count;
	enum hw_module_input inputs[HW_MODULE_POINTS];
	uint32_t outputs;
	uint32_t polls;
	uint32_t timeouts;
	uint32_t errors;
};

/*
 * Puts a module on a line, moves it, or with NULL takes it away; its neighbours do not notice.
 * -ENOENT: there is no such bus. -EADDRINUSE: somebody else is at the address. -ENOSPC: the line
 * is full. Then the module is nowhere.
 */
int hw_set_module(struct hw *hw, unsigned module, const struct hw_module_place *place);
/* -ENOENT: it is nowhere. */
int hw_module(const struct hw *hw, unsigned module, struct hw_module *ret);

/* The key of one device; key NULL: there is none any more. -ENOENT: the module is nowhere. */
int hw_module_set_key(struct hw *hw, unsigned module, const uint8_t cuid[READER_CUID_BYTES],
		      const uint8_t *key);
/*
 * For window_ms a module as it comes from its maker may be given its key: the only time when the
 * published key of new devices is accepted. 0: no longer. -ENOENT.
 */
int hw_module_install(struct hw *hw, unsigned module, uint32_t window_ms);

/*
 * Switches outputs. ms 0: for good; else on for so long, rounded up to 100 ms, by the module's own
 * timer, which nobody here has to end. -ENOENT; -ENOTCONN: not on line; -EINVAL: no such output;
 * -ENOTSUP: the module refuses.
 */
int hw_module_set_outputs(struct hw *hw, unsigned module, uint32_t mask, bool is_on, uint32_t ms);

/* As hw_reader_file_send(), and the end is told by on_work(). */
int hw_module_file_send(struct hw *hw, unsigned module, const uint8_t *data, uint32_t size);
int hw_module_file_cancel(struct hw *hw, unsigned module);

#endif
