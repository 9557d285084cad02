#include "cli/stat.h"
status
stat_tables(arena *a, const options *o, const char *method)
{
    (void)a, (void)o;
    FAIL(ST_USAGE, "no such method: %s; peil stat --help lists them", method);
}
