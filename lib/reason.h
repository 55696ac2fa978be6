/*
 * Why access was denied: the one vocabulary of decisions, events, MIB and APIs. Names are those of
 * ONVIF's access control service where it has one, else ours; append.
 */
#ifndef LIB_REASON_H
#define LIB_REASON_H

/* Enumerator, name on the wire, name as a QName in ONVIF's APIs, what an operator reads. */
#define REASONS(X)                                                                                 \
	X(REASON_CREDENTIAL_NOT_ENABLED, "CredentialNotEnabled", "CredentialNotEnabled",           \
	  "the credential or its holder is not enabled")                                           \
	X(REASON_CREDENTIAL_NOT_ACTIVE, "CredentialNotActive", "CredentialNotActive",              \
	  "the credential is not valid yet")                                                       \
	X(REASON_CREDENTIAL_EXPIRED, "CredentialExpired", "CredentialExpired",                     \
	  "the credential is no longer valid")                                                     \
	X(REASON_INVALID_PIN, "InvalidPIN", "InvalidPIN", "the PIN is wrong")                      \
	X(REASON_NOT_PERMITTED_NOW, "NotPermittedAtThisTime", "NotPermittedAtThisTime",            \
	  "a profile gives access here, but not now")                                              \
	X(REASON_UNAUTHORIZED, "Unauthorized", "Unauthorized", "no profile gives access here")     \
	X(REASON_OTHER, "Other", "Other", "the controller cannot decide")                          \
	X(REASON_UNKNOWN_IDENTIFIER, "InvalidIdentifierValue", "pt:InvalidIdentifierValue",        \
	  "nobody has this card or code")                                                          \
	X(REASON_ANTI_PASSBACK, "AntiPassbackViolation", "pt:AntiPassbackViolation",               \
	  "the holder is somewhere else")                                                          \
	X(REASON_DOOR_BLOCKED, "DoorBlocked", "odc:DoorBlocked",                                   \
	  "the door or access point is out of use")                                                \
	X(REASON_LOCKDOWN, "Lockdown", "odc:Lockdown", "the door is locked down")                  \
	X(REASON_INTERLOCK, "Interlock", "odc:Interlock", "another door of the interlock is open") \
	X(REASON_SECOND_PERSON_MISSING, "SecondPersonMissing", "odc:SecondPersonMissing",          \
	  "no second person was let in with the first")                                            \
	X(REASON_ESCORT_MISSING, "EscortMissing", "odc:EscortMissing", "no escort was there")      \
	X(REASON_AREA_FULL, "AreaFull", "odc:AreaFull", "the area holds no more people")           \
	X(REASON_PIN_LOCKED, "PinLocked", "odc:PinLocked", "locked out after wrong PINs")          \
	X(REASON_BAD_PARITY, "BadParity", "odc:BadParity", "the card's bits do not add up")        \
	X(REASON_UNKNOWN_FORMAT, "UnknownFormat", "odc:UnknownFormat",                             \
	  "no format in use has this length")                                                      \
	X(REASON_FACILITY_MISMATCH, "FacilityMismatch", "odc:FacilityMismatch",                    \
	  "not a facility code of the degraded mode")                                              \
	X(REASON_READER_INSECURE, "ReaderInsecure", "odc:ReaderInsecure",                          \
	  "the reader is not online or not secured")                                               \
	X(REASON_CLOCK_INVALID, "ClockInvalid", "odc:ClockInvalid",                                \
	  "the time is not known well enough")

enum reason {
	REASON_NONE,
#define REASONS_ENUM(symbol, ...) symbol,
	REASONS(REASONS_ENUM)
#undef REASONS_ENUM
		REASON_COUNT,
};

/* "Unauthorized"; NULL for REASON_NONE. */
const char *reason_name(enum reason reason);
/* As ONVIF's APIs spell it. */
const char *reason_qname(enum reason reason);
/* A clause for people; "" for REASON_NONE. */
const char *reason_text(enum reason reason);

#endif
