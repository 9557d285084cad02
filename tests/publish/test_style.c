/* The palette: contrast with its ground, and apart for eyes that see fewer colours. */
#include "../testing.h"

#include "publish/style.h"

#include <math.h>

typedef struct colour {
    double light[3]; /* linear red, green, blue */
} colour;

/* The value of --peil-color-NAME; the dark scheme's where it has its own. */
static colour
token(const char *name, bool dark)
{
    char wanted[64];
    snprintf(wanted, sizeof wanted, "--peil-color-%s: #", name);
    const char *sheet = style_tokens().bytes, *second = strstr(sheet, "@media"), *at = strstr(sheet, wanted);
    const char *other = second ? strstr(second, wanted) : NULL;
    if (dark && other) at = other;
    if (!at || (!dark && at > second)) fail_msg("no token %s", name);
    unsigned long hex = strtoul(at + strlen(wanted), NULL, 16);
    colour c;
    for (int i = 0; i < 3; i++) {
        double s = (double)(hex >> (16 - 8 * i) & 255) / 255;
        c.light[i] = s <= 0.04045 ? s / 12.92 : pow((s + 0.055) / 1.055, 2.4);
    }
    return c;
}

static double
luminance(colour c)
{
    return 0.2126 * c.light[0] + 0.7152 * c.light[1] + 0.0722 * c.light[2];
}

/* WCAG 2.2, relative luminance and contrast ratio. */
static double
contrast(colour a, colour b)
{
    double x = luminance(a), y = luminance(b);
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static void
check_contrast(void **state)
{
    (void)state;
    static const struct {
        const char *front, *ground;
        double least;
    } rows[] = {
        {"ink", "paper", 7},           {"ink", "surface", 7},        {"ink", "surface-quiet", 7},   {"ink-quiet", "paper", 4.5},
        {"ink-quiet", "surface", 4.5}, {"ink-quiet", "surface-quiet", 4.5}, {"accent", "paper", 4.5}, {"accent", "surface", 4.5},
        {"ink", "notice", 7},          {"hero-ink", "hero", 7},      {"hero-ink-quiet", "hero", 4.5}, {"hero-line", "hero", 4.5},
        {"rule-strong", "surface", 3}, {"focus", "paper", 3},        {"focus", "surface", 3},       {"notice-rule", "notice", 1.5},
        {"ink", "heat-1", 4.5},        {"ink", "heat-2", 4.5},       {"ink", "heat-3", 4.5},        {"ink", "heat-4", 4.5},
        {"heat-5-ink", "heat-5", 4.5}, {"series-1", "surface", 4.5}, {"series-2", "surface", 4.5},  {"series-3", "surface", 4.5},
        {"series-4", "surface", 4.5},  {"series-5", "surface", 4.5}, {"series-6", "surface", 4.5},  {"series-7", "surface", 4.5},
        {"series-8", "surface", 4.5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int dark = 0; dark < 2; dark++) {
            double got = contrast(token(rows[i].front, dark), token(rows[i].ground, dark));
            if (got < rows[i].least) fail_msg("%s on %s (%s): contrast %.2f, want %.1f", rows[i].front, rows[i].ground, dark ? "dark" : "light", got, rows[i].least);
        }
}

/* A chart on its own is opened by programs that know no custom properties. */
static void
check_chart_alone(void **state)
{
    (void)state;
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    text made;
    style_put_chart(&b);
    assert_int_equal(text_builder_end(&b, &made), ST_OK);
    assert_null(strstr(made.bytes, "var("));
    assert_null(strstr(made.bytes, "--"));
    assert_non_null(strstr(made.bytes, ".chart .ground { fill: #ffffff; }"));
    assert_non_null(strstr(made.bytes, ".chart .s-2 { fill: #b8540f; }"));
    assert_non_null(strstr(made.bytes, "Arial, sans-serif; font-size: 14px; fill: #1a2530; }"));
    size_t uses = 0, colours = 0;
    for (const char *at = style_chart().bytes; (at = strstr(at, "var(--peil-color-")) != NULL; at++) uses++;
    for (const char *at = made.bytes; (at = strstr(at, ": #")) != NULL; at++) colours++;
    assert_int_equal(colours, uses);
}

/* Machado, Oliveira & Fernandes 2009, doi:10.1109/TVCG.2009.113, severity 1: protan, deutan, tritan; and all cones. */
static const double eyes[4][3][3] = {
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
};

static double
curve(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

/* CIE L*a*b* of a colour as that eye sees it. */
static void
to_lab(colour c, int eye, double lab[3])
{
    double seen[3];
    for (int i = 0; i < 3; i++) {
        seen[i] = 0;
        for (int k = 0; k < 3; k++) seen[i] += eyes[eye][i][k] * c.light[k];
        seen[i] = fmin(fmax(seen[i], 0), 1);
    }
    double x = curve((0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.95047);
    double y = curve(0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2]);
    double z = curve((0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.08883);
    lab[0] = 116 * y - 16;
    lab[1] = 500 * (x - y);
    lab[2] = 200 * (y - z);
}

static void
check_eyes(void **state)
{
    (void)state;
    static const char *const series[] = {"series-1", "series-2", "series-3", "series-4", "series-5", "series-6", "series-7", "series-8"};
    for (int dark = 0; dark < 2; dark++)
        for (int eye = 0; eye < 4; eye++)
            for (int i = 0; i < 8; i++)
                for (int k = 0; k < i; k++) {
                    double a[3], b[3];
                    to_lab(token(series[i], dark), eye, a);
                    to_lab(token(series[k], dark), eye, b);
                    double apart = sqrt(pow(a[0] - b[0], 2) + pow(a[1] - b[1], 2) + pow(a[2] - b[2], 2));
                    if (apart < 10) fail_msg("%s and %s (%s, eye %d): %.1f apart, want 10", series[i], series[k], dark ? "dark" : "light", eye, apart);
                }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(check_contrast), cmocka_unit_test(check_chart_alone), cmocka_unit_test(check_eyes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
