/* Numbers as readers of a language write them: 1.234 and 12,3 in Dutch, 1,234 and 12.3 in English. */
#ifndef PEIL_PUBLISH_NUMBER_H
#define PEIL_PUBLISH_NUMBER_H

#include "base/words.h"
#include "publish/html.h"

enum { NUMBER_BYTES = 48 };

/* Rounded half to even on the binary value, a true minus sign, groups of three. */
void number_format(language in, double value, int decimals, char out[NUMBER_BYTES]);

/* "22 november 2026", "22 November 2026". */
const char *number_date(html *h, language in, int32_t day);

#endif
