#include "follow/again.h"

#include "base/date.h"

static void
again_one(const follow_incidents *in, const follow_window_options *o, size_t p, int32_t index, int32_t end, follow_again_person *r,
          uint8_t counted[])
{
    int32_t case_end = index + o->same_case, last = case_end;
    for (size_t i = in->first[p]; i < in->first[p + 1]; i++) {
        int32_t day = in->date[i];
        int t = in->type ? in->type[i] : 0;
        if (day <= case_end) continue;
        if (day > end) return;
        if (t >= 0) r->types |= 1u << t;
        if (day <= last) continue;
        last = day + o->same_case;
        if (r->incidents++ == 0) r->days = day - index;
        if (counted) counted[i] = 1;
    }
}

status
follow_again(const follow_cohort *c, const follow_incidents *i, const follow_window_options *o, follow_again_person person[],
             uint8_t counted[])
{
    if (o->windows != 1 || o->years[0] < 1 || o->years[0] > 100) FAIL(ST_INVALID, "expected one window of 1 to 100 years");
    if (o->same_case < 0 || o->lag < 0) FAIL(ST_INVALID, "expected days from 0 for the same case and the registration lag");
    if (c->n != i->persons) FAIL(ST_INVALID, "expected as many persons in the incidents as in the cohort");
    if (!i->sorted) FAIL(ST_INVALID, "expected incidents sorted by day within each person");
    int end_year = date_to_parts(o->data_end).year, years = o->years[0];
    int32_t complete = o->data_end - o->lag;
    if (counted && i->persons) memset(counted, 0, i->first[i->persons]);
    for (size_t p = 0; p < c->n; p++) {
        int32_t index = c->index[p], until = c->until ? c->until[p] : DATE_MISSING;
        person[p] = (follow_again_person){.days = -1};
        if (index == DATE_MISSING) continue;
        int32_t end = date_add_years(index, years), seen = end < complete ? end : complete;
        if (until != DATE_MISSING && until < seen) seen = until;
        person[p].observed = seen > index ? seen - index : 0;
        person[p].anniversary = end <= complete && (until == DATE_MISSING || until >= end);
        person[p].calendar = date_to_parts(index).year + years <= end_year;
        again_one(i, o, p, index, end, &person[p], counted);
    }
    return ST_OK;
}
