/*
 * The method that takes the holidays of an iCalendar file into a group of special days.
 */
#ifndef AGENT_STORE_SPECIAL_DAYS_H
#define AGENT_STORE_SPECIAL_DAYS_H

#include "agent/store_auth.h"

void store_special_days_import(struct store *store, struct rpc_request *request,
			       const struct caller *caller);
/* Forgets the pieces. */
void store_upload_drop(struct store_upload *upload);

#endif
