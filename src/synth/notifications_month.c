/* The day of the first report: labour exploitation in 2020 peaks in March, April and May. */
#include "base/date.h"
#include "synth/notifications.h"
#include "synth/select.h"

enum { LAST = SYNTH_YEARS - 1, MONTHS = 12 };

void
synth_month_draw(rng *r, size_t n, synth_victim victims[])
{
    static const double even[MONTHS] = {9, 8, 9, 8, 8, 8, 7, 7, 9, 9, 9, 8}, peak[MONTHS] = {5, 5, 19, 21, 17, 7, 5, 4, 5, 4, 4, 4};
    static const double quiet[MONTHS] = {11, 10, 8, 6, 6, 8, 9, 8, 9, 9, 8, 8};
    for (size_t i = 0; i < n; i++) {
        synth_victim *x = &victims[i];
        const double *weight = x->year != LAST ? even : x->forms & SYNTH_LABOUR ? peak : quiet;
        int32_t first = 0, next = 0;
        int year = SYNTH_YEAR_FIRST + x->year, month = 1 + (int)synth_choose(r, MONTHS, weight);
        (void)date_from_parts((date_parts){year, month, 1}, &first);
        (void)date_from_parts((date_parts){year + month / MONTHS, month % MONTHS + 1, 1}, &next);
        x->first = first + (int32_t)rng_below(r, (uint64_t)(next - first));
    }
}
