/*
 * OSDP control panel (SIA OSDP 2.2) for one RS-485 line with up to 24 PDs: eight readers and
 * sixteen modules.
 *
 * Pure: bytes in, bytes out, time is the argument now_us (monotonic). No allocation after
 * osdp_cp_new(). The caller loops: hand over what the line brought, tick, write the output, take
 * the events, sleep until the deadline. Hand received bytes over before the tick, or a late
 * wake-up looks like a silent PD. While events are not taken nothing is polled, so that cards
 * wait in the readers and are not lost here.
 *
 * Security is a matter of the policy of each PD and never of what the PD says. A PD whose policy
 * is "required" is on line only in a secure channel under its own key; no reply, NAK or
 * capability makes the panel fall back. Keys leave the panel in the event KEY_PENDING only.
 */
#ifndef HW_OSDP_CP_H
#define HW_OSDP_CP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/osdp/cp_event.h"
#include "hw/osdp/delay.h"
#include "hw/osdp/message.h"
#include "hw/osdp/secure.h"

enum {
	OSDP_CP_PDS_MAX = 24,
	OSDP_NAK_CODES = 11,
};

struct osdp_cp;

enum osdp_protection {
	OSDP_CLEAR_ALLOWED, /* Cards in clear. An explicit decision; the caller warns of it. */
	OSDP_SECURE_REQUIRED,
};

struct osdp_policy {
	enum osdp_protection protection;
	bool has_key;
	bool has_pending; /* Sent before a power cut, perhaps: both are tried. */
	bool has_former;  /* As pending, and before an operator's own key took its place. */
	bool has_cuid;	  /* Of the device that was paired. */
	bool has_identity;
	uint8_t key[OSDP_KEY_SIZE];
	uint8_t pending[OSDP_KEY_SIZE];
	uint8_t former[OSDP_KEY_SIZE];
	uint8_t cuid[OSDP_CUID_SIZE];
	struct osdp_pdid identity;
};

/* A zero takes the value in brackets. */
struct osdp_cp_config {
	uint32_t baud; /* [9600] */
	unsigned pd_count;
	uint8_t address[OSDP_CP_PDS_MAX];
	uint32_t poll_ms;	   /* [50] Target period of a PD's polls. */
	uint32_t reply_timeout_ms; /* [200] From the end of a command to the first byte. */
	uint32_t probe_timeout_ms; /* [30] Most probes; least for polls of a PD known as quick. */
	uint32_t char_timeout_ms;  /* [20] 100 where USB or a pty is in the path. */
	uint32_t offline_ms;	   /* [8000] Without a good exchange. */
	uint32_t probe_ms;	   /* [1000] Between probes of absent PDs on the line. */
	uint32_t slow_probe_ms;	   /* [5000] Between probes of one PD absent for a minute. */
	uint32_t session_ms;	   /* [86400000] A secure channel is made anew after that. */
	struct osdp_policy policy[OSDP_CP_PDS_MAX];
	/* From the kernel's generator; 0 or a negative errno. NULL: no secure channel. */
	int (*fill_random)(void *context, uint8_t *bytes, size_t size);
	void *random_context;
};

enum osdp_pd_state {
	OSDP_PD_OFFLINE,
	OSDP_PD_SUSPECT, /* Was on line, is being attached again. */
	OSDP_PD_ONLINE,
	OSDP_PD_KEY_MISMATCH, /* Answers, but there is no secure channel; see the event. */
};

/* They wrap; nobody resets them. */
struct osdp_counters {
	uint32_t polls;
	uint32_t timeouts;
	uint32_t frame_errors; /* CRC, length, unusable payload. */
	uint32_t naks;
	uint32_t busy;
	uint32_t retries;
	uint32_t cards;
	uint32_t restarts;  /* Sessions lost. */
	uint32_t stale;	    /* Replies that nobody waited for. */
	uint32_t unhandled; /* Replies of kinds this panel does not use. */
	uint32_t sessions;  /* Secure channels established. */
	uint32_t mismatches;
	uint32_t mac_errors;
	uint32_t plain;		/* Status sent without encryption within a session, accepted. */
	uint32_t plain_refused; /* Anything else so sent. */
	uint32_t naks_by_code[OSDP_NAK_CODES]; /* The last one counts all others. */
	struct osdp_delay delay;
	struct osdp_delay interval; /* Between polls of this PD while it is on line. */
	uint32_t odd; /* Deviations that were tolerated: lengths, replies of another kind. */
};

/* -EINVAL: no PD, too many, an address above 0x7E or used twice. */
int osdp_cp_new(const struct osdp_cp_config *config, struct osdp_cp **ret_cp);
void osdp_cp_free(struct osdp_cp *cp);

/*
 * A PD joins the line while it runs, or leaves it; the others do not notice. A new one takes the
 * place of one that has left, or the next one. Take all events before: those of a place are its
 * new PD's from here on. -EINVAL: no such address or PD. -EADDRINUSE. -ENOSPC: OSDP_CP_PDS_MAX are
 * there.
 */
int osdp_cp_add(struct osdp_cp *cp, uint8_t address, const struct osdp_policy *policy,
		uint64_t now_us, unsigned *ret_pd);
int osdp_cp_remove(struct osdp_cp *cp, unsigned pd, uint64_t now_us);

void osdp_cp_receive(struct osdp_cp *cp, const uint8_t *bytes, size_t size, uint64_t now_us);

/*
 * While the line is not open nothing is sent, and nobody has missed anything: a PD that was not
 * asked is asked at once when the line opens. How long PDs have been silent counts on. Begins open.
 */
void osdp_cp_open(struct osdp_cp *cp, bool is_open);

/* Time-outs and the next command. Call it after receive and when the deadline has come. */
void osdp_cp_tick(struct osdp_cp *cp, uint64_t now_us);

/* Moves bytes for the line to buf and returns how many. Write them at once: timers run. */
size_t osdp_cp_take_output(struct osdp_cp *cp, uint8_t *buf, size_t size);

/* When to call osdp_cp_tick() at the latest; may be past. UINT64_MAX: only events block. */
uint64_t osdp_cp_deadline_us(const struct osdp_cp *cp);

bool osdp_cp_take_event(struct osdp_cp *cp, struct osdp_event *ret_event);

/*
 * Queue a command; it goes before polls, and is dropped when the session is lost: repeat it on
 * ONLINE. When the queue is full, the youngest waiting command of the same kind for the same
 * reader and LED is overwritten. -ENOSPC: there is none. -ENOTCONN: the PD is not on line.
 * -ENOTSUP: the PD has refused this command. -EINVAL: no such PD, or forbidden values.
 */
int osdp_cp_led(struct osdp_cp *cp, unsigned pd, const struct osdp_led *led);
int osdp_cp_buzzer(struct osdp_cp *cp, unsigned pd, const struct osdp_buzzer *buzzer);

/*
 * Other keys, another protection: the session starts over, an install window of this PD ends.
 * Nothing happens when all is as before. -EINVAL: no such PD.
 */
int osdp_cp_set_policy(struct osdp_cp *cp, unsigned pd, const struct osdp_policy *policy,
		       uint64_t now_us);

/*
 * Key life cycle. A new key is offered in KEY_PENDING; nothing is sent before the caller says that
 * it is stored safely. Then KEYSET, a handshake with the new key, KEY_COMMITTED. If that fails the
 * old key is used on: KEY_DROPPED. An own key may take the place of a pending one that an absent PD
 * has perhaps: that is tried on, too. With KEY_DROPPED it is the pending one again.
 */

struct osdp_install {
	bool is_replacement; /* A key is there, and the reader was reset on purpose. */
	uint32_t window_ms;  /* [300000] */
	/*
	 * NULL: made here, and made anew once the first one works. Else it is tried before SCBK-D
	 * is used at all: a reader that was given it elsewhere needs no KEYSET.
	 */
	const uint8_t *own_key;
	bool is_key_later; /* The caller knows it once PAIRING has said which device this is. */
};

/*
 * Opens the install window: the only time when SCBK-D is accepted and sent. It ends by itself with
 * INSTALL_ENDED. -EEXIST: the PD has a key, and is_replacement is false. -EBUSY: a window is open,
 * or own_key would be the third that an absent PD may have. -EKEYREJECTED: own_key is weak. -EIO:
 * no random key to be had. -EINVAL: no such PD.
 */
int osdp_cp_install(struct osdp_cp *cp, unsigned pd, const struct osdp_install *install,
		    uint64_t now_us);
/*
 * The key of a window with is_key_later, after PAIRING. It must be safe already: KEY_PENDING does
 * not come. -ENOTCONN: no such PD waits for one. -EKEYREJECTED: it is weak.
 */
int osdp_cp_give_key(struct osdp_cp *cp, unsigned pd, const uint8_t key[OSDP_KEY_SIZE]);
void osdp_cp_install_cancel(struct osdp_cp *cp, uint64_t now_us);
bool osdp_cp_is_installing(const struct osdp_cp *cp);

/*
 * Replaces the key within the session. own_key NULL: made here. -ENOTCONN: no secure channel.
 * -EALREADY: under way. -EKEYREJECTED, -EIO, -EINVAL as above.
 */
int osdp_cp_rotate(struct osdp_cp *cp, unsigned pd, const uint8_t *own_key, uint64_t now_us);

/* The pending key is safe now. -ENOENT: there is none. */
int osdp_cp_key_stored(struct osdp_cp *cp, unsigned pd);

/* The operator says that the replaced device is right: the next one seen is pinned. */
int osdp_cp_accept_device(struct osdp_cp *cp, unsigned pd);

/* Several outputs in one command. -EMSGSIZE: more than the PD takes. */
int osdp_cp_output(struct osdp_cp *cp, unsigned pd, const struct osdp_output *outputs,
		   unsigned count);
int osdp_cp_text(struct osdp_cp *cp, unsigned pd, const struct osdp_text *text);
/* OSDP_CMD_LSTAT, ISTAT, OSTAT or RSTAT; the answer is an event. */
int osdp_cp_ask(struct osdp_cp *cp, unsigned pd, uint8_t code);
int osdp_cp_keep_active(struct osdp_cp *cp, unsigned pd, uint16_t ms);
int osdp_cp_abort(struct osdp_cp *cp, unsigned pd);
/* -EMSGSIZE: more than OSDP_BLOB_MAX or the PD takes. The answer is the event MESSAGE. */
int osdp_cp_manufacturer(struct osdp_cp *cp, unsigned pd, const uint8_t vendor[OSDP_VENDOR_SIZE],
			 const uint8_t *data, size_t size);
int osdp_cp_transparent(struct osdp_cp *cp, unsigned pd, const uint8_t *data, size_t size);

/*
 * Gives a PD another address, or another speed if it is alone on its line. The panel follows what
 * the PD answers, and goes back when the PD is not heard there. -EBUSY: one is under way.
 * -EADDRINUSE. -ENOTSUP: a speed for one of several.
 */
int osdp_cp_comset(struct osdp_cp *cp, unsigned pd, const struct osdp_comset *comset);
/* A PD is found elsewhere: nobody is told to move. -EADDRINUSE; -EINVAL: no such PD or place. */
int osdp_cp_place(struct osdp_cp *cp, unsigned pd, const struct osdp_comset *line, uint64_t now_us);
uint32_t osdp_cp_baud(const struct osdp_cp *cp);
uint8_t osdp_cp_address(const struct osdp_cp *cp, unsigned pd);

struct osdp_file {
	uint8_t type; /* 1: opaque. */
	uint32_t size;
	const uint8_t *data; /* Borrowed until FILE_ENDED. */
};

/* Polls go on meanwhile. -EBUSY: one is under way. -EINVAL: an empty file. */
int osdp_cp_file_send(struct osdp_cp *cp, unsigned pd, const struct osdp_file *file,
		      uint64_t now_us);
int osdp_cp_file_cancel(struct osdp_cp *cp, unsigned pd, uint64_t now_us);

/* The session is under a key of the PD's own. */
bool osdp_cp_pd_is_secure(const struct osdp_cp *cp, unsigned pd);
enum osdp_pd_state osdp_cp_pd_state(const struct osdp_cp *cp, unsigned pd);
/* Borrowed from cp; NULL: no such PD. */
const struct osdp_counters *osdp_cp_pd_counters(const struct osdp_cp *cp, unsigned pd);

#endif
