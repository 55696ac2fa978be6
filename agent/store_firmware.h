/*
 * Firmware for readers and modules that comes with the controller's software: files of a directory
 * that only the packages write. What an operator uploads goes to the door role directly.
 */
#ifndef AGENT_STORE_FIRMWARE_H
#define AGENT_STORE_FIRMWARE_H

#include "agent/store_auth.h"

/* Methods: which files there are, and giving one to the door role as if it were uploaded. */
void store_firmware_list(struct store *store, struct rpc_request *request,
			 const struct caller *caller);
void store_firmware_bundled(struct store *store, struct rpc_request *request,
			    const struct caller *caller);

#endif
