/*
 * Errors as the REST interface tells them: application/problem+json (RFC 9457). The table maps
 * the codes of docs/PROTOCOL.md and our own ones to status lines; any thread may read it.
 */
#ifndef WWW_PROBLEM_H
#define WWW_PROBLEM_H

/* Codes that only HTTP has. */
#define PROBLEM_CROSS_ORIGIN	 "cross_origin"
#define PROBLEM_BAD_METHOD	 "method_not_allowed"
#define PROBLEM_LENGTH_REQUIRED	 "length_required"
#define PROBLEM_URI_TOO_LONG	 "uri_too_long"
#define PROBLEM_HEADER_TOO_LARGE "header_too_large"
#define PROBLEM_MEDIA_TYPE	 "unsupported_media_type"
#define PROBLEM_TOO_LARGE	 "too_large"
#define PROBLEM_BAD_JSON	 "bad_json"

/* Why a request is refused; made of static strings. */
struct refusal {
	const char *code;
	const char *message;
};

/* The status of a code; 500 for a code that the table does not know. */
unsigned problem_status(const char *code);
/* The document; field may be NULL. Free with free(). */
char *problem_text(const char *code, const char *message, const char *field);

#endif
