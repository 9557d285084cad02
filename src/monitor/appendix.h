/* The chapter that defines whom the figures count: each population, the rules it is followed by, and who was left out. */
#ifndef PEIL_MONITOR_APPENDIX_H
#define PEIL_MONITOR_APPENDIX_H

#include "monitor/definition.h"
#include "protect/report.h"
#include "publish/document.h"

/* A chapter "populations" with a table of exclusions for each population, numbered B1 and on, in the order of the definition; those of the
 * notifications first. Errors ST_NO_MEMORY */
status appendix_chapter(arena *out, const monitor_definition *d, const protect_result *report, chapter *result);

#endif
