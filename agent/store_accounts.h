/*
 * The methods of setup, login and accounts. Passwords are yescrypt hashes, made and verified in a
 * worker thread.
 */
#ifndef AGENT_STORE_ACCOUNTS_H
#define AGENT_STORE_ACCOUNTS_H

#include "agent/store_auth.h"

void store_setup_status(struct store *store, struct rpc_request *request,
			const struct caller *caller);
void store_setup_create(struct store *store, struct rpc_request *request,
			const struct caller *caller);
void store_login(struct store *store, struct rpc_request *request, const struct caller *caller);
void store_logout(struct store *store, struct rpc_request *request, const struct caller *caller);
void store_session_check(struct store *store, struct rpc_request *request,
			 const struct caller *caller);
void store_account_list(struct store *store, struct rpc_request *request,
			const struct caller *caller);
void store_account_create(struct store *store, struct rpc_request *request,
			  const struct caller *caller);
void store_account_remove(struct store *store, struct rpc_request *request,
			  const struct caller *caller);
void store_account_password(struct store *store, struct rpc_request *request,
			    const struct caller *caller);

#endif
