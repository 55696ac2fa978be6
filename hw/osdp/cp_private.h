/*
 * What the files of the control panel share; nobody else includes this.
 *
 * cp_line.c runs the line: one exchange at a time, its timers, who is next. cp_pd.c runs a PD's
 * session: which command is next, when it is lost. cp_reply.c: what a reply means. cp_queue.c:
 * events and waiting commands. cp_secure.c: handshake and session of the secure channel.
 * cp_session.c: what a session takes and what ends it. cp_keys.c: install window, new keys.
 * cp_policy.c: what the caller wants of a PD.
 */
#ifndef HW_OSDP_CP_PRIVATE_H
#define HW_OSDP_CP_PRIVATE_H

#include "hw/osdp/cp_state.h"

/* What a reply did to the exchange. */
enum cp_verdict {
	CP_DONE,  /* The line is free. */
	CP_GO_ON, /* Not the reply waited for. */
	CP_BAD,	  /* No usable reply; the right one may follow. */
	CP_USE,	  /* Not judged yet. */
};

/* cp.c */

void cp_set_baud(struct osdp_cp *cp, uint32_t baud);

/* cp_queue.c */

/* Fills in pd and time. Drops the event if there is no room, which only errors can bring about. */
void cp_push_event(struct osdp_cp *cp, const struct cp_pd *pd, uint64_t now_us,
		   struct osdp_event event);
bool cp_has_event_room(const struct osdp_cp *cp);
/* -ENOSPC: full, and nothing waits for the same target. */
int cp_push_pending(struct cp_pd *pd, uint8_t code, const uint8_t *data, size_t size);
/* Checks that the PD is there and takes it. */
int cp_queue_command(struct osdp_cp *cp, unsigned pd, uint8_t code, const uint8_t *data,
		     size_t size);
bool cp_take_pending(struct cp_pd *pd, struct pending *ret_pending);

/* Errors are counted all, reported less and less often. */
bool cp_is_worth_telling(uint32_t count);

/* cp_pd.c */

/* When the PD wants the line. */
uint64_t cp_pd_ready_us(const struct osdp_cp *cp, const struct cp_pd *pd);
bool cp_pd_is_probe(const struct cp_pd *pd);
bool cp_pd_is_refused(const struct cp_pd *pd, uint8_t code);
/* Composes under the session if there is one. */
void cp_pd_compose(struct cp_pd *pd, uint8_t code, const uint8_t *data, size_t size);
/* Composes a clear command with a security block of one byte. */
void cp_pd_compose_block(struct cp_pd *pd, uint8_t code, const struct osdp_security *block,
			 const uint8_t *data, size_t size);
/* The most data a command to this PD may carry. */
size_t cp_pd_data_max(const struct cp_pd *pd, size_t message_max);
/* Leaves the command to send in pd->command: the unanswered one, or a new one. */
void cp_pd_prepare(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* Starts over with sequence number 0: at once, but not again and again without a pause. */
void cp_pd_lose(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_suspect_reason reason,
		uint64_t now_us);
/* As cp_pd_lose(), but the PD stays what it is, and waiting commands are kept. */
void cp_pd_start_over(struct cp_pd *pd, uint64_t now_us);
/* The exchange brought no good reply. */
void cp_pd_on_miss(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* The rule of 8 seconds; UINT64_MAX if the PD is off line already. */
uint64_t cp_pd_expiry_us(const struct osdp_cp *cp, const struct cp_pd *pd);
void cp_pd_expire(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);

/* cp_reply.c */

/* Changes what reply points to, not what it was made of. */
enum cp_verdict cp_pd_on_reply(struct osdp_cp *cp, struct cp_pd *pd, struct osdp_frame *reply,
			       uint64_t now_us);
void cp_pd_go_online(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* Counts and reports bytes that are no usable reply. */
void cp_pd_on_error(struct osdp_cp *cp, struct cp_pd *pd, int error, uint64_t now_us);

/* cp_secure.c */

bool cp_secure_is_wanted(const struct osdp_cp *cp, const struct cp_pd *pd);
bool cp_secure_is_due_for_renewal(const struct osdp_cp *cp, const struct cp_pd *pd,
				  uint64_t now_us);
/* PHASE_CHLNG, PHASE_SCRYPT. A challenge may fail: then there is no command. */
void cp_secure_challenge(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
void cp_secure_confirm(struct cp_pd *pd);
void cp_secure_on_ccrypt(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
			 uint64_t now_us);
void cp_secure_on_rmac(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		       uint64_t now_us);
/* Makes plain what came. CP_USE: go on with it; else it is dealt with. */
enum cp_verdict cp_secure_unwrap(struct osdp_cp *cp, struct cp_pd *pd, struct osdp_frame *reply,
				 uint64_t now_us);
/* No channel: waits, longer each time, and says so. */
void cp_secure_fail(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_mismatch cause,
		    uint64_t now_us);
/* Ends the session if there is one; what we do on purpose is no loss to tell. */
void cp_secure_close(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_suspect_reason reason,
		     uint64_t now_us);
/*
 * A new handshake without a new start: sequence number 0 would make the PD throw cards away. If
 * the PD does not take it so, it is started over.
 */
void cp_secure_renew(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* With the PDID as the session brought it. */
void cp_secure_check_identity(struct osdp_cp *cp, struct cp_pd *pd, const uint8_t *pdid,
			      uint64_t now_us);
/* With the capabilities as they were said in clear. */
void cp_secure_check_claim(struct osdp_cp *cp, struct cp_pd *pd,
			   const struct osdp_pdcap *capabilities, uint64_t now_us);
/*
 * With those of the session: what was said in clear was forged if it denied AES and they do not.
 * True: the session was refused. A reader that denies AES within its session is just wrong.
 */
bool cp_secure_is_downgraded(struct osdp_cp *cp, struct cp_pd *pd,
			     const struct osdp_pdcap *capabilities, uint64_t now_us);
/* The handshake is behind us: the next failure is the first one again. */
void cp_secure_settle(struct cp_pd *pd);

/* cp_session.c */

/* 2, 4, 8 ... 60 s. */
uint32_t cp_retry_ms(uint32_t failures);
/* An event that is told the 1st, 2nd, 4th ... time. */
void cp_count_nak(struct cp_pd *pd, uint8_t code);
void cp_tell_count(struct osdp_cp *cp, struct cp_pd *pd, enum osdp_event_type type, uint32_t count,
		   uint8_t code, uint64_t now_us);

/* cp_keys.c */

/* A session under SCBK-D is ready for KEYSET. */
void cp_keys_on_pairing(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* SCBK-D is to be used. */
bool cp_keys_is_pairing(const struct osdp_cp *cp, const struct cp_pd *pd);
/* A session stands: commits or drops the pending key. */
void cp_keys_on_session(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* The PD is ready for the rest of an installation. */
void cp_keys_on_online(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* True: another key is to be tried at once. */
bool cp_keys_on_mismatch(struct osdp_cp *cp, struct cp_pd *pd);
/* Composes KEYSET if it is time for it. */
bool cp_keys_compose(struct cp_pd *pd);
void cp_keys_on_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		      uint64_t now_us);
uint64_t cp_keys_expiry_us(const struct osdp_cp *cp);
void cp_keys_expire(struct osdp_cp *cp, uint64_t now_us);

/* cp_status.c */

/* On line any command may bring any of these: some PDs answer LED with what POLL would bring. */
void cp_status_on_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
			uint64_t now_us);
/* What polls do not tell: the state of things when the PD comes on line. */
void cp_status_ask_all(struct cp_pd *pd);

/* cp_file.c */

/* When the next fragment may go; UINT64_MAX: none. */
uint64_t cp_file_ready_us(const struct cp_pd *pd);
uint32_t cp_file_poll_ms(const struct osdp_cp *cp, const struct cp_pd *pd);
/* True: a fragment was composed. */
bool cp_file_compose(struct cp_pd *pd, uint64_t now_us);
void cp_file_on_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
		      uint64_t now_us);
void cp_file_restart(struct cp_pd *pd, uint64_t now_us);
uint64_t cp_file_expiry_us(const struct cp_pd *pd);
void cp_file_expire(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);

/* cp_comset.c */

void cp_comset_on_reply(struct osdp_cp *cp, struct cp_pd *pd, const struct osdp_frame *reply,
			uint64_t now_us);
/* The session is lost; the PD may have moved without its reply having arrived. */
void cp_comset_on_loss(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
/* A good answer. */
void cp_comset_on_answer(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);
uint64_t cp_comset_expiry_us(const struct cp_pd *pd);
void cp_comset_expire(struct osdp_cp *cp, struct cp_pd *pd, uint64_t now_us);

#endif
