/* Between the jailed child that parses a system file and its parent: tagged messages on a pipe, own byte order. Private to
 * spss_*.c. The parent trusts no length in them. */
#ifndef PEIL_TABLE_SPSS_WIRE_H
#define PEIL_TABLE_SPSS_WIRE_H

#include "base/text.h"

enum spss_message {
    SPSS_VARIABLE = 'V', /* u8 kind, name, label set */
    SPSS_LABEL = 'L',    /* label set, u8 string?, double or text, label */
    SPSS_NUMBER = 'N',   /* double */
    SPSS_STRING = 'S',   /* text */
    SPSS_MISSING = 'M',
    SPSS_ERROR = 'X', /* text: libreadstat's words */
    SPSS_END = 'E'
};

enum spss_kind { SPSS_KIND_NUMBER, SPSS_KIND_STRING, SPSS_KIND_DATE };

enum { SPSS_TEXT_LIMIT = 1 << 20, SPSS_COLUMN_LIMIT = 20000 };

/* Seconds between the SPSS epoch (14 October 1582) and 1970-01-01, in days. */
#define SPSS_EPOCH_DAYS 141428

/* Parse `bytes`, write messages to `pipe`, and end the process. Called in the child, which is locked in first. */
_Noreturn void spss_child(text bytes, int pipe);

#endif
