/*
 * The REST interface's side in the loop: takes an exchange, calls the store as the client's
 * session, fills the answer. Nothing here runs in the HTTP thread.
 */
#ifndef WWW_API_H
#define WWW_API_H

struct api;
struct event_base;
struct exchange;
struct hub;

/* run_dir holds the store's agent.sock. */
struct api *api_new(struct event_base *base, const char *run_dir);
/* Answers what is under way; the mailbox must be closed. */
void api_stop(struct api *api);
void api_free(struct api *api);

/* For mailbox_new(); context is the api. */
void api_handle(struct exchange *exchange, void *context);
struct hub *api_hub(struct api *api);

#endif
