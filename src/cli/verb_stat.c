#include "cli/stat.h"

#include <math.h>

static status
run(arena *a, const options *o)
{
    const char *method = option_argument(o, 0);
    static const char *const curves[] = {"km", "na", "aj", "cuminc", "mcf", "ghosh-lin", NULL};
    static const char *const models[] = {"logrank", "cox", "finegray", "clogit", NULL};
    for (int i = 0; curves[i]; i++)
        if (strcmp(method, curves[i]) == 0) return stat_curve(a, o, method);
    for (int i = 0; models[i]; i++)
        if (strcmp(method, models[i]) == 0) return stat_model(a, o, method);
    return stat_tables(a, o, method);
}

static const verb_option stat_options[] = {
    {"time", OPTION_TEXT, "COLUMN", 0, 0, NULL, "end of follow-up, days from its start", false},
    {"event", OPTION_TEXT, "COLUMN[=CODE]", 0, 0, NULL, "1 event, 0 censored; or the code that is the event; causes 1..K", false},
    {"start", OPTION_TEXT, "COLUMN", 0, 0, NULL, "start of the span: delayed entry, or the previous event of the person", false},
    {"id", OPTION_TEXT, "COLUMN", 0, 0, NULL, "the person, where several rows belong to one", false},
    {"by", OPTION_TEXT, "COLUMNS", 0, 0, NULL, "groups to compare, one curve each", false},
    {"strata", OPTION_TEXT, "COLUMNS", 0, 0, NULL, "strata (logrank, cox), matched sets (clogit), strata of mh", false},
    {"cluster", OPTION_TEXT, "COLUMN", 0, 0, NULL, "robust standard errors by this column (cox)", false},
    {"covariates", OPTION_TEXT, "COLUMNS", 0, 0, NULL, "commas apart; text columns give one 0/1 column a value but the first", false},
    {"ci", OPTION_CHOICE, "log|log-log|plain", 0, 0, "log", "scale of the interval of km", false},
    {"ties", OPTION_CHOICE, "efron|breslow", 0, 0, "efron", "events at the same time (cox; finegray with --start)", false},
    {"level", OPTION_DOUBLE, "P", 0.5, 0.9999, "0.95", "confidence level", false},
    {"value", OPTION_TEXT, "COLUMN", 0, 0, NULL, "the measurement (welch, ranks)", false},
    {"seed", OPTION_INT, "N", 0, 9007199254740992.0, "1", "of the Monte-Carlo test", false},
    {"samples", OPTION_INT, "N", 0, 10000000, "10000", "tables drawn by the Monte-Carlo test; 0: none", false},
    {"json", OPTION_FLAG, NULL, 0, 0, NULL, "curves as JSON (the other methods always are)", false},
    {0},
};

const verb verb_stat = {
    .name = "stat",
    .arguments = "METHOD FILE.csv|NUMBERS...",
    .least = 1,
    .most = -1,
    .summary = "Survival, recurrent events, regression, tables, shares and rates from a CSV file.",
    .details = "Curves (CSV): km, na, aj (or cuminc), mcf, ghosh-lin.\n"
               "Models (JSON): logrank, cox, finegray, clogit.\n"
               "Tables (JSON): table FILE.csv, mh FILE.csv, proportion X N, rates FILE.csv, welch FILE.csv, ranks FILE.csv, adjust P...\n\n"
               "Missing values are empty; rows without a value that is needed are left out and counted.",
    .example = "peil stat km followup.csv --time days --event again --by sex",
    .options = stat_options,
    .run = run,
};
