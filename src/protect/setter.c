#include "protect/setter.h"

#include <stdlib.h>
#include <string.h>

status
setter_new(arena *tmp, const binary_problem *p, setter *s)
{
    s->p = p;
    CHECK(binary_columns_of(tmp, p, &s->columns));
    ALLOC(tmp, s->value, p->n);
    ALLOC(tmp, s->least, p->rows);
    ALLOC(tmp, s->most, p->rows);
    ALLOC(tmp, s->trail, p->n);
    ALLOC(tmp, s->queue, p->rows);
    ALLOC(tmp, s->queued, p->rows);
    ALLOC(tmp, s->broken, p->rows);
    return ST_OK;
}

void
setter_clear(setter *s)
{
    const binary_problem *p = s->p;
    memset(s->value, -1, p->n);
    memset(s->queued, 0, p->rows);
    memset(s->broken, 0, p->rows);
    s->set = s->queues = 0;
    for (size_t i = 0; i < p->rows; i++) {
        s->least[i] = s->most[i] = 0;
        for (uint32_t k = p->start[i]; k < p->start[i + 1]; k++) *(p->coefficient[k] < 0 ? &s->least[i] : &s->most[i]) += p->coefficient[k];
    }
}

void
setter_set(setter *s, uint32_t j, int8_t value)
{
    s->value[j] = value;
    s->trail[s->set++] = j;
    for (uint32_t k = s->columns.first[j]; k < s->columns.first[j + 1]; k++) {
        uint32_t i = s->columns.row[k];
        int32_t a = s->columns.coefficient[k];
        if (value == (a > 0)) s->least[i] += abs(a);
        else s->most[i] -= abs(a);
        if (!s->queued[i]) {
            s->queued[i] = 1;
            s->queue[s->queues++] = i;
        }
    }
}

void
setter_undo(setter *s, size_t mark)
{
    while (s->set > mark) {
        uint32_t j = s->trail[--s->set];
        for (uint32_t k = s->columns.first[j]; k < s->columns.first[j + 1]; k++) {
            uint32_t i = s->columns.row[k];
            int32_t a = s->columns.coefficient[k];
            if (s->value[j] == (a > 0)) s->least[i] -= abs(a);
            else s->most[i] += abs(a);
        }
        s->value[j] = -1;
    }
    while (s->queues > 0) s->queued[s->queue[--s->queues]] = 0;
}

bool
setter_follow(setter *s, bool give_up)
{
    const binary_problem *p = s->p;
    while (s->queues > 0) {
        uint32_t i = s->queue[--s->queues];
        s->queued[i] = 0;
        if (s->broken[i]) continue;
        if (s->most[i] < p->lower[i] || s->least[i] > p->upper[i]) {
            s->blamed = i;
            if (!give_up) return false;
            s->broken[i] = 1;
            continue;
        }
        if (s->least[i] >= p->lower[i] && s->most[i] <= p->upper[i]) continue;
        for (uint32_t k = p->start[i]; k < p->start[i + 1]; k++) {
            uint32_t j = p->column[k];
            int32_t a = p->coefficient[k], size = abs(a);
            if (s->value[j] >= 0) continue;
            if ((int64_t)s->least[i] + size > p->upper[i]) setter_set(s, j, a < 0);
            else if ((int64_t)s->most[i] - size < p->lower[i]) setter_set(s, j, a > 0);
        }
    }
    return true;
}
