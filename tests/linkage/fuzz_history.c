/* Any bytes as a file of clusters, as a log to undo and as decisions: rows that hold together, or an error that says why. */
#include "linkage/history.h"
#include "linkage/link.h"

#include "fuzz_file.h"

static const char clusters[] = "record_id,cluster_id,probability\na,1,0.900000\nb,1,0.900000\nc,2,1.000000\n";

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    SCRATCH(tmp);
    link_history h, known;
    link_decided *decision;
    size_t decisions;
    text out;
    fuzz_file file = fuzz_file_open(bytes, n), fixed = fuzz_file_open((const uint8_t *)clusters, sizeof clusters - 1);
    if (link_history_read(tmp, file.path, &h) == ST_OK) {
        for (size_t i = 0; i < h.n; i++)
            if (!h.id[i].n || h.person[i] < 1 || (i && text_compare(h.id[i - 1], h.id[i]) >= 0)) __builtin_trap();
    } else if (!status_detail()[0])
        __builtin_trap();
    if (link_history_read(tmp, fixed.path, &known) != ST_OK) __builtin_trap();
    (void)link_history_undo(tmp, &known, file.path, &out);
    if (link_decisions_read(tmp, file.path, &decisions, &decision) == ST_OK)
        for (size_t i = 0; i < decisions; i++)
            if (!decision[i].a.n || !decision[i].b.n) __builtin_trap();
    close(file.fd);
    close(fixed.fd);
    return 0;
}
