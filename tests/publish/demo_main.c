/* demo_report FOLDER: write the report of demo.c, to look at and for tests/web. */
#include "demo.h"

#include <stdio.h>

int
main(int argc, char **argv)
{
    SCRATCH(a);
    document d;
    if (argc != 2) return 64;
    status code = demo_document(a, &d);
    if (code == ST_OK) code = publish_write(&d, argv[1], NULL);
    if (code != ST_OK) fprintf(stderr, "demo_report: %s (%s)\n", status_text(code), status_detail());
    return status_exit_code(code);
}
