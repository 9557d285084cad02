/* The certificate of a release as a page for readers, in both languages. */
#ifndef PEIL_CLI_CERTIFICATE_PAGE_H
#define PEIL_CLI_CERTIFICATE_PAGE_H

#include "protect/certificate.h"

/* Writes certificate.html into the folder. */
status certificate_page(arena *a, const release_facts *f, const char *folder);

#endif
