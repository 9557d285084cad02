#include "follow/check_tables.h"

#include "follow/crosstab.h"

#include <math.h>
#define MATHLIB_STANDALONE
#include <Rmath.h>

static const double tiny = 1e-12;

/* A whole number of a range at step k of `steps`; both ends are reached. */
static double
at_step(check_range r, int k, int steps)
{
    double low = ceil(r.low), high = floor(r.high);
    return steps < 2 ? low : floor(low + (high - low) * k / (steps - 1) + 0.5);
}

static int
steps_of(check_range r, int most)
{
    double width = floor(r.high) - ceil(r.low) + 1;
    return width < 1 ? 0 : width > most ? most : (int)width;
}

static bool
is_inside(check_range r, double v)
{
    return v >= r.low - tiny && v <= r.high + tiny;
}

/* Those with the outcome among n persons of a group. */
static check_range
with_of(const check_part *p, double n)
{
    check_range r = {fmax(p->with.low, n - p->without.high), fmin(p->with.high, n - p->without.low)};
    r.low = ceil(fmax(fmax(r.low, 0), p->share.low * n) - 1e-9);
    r.high = floor(fmin(fmin(r.high, n), p->share.high * n) + 1e-9);
    return r;
}

static double
pearson(double x, double n, double y, double m)
{
    double t = x + y, all = n + m, d = x * (m - y) - y * (n - x);
    return all * d * d / (n * m * t * (all - t));
}

enum { PERSONS = 9, WITH = 400 };

check_range
check_chi2_range(const check_pair *pair)
{
    check_range found = {INFINITY, -INFINITY};
    const check_part *a = pair->a, *b = pair->b;
    int sn = steps_of(a->n, PERSONS), sm = steps_of(b->n, PERSONS);
    for (int i = 0; i < sn * sm; i++) {
        double n = at_step(a->n, i % sn, sn), m = at_step(b->n, i / sn, sm);
        if (n < 1 || m < 1 || !is_inside(pair->total, n + m)) continue;
        check_range with = with_of(a, n), other = with_of(b, m);
        int sx = steps_of(with, WITH), sy = steps_of(other, WITH);
        for (int j = 0; j < sx * sy; j++) {
            double chi2 = pearson(at_step(with, j % sx, sx), n, at_step(other, j / sx, sy), m);
            if (isnan(chi2)) continue;
            found.low = fmin(found.low, chi2), found.high = fmax(found.high, chi2);
        }
    }
    return found;
}

static void
add_fit(check_fits *f, double x, double n, double y, double m)
{
    double t = x + y, all = n + m;
    double smallest = fmin(n, m) * fmin(t, all - t) / all;
    double p = fmin(phyper(x - 1, t, all - t, n, 0, 0), phyper(x, t, all - t, n, 1, 0));
    f->small = (!f->any || f->small) && smallest < 5;
    f->least_p = f->any ? fmin(f->least_p, p) : p;
    f->any = true;
}

/* The statistic grows on either side of equal shares, so the only y that can print as chi2 stand next to where it passes chi2 - half. */
static void
fits_of(check_fits *f, double x, double n, check_range y, double m, double chi2, double half)
{
    double equal = fmin(fmax(x / n * m, y.low), y.high);
    for (int side = -1; side <= 1; side += 2) {
        double near = side < 0 ? floor(equal) : floor(equal) + 1, far = side < 0 ? y.low : y.high; /* first to reach chi2 - half from here */
        if ((far - near) * side < 0) continue;
        while ((far - near) * side > 0) {
            double middle = side < 0 ? ceil((near + far) / 2) : floor((near + far) / 2);
            if (pearson(x, n, middle, m) >= chi2 - half)
                far = middle;
            else
                near = middle + side;
        }
        for (double at = near; (side < 0 ? at >= y.low : at <= y.high); at += side) {
            double value = pearson(x, n, at, m);
            if (!(value >= chi2 - half && value <= chi2 + half)) break;
            add_fit(f, x, n, at, m);
        }
    }
}

check_fits
check_whole_tables(const check_pair *pair, double chi2, double half)
{
    check_fits f = {.decided = true};
    const check_part *a = pair->a, *b = pair->b;
    int sn = steps_of(a->n, PERSONS + 1), sm = steps_of(b->n, PERSONS + 1);
    if (sn > PERSONS || sm > PERSONS) return (check_fits){.decided = false};
    half = half * (1 + 1e-9) + 1e-12 * chi2;
    for (int i = 0; i < sn * sm; i++) {
        double n = at_step(a->n, i % sn, sn), m = at_step(b->n, i / sn, sm);
        if (n < 1 || m < 1 || !is_inside(pair->total, n + m)) continue;
        check_range with = with_of(a, n), other = with_of(b, m);
        if (with.high < with.low || other.high < other.low) continue;
        if (with.high - with.low > 100000) return (check_fits){.decided = false};
        for (double x = with.low; x <= with.high; x++) fits_of(&f, x, n, other, m, chi2, half);
    }
    return f;
}

/* The least and the greatest distance of two numbers in their ranges. */
static check_range
distance(check_range a, check_range b)
{
    double apart = fmax(fmax(a.low - b.high, b.low - a.high), 0);
    return (check_range){apart, fmax(fabs(a.high - b.low), fabs(b.high - a.low))};
}

static check_range
share_of(const check_part *p)
{
    check_range share = p->share;
    if (isfinite(p->without.high) && p->n.low > 0) {
        share.low = fmax(share.low, 1 - p->without.high / p->n.low);
        share.high = fmin(share.high, 1 - p->without.low / p->n.high);
    }
    return share;
}

check_range
check_chi2_groups(size_t n, const check_part parts[])
{
    double with_low = 0, with_high = 0, without_low = 0, without_high = 0;
    check_range found = {0, 0};
    for (size_t i = 0; i < n; i++) {
        check_range share = share_of(&parts[i]);
        with_low += parts[i].n.low * share.low, with_high += parts[i].n.high * share.high;
        without_low += parts[i].n.low * (1 - share.high), without_high += parts[i].n.high * (1 - share.low);
    }
    check_range all = {with_low / fmax(with_low + without_high, tiny), with_high / fmax(with_high + without_low, tiny)};
    double ends[] = {all.low * (1 - all.low), all.high * (1 - all.high)};
    double most = all.low <= 0.5 && all.high >= 0.5 ? 0.25 : fmax(ends[0], ends[1]), least = fmin(ends[0], ends[1]);
    for (size_t i = 0; i < n; i++) {
        check_range d = distance(share_of(&parts[i]), all);
        found.low += parts[i].n.low * d.low * d.low / most;
        found.high += parts[i].n.high * d.high * d.high / least; /* infinite where nobody may have the outcome */
    }
    return found;
}

static check_range
add_ranges(check_range a, check_range b)
{
    return (check_range){a.low + b.low, a.high + b.high};
}

check_range
check_chi2_cells(size_t rows, size_t columns, const check_range cell[])
{
    check_range found = {0, 0}, all = {0, 0};
    for (size_t k = 0; k < rows * columns; k++) all = add_ranges(all, cell[k]);
    for (size_t k = 0; k < rows * columns; k++) {
        check_range row = {0, 0}, column = {0, 0};
        for (size_t c = 0; c < columns; c++) row = add_ranges(row, cell[k / columns * columns + c]);
        for (size_t r = 0; r < rows; r++) column = add_ranges(column, cell[r * columns + k % columns]);
        check_range expected = {row.low * column.low / all.high, row.high * column.high / fmax(all.low, tiny)};
        check_range d = distance(cell[k], expected);
        found.low += d.low * d.low / fmax(expected.high, tiny);
        found.high += d.high * d.high / fmax(expected.low, 0);
    }
    if (isnan(found.high)) found.high = INFINITY;
    return found;
}
