/*
 * What the OSDP control panel tells its caller; see cp.h.
 *
 * Only OSDP_EV_KEY_PENDING carries a secret: who takes it seals it and wipes the event.
 */
#ifndef HW_OSDP_CP_EVENT_H
#define HW_OSDP_CP_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/osdp/message.h"
#include "hw/osdp/secure.h"

enum osdp_suspect_reason {
	OSDP_SUSPECT_SILENT,	  /* A command and its retries brought no good reply. */
	OSDP_SUSPECT_RESTARTED,	  /* A reply with sequence number 0. */
	OSDP_SUSPECT_SEQUENCE,	  /* NAK 4. */
	OSDP_SUSPECT_SECURITY,	  /* NAK 5 or 6 in clear within a session. */
	OSDP_SUSPECT_CLEAR_REPLY, /* Another clear reply within a session. */
	OSDP_SUSPECT_MAC,
	OSDP_SUSPECT_POLICY, /* The operator's doing: keys, an install window, COMSET. */
	OSDP_SUSPECT_PLAIN,  /* Data without encryption within a session. */
};

/* Why there is no secure channel. */
enum osdp_mismatch {
	OSDP_MISMATCH_NONE,
	OSDP_MISMATCH_NO_KEY,	   /* The policy wants one, and there is none yet. */
	OSDP_MISMATCH_NO_RANDOM,   /* The caller's random function failed. */
	OSDP_MISMATCH_SECURITY,	   /* NAK 5 to CHLNG or SCRYPT. */
	OSDP_MISMATCH_ENCRYPTION,  /* NAK 6. */
	OSDP_MISMATCH_REFUSED,	   /* Another NAK, or a reply that is no answer. */
	OSDP_MISMATCH_KEY_FLAG,	   /* The reader has answered with another key than asked for. */
	OSDP_MISMATCH_CUID,	   /* Not the device that was paired. */
	OSDP_MISMATCH_CRYPTOGRAM,  /* The reader has another key. */
	OSDP_MISMATCH_RMAC_STATUS, /* SCS_14 says failed. */
	OSDP_MISMATCH_RMAC_VALUE,
	OSDP_MISMATCH_DOWNGRADE, /* Capabilities in clear deny AES, those of the session do not. */
	OSDP_MISMATCH_COUNT,
};

enum osdp_key_use { OSDP_KEY_CURRENT, OSDP_KEY_PENDING, OSDP_KEY_FORMER, OSDP_KEY_DEFAULT };

enum osdp_event_type {
	OSDP_EV_ONLINE, /* After each attach; LEDs are as the PD starts them. */
	OSDP_EV_SUSPECT,
	OSDP_EV_OFFLINE,	  /* offline_ms without a good exchange. */
	OSDP_EV_IDENTITY_CHANGED, /* Comes before ONLINE: the device was replaced. */
	OSDP_EV_CARD,
	OSDP_EV_TAMPER,
	OSDP_EV_POWER,
	OSDP_EV_FRAME_ERROR, /* The 1st, 2nd, 4th, 8th, ... of a PD. */
	OSDP_EV_NAK,	     /* Each new one of a PD; of equal ones the 1st, 2nd, 4th ... */

	/* Secure channel. */
	OSDP_EV_SC_ESTABLISHED,
	OSDP_EV_SC_LOST,	      /* With the reason of SUSPECT. */
	OSDP_EV_KEY_MISMATCH,	      /* Of equal ones the 1st, 2nd, 4th ... */
	OSDP_EV_DEFAULT_KEY_SEEN,     /* Outside a window; no key was sent. */
	OSDP_EV_DOWNGRADE,	      /* Capabilities without AES where the policy wants it. */
	OSDP_EV_MAC_ERROR,	      /* The 1st, 2nd, 4th ... */
	OSDP_EV_PLAIN_DATA,	      /* Data not encrypted within a session: it is ended. */
	OSDP_EV_INTERFERENCE,	      /* Sessions are being broken from outside. */
	OSDP_EV_FOREIGN_TALKER,	      /* A reply nobody asked for. */
	OSDP_EV_CUID_DIFFERS,	      /* From the authenticated PDID. */
	OSDP_EV_CAPABILITIES_CHANGED, /* Since the last attach, or by a forger in clear. */
	OSDP_EV_PAIRING,	      /* In an install window: this device is about to get a key. */
	OSDP_EV_KEY_PENDING,	      /* Seal it, then call osdp_cp_key_stored(). */
	OSDP_EV_KEY_COMMITTED,	      /* The pending key is the key. */
	OSDP_EV_KEY_DROPPED,	      /* The pending key will not be used. */
	OSDP_EV_INSTALL_ENDED,

	/* Readers and I/O modules. Points: when they change, and when they were asked for. */
	OSDP_EV_KEYPAD,
	OSDP_EV_INPUTS,
	OSDP_EV_OUTPUTS,
	OSDP_EV_READERS,
	OSDP_EV_MESSAGE, /* MFGREP, MFGSTATR, MFGERRR, XRD */
	OSDP_EV_FILE_PROGRESS,
	OSDP_EV_FILE_ENDED,
	OSDP_EV_COMSET_ENDED, /* Set osdp_cp_baud() on the line whenever it changes. */
};

/* What passes through the panel untouched. */
struct osdp_blob {
	uint8_t code;
	uint16_t size;
	uint8_t data[OSDP_BLOB_MAX];
};

struct osdp_event {
	enum osdp_event_type type;
	unsigned pd;	     /* Index into osdp_cp_config.address. */
	uint64_t at_mono_us; /* When the last byte of the frame was handed over. */
	union {
		struct {
			bool has_identity; /* False: the PD refuses ID. */
			struct osdp_pdid identity;
			struct osdp_pdcap capabilities;
		} online; /* ONLINE, PAIRING */
		enum osdp_suspect_reason suspect;
		struct {
			struct osdp_pdid before;
			struct osdp_pdid after;
		} identity;
		struct osdp_raw card;
		bool is_active; /* TAMPER, POWER: the new state. */
		struct {
			int error; /* Of osdp_frame_decode() or osdp_unpack_x(). */
			uint32_t count;
		} frame_error;
		struct {
			uint8_t command;
			struct osdp_nak nak;
			uint32_t count; /* Of this NAK to this command in a row. */
		} nak;
		struct {
			enum osdp_key_use key;
			uint8_t cuid[OSDP_CUID_SIZE]; /* Pin it: policy.cuid. */
		} established;
		struct {
			enum osdp_mismatch cause;
			uint32_t count;
			uint32_t retry_ms;
			bool has_claim; /* What the device says it is, unproven. */
			struct osdp_pdid claim;
			uint8_t cuid[OSDP_CUID_SIZE];
		} mismatch;
		struct {
			uint8_t code; /* PLAIN_DATA: of the reply. FOREIGN_TALKER: its address. */
			uint32_t count;
		} odd; /* DEFAULT_KEY_SEEN, MAC_ERROR, PLAIN_DATA, FOREIGN_TALKER */
		struct {
			enum osdp_suspect_reason reason;
			uint32_t retry_ms;
		} interference;
		uint8_t key[OSDP_KEY_SIZE];
		bool is_paired; /* INSTALL_ENDED */
		struct osdp_keys keys;
		struct osdp_points points;
		struct osdp_blob message;
		struct {
			uint32_t offset;
			uint32_t total;
			/*
			 * Of FILE_ENDED. 0: done. -EREMOTEIO: the PD's status says why. -ETIMEDOUT:
			 * no progress. -ENOTSUP: refused. -ECANCELED.
			 */
			int error;
			int16_t status; /* enum osdp_ftstat_status */
		} file;
		struct {
			bool is_done;		 /* False: everything is as it was before. */
			struct osdp_comset line; /* What counts now. */
		} comset;
	};
};

#endif
