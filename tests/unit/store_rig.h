/*
 * The databases of a store without its sockets: objects are written and the log is read.
 */
#ifndef TESTS_UNIT_STORE_RIG_H
#define TESTS_UNIT_STORE_RIG_H

#include "agent/store.h"
#include "agent/store_auth.h"
#include "agent/store_objects_write.h"

struct store_rig {
	char *dir;
	char *config_path;
	char *events_path;
	struct agent_options options;
	struct store store;
	struct caller caller;
	struct store_refusal refusal; /* of what was not done */
	int64_t id;		      /* of what was done */
};

void store_rig_start(struct store_rig *rig);
void store_rig_stop(struct store_rig *rig);
/* As the store's start and its end. */
void store_rig_open(struct store_rig *rig);
void store_rig_close(struct store_rig *rig);

/* Creates an object (id 0) or changes members of one; JSON with ' in place of ". 0 when done. */
int store_rig_put(struct store_rig *rig, const char *kind, int64_t id, const char *members);
int store_rig_remove(struct store_rig *rig, const char *kind, int64_t id, bool with_credentials);
/* As it is stored, a new reference. */
json_t *store_rig_load(struct store_rig *rig, const char *kind, int64_t id);

/* All events once everything is on disk, a new reference. */
json_t *store_rig_events(struct store_rig *rig);
/* The same as one text; free with free(). */
char *store_rig_log(struct store_rig *rig);
/* One number of config.db, -1 without a row. */
int64_t store_rig_select(struct store_rig *rig, const char *sql);

#endif
