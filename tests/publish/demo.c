#include "demo.h"

#include "protect/report.h"

#define SAY(nl, en) {{nl, en}}

enum { YEARS = 5, FORMS = 6, UNITS = 5, FIGURES = 7 };

#define YEAR(y) {{y, {y, y}}, "year", false, NULL}
#define TOTAL(code_, nl, en, dimension_) {{code_, {nl, en}}, dimension_, true, NULL}
#define ITEM(code_, nl, en, dimension_) {{code_, {nl, en}}, dimension_, false, NULL}

static const exact_item years[] = {YEAR("2016"), YEAR("2017"), YEAR("2018"), YEAR("2019"), YEAR("2020")};
static const exact_item years_total[] = {YEAR("2016"), YEAR("2017"), YEAR("2018"), YEAR("2019"), YEAR("2020"),
                                         TOTAL("2016-2020", "2016-2020", "2016-2020", "year")};
static const exact_item groups[] = {
    ITEM("all", "Alle gemelde slachtoffers", "All reported victims", "population"),
    ITEM("without", "Zonder wie alleen door één organisatie is gemeld", "Without those reported by one organisation alone", "population"),
};
static const exact_item forms[] = {
    ITEM("domestic_sexual", "Binnenlandse seksuele uitbuiting", "Domestic sexual exploitation", "form"),
    ITEM("cross_border_sexual", "Grensoverschrijdende seksuele uitbuiting", "Cross-border sexual exploitation", "form"),
    ITEM("labour", "Arbeidsuitbuiting", "Labour exploitation", "form"),
    ITEM("criminal", "Criminele uitbuiting", "Criminal exploitation", "form"),
    ITEM("organ_removal", "Gedwongen orgaanverwijdering", "Forced organ removal", "form"),
    ITEM("unknown", "Onbekend", "Unknown", "form"),
};
static const exact_item sexes[] = {ITEM("female", "Vrouw", "Female", "sex"), ITEM("male", "Man", "Male", "sex")};
static const exact_item units[] = {
    ITEM("north", "Noord", "North", "unit"),         ITEM("east", "Oost", "East", "unit"),
    ITEM("west", "Zeeland en West", "West", "unit"), ITEM("south", "Zuid", "South", "unit"),
    ITEM("national", "Landelijke Eenheid", "National unit", "unit"),
};
static const exact_item years_forms[] = {
    YEAR("2016"), YEAR("2017"), YEAR("2018"), YEAR("2019"), YEAR("2020"),
    ITEM("sexual", "Seksueel", "Sexual", "form"), ITEM("labour", "Arbeid", "Labour", "form"),
    ITEM("criminal", "Crimineel", "Criminal", "form"),
};
static const exact_item bounds[] = {ITEM("estimate", "Schatting", "Estimate", "bound"), ITEM("lower", "Ondergrens", "Lower limit", "bound"),
                                    ITEM("upper", "Bovengrens", "Upper limit", "bound")};
static const exact_item one[] = {TOTAL("total", "Totaal", "Total", NULL)};

#define AXIS(name, nl, en, items) {name, {nl, en}, false, sizeof(items) / sizeof *(items), items}

static const int64_t persons[] = {1049, 1076, 742, 1372, 1013, 952, 956, 668, 1334, 984};
static const int64_t by_form[] = {
    232, 263, 132, 181, 119, 927, 297, 287, 351, 668, 289, 1892, 220, 230, 114, 261, 449, 1274,
    61,  63,  63,  331, 154, 672, 0,   1,   7,   6,   2,   16,   150, 133, 36,  52,  38,  409,
};
static const int64_t by_sex[] = {640, 670, 450, 700, 560, 312, 286, 218, 634, 424};
static const int64_t by_sex_base[] = {952, 956, 668, 1334, 984, 952, 956, 668, 1334, 984};
static const int64_t by_unit[] = {
    41, 38, 17, 22, 28, 61, 55, 23, 3,  30, 42, 51, 49, 91, 40, 2,  62, 71, 66, 58, 75, 110, 61, 33, 68, 95,
    12, 40, 4,  88, 19, 22, 1,  EXACT_UNKNOWN, 9, 0, 0, 0, 7, 0,
};
static const uint8_t unit_impossible[UNITS * 8] = {[36] = 1, [37] = 1};
static const int64_t ages_n[] = {952, 956, 668, 1334, 984};
static const double ages[] = {25704, 26290, 18704, 36018, 28536};
static const double youngest[] = {9, 8, 11, 9, 10}, oldest[] = {61, 63, 58, 65, 62};
static const int64_t estimates[] = {1810, 1450, 2240, 3120, 2410, 4390, 1900, 1300, 3350, 620, 380, 1130};
static const int64_t left_out[] = {343};

static const exact_table tables[FIGURES] = {
    {.figure = "1.1", .population = "all", .rows = AXIS("population", "Groep", "Group", groups), .columns = AXIS("year", "Jaar", "Year", years),
     .count = persons},
    {.figure = "1.2", .population = "without", .rows = AXIS("form", "Vorm van uitbuiting", "Form of exploitation", forms),
     .columns = AXIS("year", "Jaar", "Year", years_total), .count = by_form},
    {.figure = "1.3", .population = "without", .measure = EXACT_SHARE, .rows = AXIS("sex", "Geslacht", "Sex", sexes),
     .columns = AXIS("year", "Jaar", "Year", years), .count = by_sex, .base = by_sex_base},
    {.figure = "1.4", .population = "police", .rows = AXIS("unit", "Eenheid", "Unit", units),
     .columns = AXIS("year_form", "Jaar en vorm", "Year and form", years_forms), .count = by_unit, .impossible = unit_impossible},
    {.figure = "1.5", .population = "without", .measure = EXACT_MEAN, .rows = AXIS("total", "Groep", "Group", one),
     .columns = AXIS("year", "Jaar", "Year", years), .count = ages_n, .sum = ages, .low = youngest, .high = oldest},
    {.figure = "1.6", .population = "estimate", .rows = {"form", {"Vorm van uitbuiting", "Form of exploitation"}, false, 4, forms},
     .columns = AXIS("bound", "Schatting", "Estimate", bounds), .count = estimates},
    {.figure = "left-out", .population = "left out", .rows = AXIS("total", "Groep", "Group", one),
     .columns = AXIS("all", "Totaal", "Total", one), .count = left_out},
};

static const chart_remark law[] = {{"2018", SAY("Nieuwe privacywet: minder organisaties melden", "New privacy law: fewer organisations report")}};
static const figure_chart lines[] = {{.kind = CHART_LINE, .remarks = 1, .remark = law}};
static const figure_chart form_charts[] = {
    {.kind = CHART_LINE},
    {.kind = CHART_STACKED, .title = SAY("Verdeling per jaar", "Distribution per year")},
    {.kind = CHART_BARS, .title = SAY("Aantallen per jaar", "Counts per year")},
};
static const figure_chart sex_charts[] = {{.kind = CHART_STACKED}, {.kind = CHART_DOTS, .title = SAY("Als punten", "As dots")}};
static const figure_chart unit_charts[] = {
    {.kind = CHART_HEAT, .dimension = "year", .title = SAY("Per jaar", "Per year")},
    {.kind = CHART_HBARS, .dimension = "form", .title = SAY("Per vorm", "Per form")},
    {.kind = CHART_LINE, .dimension = "year", .title = SAY("Verloop", "Course")},
};
static const figure_chart dots[] = {{.kind = CHART_DOTS}};

static status
make_figures(arena *a, released **made, figure **result)
{
    figure *f;
    exclusion *left;
    ALLOC(a, f, 6);
    ALLOC(a, left, 1);
    *left = (exclusion){SAY("alleen door één organisatie gemeld", "reported by one organisation alone"), {made[6], 0, 0}};
    const phrase source = SAY("Verzonnen cijfers bij de toets van dit programma", "Made-up numbers of this program's tests");
    for (int i = 0; i < 6; i++) f[i] = (figure){.data = made[i], .source = source};
    f[0].title = (phrase)SAY("Gemelde slachtoffers per jaar", "Reported victims per year");
    f[1].title = (phrase)SAY("Slachtoffers per vorm van uitbuiting en jaar", "Victims per form of exploitation and year");
    f[2].title = (phrase)SAY("Aandeel vrouwen en mannen per jaar", "Share of women and men per year");
    f[3].title = (phrase)SAY("Meldingen per eenheid, per jaar en per vorm", "Reports per unit, per year and per form");
    f[4].title = (phrase)SAY("Gemiddelde leeftijd per jaar", "Mean age per year");
    f[5].title = (phrase)SAY("Schatting van het aantal slachtoffers per vorm", "Estimated number of victims per form");
    f[0].chart = lines, f[0].charts = 1;
    f[1].chart = form_charts, f[1].charts = 3;
    f[2].chart = sex_charts, f[2].charts = 2;
    f[3].chart = unit_charts, f[3].charts = 3;
    f[4].chart = lines, f[4].charts = 1;
    f[5].chart = dots, f[5].charts = 1;
    f[4].unit = (phrase)SAY("jaren", "years");
    f[1].note = (phrase)SAY("Een slachtoffer kan bij meer dan één vorm meetellen.", "A victim may count for more than one form.");
    f[1].population = (phrase)SAY("Iedereen van wie in het jaar een melding binnenkwam", "Everybody reported within the year");
    f[1].definition = (phrase)SAY("Vorm zoals gemeld; < en & staan hier om het ontsnappen te toetsen",
                                  "Form as reported; < and & stand here to test the escaping");
    f[1].exclusions = 1, f[1].exclusion = left;
    *result = f;
    return ST_OK;
}

static status
make_chapters(arena *a, const figure *f, document *d)
{
    chapter *c;
    block *b;
    ALLOC(a, c, 2);
    ALLOC(a, b, 8);
    b[0] = (block){BLOCK_PARAGRAPH, SAY("In 2020 zijn {1.1/all/2020} slachtoffers gemeld, tegen {1.1/all/2019} een jaar eerder.",
                                        "In 2020 {1.1/all/2020} victims were reported, against {1.1/all/2019} a year before."), NULL};
    b[1] = (block){.kind = BLOCK_FIGURE, .figure = &f[0]};
    b[2] = (block){BLOCK_HEADING, SAY("Vormen", "Forms"), NULL};
    b[3] = (block){.kind = BLOCK_FIGURE, .figure = &f[1]};
    b[4] = (block){.kind = BLOCK_FIGURE, .figure = &f[2]};
    b[5] = (block){.kind = BLOCK_FIGURE, .figure = &f[3]};
    b[6] = (block){.kind = BLOCK_FIGURE, .figure = &f[4]};
    b[7] = (block){.kind = BLOCK_FIGURE, .figure = &f[5]};
    c[0] = (chapter){"slachtoffers", SAY("Slachtoffers in beeld", "Victims in view"),
                     SAY("Hoeveel slachtoffers zijn gemeld, en waarvan waren zij het slachtoffer?", "How many victims were reported, and of what?"), 4, b};
    c[1] = (chapter){"kenmerken", SAY("Wie zij zijn", "Who they are"), SAY("Geslacht, leeftijd en plaats.", "Sex, age and place."), 4, b + 4};
    d->chapters = 2;
    d->chapter = c;
    return ST_OK;
}

status
demo_document(arena *a, document *result)
{
    protect_result p;
    /* passed through, so that these pages do not change with the ways of rounding; one figure with hidden cells */
    protect_rules rounded = protect_rules_preset(PROTECT_ROUND);
    rounded.minimum = 5;
    const protect_rules *own[FIGURES] = {[3] = &rounded};
    protect_options o = {.rules = protect_rules_preset(PROTECT_PUBLISHED), .own = own};
    CHECK(protect_report(a, FIGURES, tables, &o, &p));
    figure *f;
    key_figure *k;
    CHECK(make_figures(a, p.released, &f));
    ALLOC(a, k, 3);
    k[0] = (key_figure){{p.released[0], 0, 4}, SAY("slachtoffers gemeld in 2020", "victims reported in 2020"),
                        SAY("een kwart minder dan in 2019", "a quarter less than in 2019"), "year"};
    k[1] = (key_figure){{p.released[2], 0, 4}, SAY("is vrouw", "are women"), SAY("in 2020", "in 2020"), "year"};
    k[2] = (key_figure){{p.released[4], 0, 4}, SAY("jaar is de gemiddelde leeftijd", "years is the mean age"), SAY("bij de eerste melding", "at the first report"), "year"};
    *result = (document){
        .name = SAY("Monitor mensenhandel", "Monitor of human trafficking"),
        .title = SAY("Slachtoffermonitor mensenhandel", "Monitor of victims of human trafficking"),
        .subtitle = SAY("Cijfers over gemelde slachtoffers", "Figures on reported victims"),
        .lead = SAY("In 2020 zijn {1.1/all/2020} vermoedelijke slachtoffers van mensenhandel gemeld. Arbeidsuitbuiting werd de meest gemelde vorm.",
                    "In 2020 {1.1/all/2020} presumed victims of human trafficking were reported. Labour exploitation became the form most reported."),
        .publisher = SAY("Uitgever van de toets", "Publisher of the test"),
        .notice = SAY("Verzonnen cijfers: deze pagina's toetsen het programma.", "Made-up numbers: these pages test the program."),
        .period = SAY("2016-2020", "2016-2020"),
        .version = "0.0.0",
        .snapshot = "0123456789abcdef0123456789abcdef",
        .definition = "fedcba9876543210fedcba9876543210",
        .protection = SAY("Aantallen zijn afgerond op vijftallen.", "Counts are rounded to multiples of five."),
        .keys = 3, .key = k,
        .front = &f[1], .front_chart = {.kind = CHART_MULTIPLES},
        .front_title = SAY("Vijf jaar per vorm van uitbuiting", "Five years per form of exploitation"),
    };
    date_from_parts((date_parts){2021, 8, 1}, &result->data_date);
    return make_chapters(a, f, result);
}
