/*
 * The private enterprise number: the root of CARDEA-MIB and the suffix of syslog's structured
 * data ids. 32473 is the one that RFC 5612 sets aside for documentation; a maker who ships this
 * puts his own here and in mibs/CARDEA-SMI.txt (tests/unit/test_mibs.c holds the two together).
 */
#ifndef LIB_ENTERPRISE_H
#define LIB_ENTERPRISE_H

#define CARDEA_ENTERPRISE 32473

#endif
