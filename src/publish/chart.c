#include "publish/chart.h"

#include "publish/cell.h"
#include "publish/page.h"

const char *
chart_path(arena *a, const figure *f, size_t chart, language in)
{
    const char *code = released_figure(f->data);
    if (chart == 0) return arena_printf(a, "charts/%s-%s.svg", code, language_code(in));
    return arena_printf(a, "charts/%s-%zu-%s.svg", code, chart + 1, language_code(in));
}

status
chart_put(arena *a, html *h, const chart_place *place)
{
    (void)a, (void)h, (void)place;
    return ST_OK;
}

status
chart_file(arena *a, const chart_place *place, text *out)
{
    (void)a, (void)place;
    *out = TEXT("");
    return ST_OK;
}

status
chart_put_trend(html *h, language in, const key_figure *key)
{
    (void)h, (void)in, (void)key;
    return ST_OK;
}
