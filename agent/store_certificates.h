/*
 * Certificates in the store: PEM comes in once, is proved, and is kept as it was understood. A key
 * is sealed under the device's key, bound to the public key of its certificate, and is told to the
 * forwarder alone.
 */
#ifndef AGENT_STORE_CERTIFICATES_H
#define AGENT_STORE_CERTIFICATES_H

#include "agent/store_auth.h"
#include "agent/store_objects_write.h"

/*
 * Proves the PEM of a certificate that is about to be stored and puts what is kept of it into its
 * place; and that a log server's client certificate has a key. Other kinds are left as they are.
 * -EINVAL fills refusal.
 */
int store_certificates_keep(struct store *store, const struct object_change *change,
			    struct store_refusal *refusal);

/* Says of the certificates that a log server refers to which ones they are now: ca_version and
 * certificate_version. For the live object and for tests, not to be stored. */
void store_certificates_mark(struct store *store, json_t *server);

/* The method certificate.material: {version, certificates, key?}. */
void store_certificate_material(struct store *store, struct rpc_request *request,
				const struct caller *caller);

#endif
