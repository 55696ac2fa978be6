/* Certificates that the store keeps: those of CAs, or the controller's own with its key. */
#include "lib/certificate.h"
#include "lib/model_fields.h"

static const struct field contents[] = {
	{ .name = "expires",
	  .type = FIELD_TIME,
	  .flags = FIELD_READ_ONLY,
	  .label = "Valid until",
	  .doc = "It is refused from then on." },
	{ .name = "fingerprint",
	  .type = FIELD_TEXT,
	  .flags = FIELD_READ_ONLY,
	  .max = CERTIFICATE_FINGERPRINT_SIZE,
	  .label = "SHA-256" },
	{ .name = "issuer",
	  .type = FIELD_TEXT,
	  .flags = FIELD_READ_ONLY,
	  .max = CERTIFICATE_NAME_SIZE,
	  .label = "Issuer" },
	{ .name = "subject",
	  .type = FIELD_TEXT,
	  .flags = FIELD_READ_ONLY,
	  .max = CERTIFICATE_NAME_SIZE,
	  .label = "Subject" },
};
static const struct field_table content = { contents, ARRAY_LEN(contents) };

static const struct field fields[] = {
	{ .name = "certificates",
	  .type = FIELD_TEXT,
	  .flags = FIELD_REQUIRED | FIELD_SECRET,
	  .min = 1,
	  .max = CERTIFICATE_TEXT_MAX,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Certificates",
	  .doc = "As PEM: those of the CAs to be trusted; or the controller's own first, and "
		 "behind it those that signed it." },
	{ .name = "contents",
	  .type = FIELD_LIST,
	  .flags = FIELD_READ_ONLY,
	  .max = CERTIFICATES_EACH,
	  .items = &content,
	  .fallback = "[]",
	  .label = "Contents",
	  .doc = "What the certificates say of themselves." },
	{ .name = "has_key",
	  .type = FIELD_BOOL,
	  .flags = FIELD_READ_ONLY,
	  .fallback = "false",
	  .label = "With key",
	  .doc = "The controller can show the first certificate as its own." },
	{ .name = "key",
	  .type = FIELD_TEXT,
	  .flags = FIELD_SECRET,
	  .max = CERTIFICATE_KEY_MAX,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Private key",
	  .doc = "As PEM, without a password: that of the first certificate, when it is the "
		 "controller's own. It is never shown." },
	{ .name = "name",
	  .type = FIELD_STRING,
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = 64,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Name",
	  .doc = "What people call it." },
};

const struct model_kind model_certificate = {
	.name = "certificate",
	.plural = "certificates",
	.max = CERTIFICATES,
	.fields = { fields, ARRAY_LEN(fields) },
};
