/* Released figures as files for machines: long CSV in the C locale, described by CSV on the Web metadata. */
#ifndef PEIL_PUBLISH_DATA_H
#define PEIL_PUBLISH_DATA_H

#include "publish/document.h"

/* figure,row,column,value,state: codes, a decimal point, empty where no number is shown. */
status data_csv(arena *a, size_t n, const figure *const figures[], text *out);
/* The metadata of data_csv of one figure (or of all: f NULL), for the file `url` beside it. */
status data_csvw(arena *a, const document *d, const figure *f, const char *url, text *out);
/* figure,axis,code,dimension,nl,en: what the codes mean. */
status data_codes(arena *a, size_t n, const figure *const figures[], text *out);

#endif
