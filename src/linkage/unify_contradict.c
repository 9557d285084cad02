#include "linkage/unify_contradict.h"

#include "base/date.h"

status
unify_evidence_new(arena *a, size_t rows, const text given[], const text family[], const int32_t born[], const bool whole[],
                   unify_evidence *result)
{
    unify_evidence e;
    ALLOC(a, e.given, rows);
    ALLOC(a, e.family, rows);
    ALLOC(a, e.given_n, rows);
    ALLOC(a, e.family_n, rows);
    ALLOC(a, e.born, rows);
    for (size_t i = 0; i < rows; i++) {
        e.given_n[i] = word_make(given[i], 2, &e.given[i]).n;
        e.family_n[i] = word_make(family[i], 2, &e.family[i]).n;
        if (born[i] == DATE_MISSING) continue;
        date_parts p = date_to_parts(born[i]);
        e.born[i] = date_value_make(p.year, whole[i] ? p.month : 0, whole[i] ? p.day : 0);
    }
    *result = e;
    return ST_OK;
}

/* An initial differs from no name that begins with it. */
static bool
differ(const word *a, int na, const word *b, int nb)
{
    if (na == 1 || nb == 1) return a->s[0] != b->s[0];
    return compare_jaro_winkler(a, na, b, nb) < 0.8;
}

bool
unify_contradict(const unify_evidence *e, size_t i, size_t j)
{
    if (!e->given_n[i] || !e->given_n[j] || !e->family_n[i] || !e->family_n[j] || !e->born[i].year || !e->born[j].year) return false;
    date_level born = compare_dates(e->born[i], e->born[j]);
    if (born != DATE_ELSE && born != DATE_PART_ELSE) return false;
    return differ(&e->given[i], e->given_n[i], &e->given[j], e->given_n[j]) && differ(&e->family[i], e->family_n[i], &e->family[j], e->family_n[j]) &&
           differ(&e->given[i], e->given_n[i], &e->family[j], e->family_n[j]) && differ(&e->family[i], e->family_n[i], &e->given[j], e->given_n[j]);
}
