/* Certificates and keys for tests, made in memory. What is returned is freed with free(). */
#ifndef TESTS_UNIT_PEM_RIG_H
#define TESTS_UNIT_PEM_RIG_H

#include <openssl/types.h>

/* On the curve P-256; to be freed by EVP_PKEY_free(). */
EVP_PKEY *pem_rig_key(void);
EVP_PKEY *pem_rig_rsa_key(unsigned bits);
/* "CN=name", self-signed with digest, that ends in so many days. */
char *pem_rig_certificate(const char *name, EVP_PKEY *key, const EVP_MD *digest, int days);
/* PKCS #8; encrypted when there is a password. */
char *pem_rig_private(EVP_PKEY *key, const char *password);
/* The texts one behind the other, NULL at the end. */
char *pem_rig_join(const char *first, ...) __attribute__((sentinel));

#endif
