/* Released figures as files for machines: long CSV in the C locale, described by CSV on the Web metadata. */
#ifndef PEIL_PUBLISH_DATA_H
#define PEIL_PUBLISH_DATA_H

#include "publish/document.h"

/* figure,row,column,value,state: codes, a decimal point, empty where no number is shown. */
status data_csv(arena *a, size_t n, const figure *const figures[], text *out);
/* The metadata of data_csv of one figure (or of all: f NULL), for the file `url` beside it. */
status data_csvw(arena *a, const document *d, const figure *f, const char *url, text *out);
/* The tests of figures, those without tests left out: figure,test,method, a column a measure, state, reason. An empty value: not of this test, too low
 * to print (then p_below says so), or withheld; state confidential and the reason say that something was. */
status data_tests(arena *a, size_t n, const figure *const figures[], text *out);
/* The metadata of data_tests; `f` says which measures there are. */
status data_tests_csvw(arena *a, const document *d, const figure *f, const char *url, text *out);
/* figure,axis,code,dimension,nl,en: what the codes mean. */
status data_codes(arena *a, size_t n, const figure *const figures[], text *out);

#endif
