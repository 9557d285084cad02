#include "cli/follow_data.h"
#include "cli/stat.h"

#include "base/date.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static status
read_windows(const options *o, follow_window_options *w)
{
    const char *list = option_text(o, "windows");
    while (*list) {
        size_t length = strcspn(list, ",");
        int64_t years;
        if (w->windows == FOLLOW_WINDOWS || !text_to_int((text){list, length}, &years) || years < 1 || years > 100)
            FAIL(ST_USAGE, "--windows: expected up to %d whole numbers of years, ascending, commas apart", FOLLOW_WINDOWS);
        w->years[w->windows++] = (int)years;
        list += length + (list[length] == ',');
    }
    w->eligibility = strcmp(option_text(o, "eligibility"), "calendar") == 0 ? ELIGIBLE_CALENDAR : ELIGIBLE_ANNIVERSARY;
    w->lag = (int32_t)option_int(o, "lag");
    w->same_case = (int32_t)option_int(o, "same-case");
    return ST_OK;
}

static json_t *
left_json(size_t n, const char *const *name, const int64_t *count)
{
    json_t *all = json_object();
    for (size_t i = 0; i < n; i++) json_object_set_new(all, name[i], json_integer(count[i]));
    return all;
}

static json_t *
window_json(const follow_files *f, const follow_window *w, int years, const char *group)
{
    json_t *all = json_object(), *types = json_array(), *first = json_object();
    json_object_set_new(all, "years", json_integer(years));
    if (group) json_object_set_new(all, "group", json_string(group));
    json_object_set_new(all, "eligible", json_integer(w->eligible));
    json_object_set_new(all, "eligible_anniversary", json_integer(w->by_anniversary));
    json_object_set_new(all, "eligible_calendar", json_integer(w->by_calendar));
    json_object_set_new(all, "left_early", json_integer(w->left_early));
    json_object_set_new(all, "none", json_integer(w->none));
    json_object_set_new(all, "once", json_integer(w->once));
    json_object_set_new(all, "several", json_integer(w->several));
    json_object_set_new(all, "again", json_integer(w->once + w->several));
    json_object_set_new(all, "share", stat_number(w->eligible ? (double)(w->once + w->several) / (double)w->eligible : NAN));
    json_object_set_new(all, "incidents", json_integer(w->incidents));
    for (size_t t = 0; t < f->types; t++) {
        json_t *one = json_object();
        json_object_set_new(one, "type", json_string(f->type[t]));
        json_object_set_new(one, "persons", json_integer(w->type_persons[t]));
        json_object_set_new(one, "incidents", json_integer(w->type_incidents[t]));
        json_array_append_new(types, one);
    }
    json_object_set_new(all, "types", types);
    json_object_set_new(first, "n", json_integer(w->first_n));
    json_object_set_new(first, "median", stat_number(w->first_median));
    json_object_set_new(first, "mean", stat_number(w->first_mean));
    json_object_set_new(first, "sd", stat_number(w->first_sd));
    json_object_set_new(all, "days_to_first", first);
    return all;
}

static json_t *
order_json(const follow_order *order)
{
    json_t *all = json_object();
    json_object_set_new(all, "victim_only", json_integer(order->only_first));
    json_object_set_new(all, "suspect_only", json_integer(order->only_second));
    json_object_set_new(all, "victim_first", json_integer(order->first_before));
    json_object_set_new(all, "suspect_first", json_integer(order->second_before));
    json_object_set_new(all, "same_day", json_integer(order->same_day));
    return all;
}

static status
print_json(const options *o, const follow_files *f, const follow_window_options *w, const follow_window *window)
{
    char end[11];
    date_format(w->data_end, end);
    json_t *all = json_object(), *cohort = json_object(), *events = json_object(), *list = json_array();
    json_object_set_new(cohort, "rows", json_integer(f->rows));
    json_object_set_new(cohort, "persons", json_integer(f->persons));
    json_object_set_new(cohort, "excluded", left_json(LEFT_COHORT, follow_cohort_left, f->cohort_left));
    json_object_set_new(cohort, "index", json_string(f->index_from_events ? "first incident of the type of --index-type" : "index_date"));
    json_object_set_new(events, "rows", json_integer(f->event_rows));
    json_object_set_new(events, "kept", json_integer(f->kept_events));
    json_object_set_new(events, "excluded", left_json(LEFT_EVENTS, follow_events_left, f->events_left));
    json_object_set_new(all, "cohort", cohort);
    json_object_set_new(all, "events", events);
    json_object_set_new(all, "eligibility", json_string(option_text(o, "eligibility")));
    json_object_set_new(all, "data_end", json_string(end));
    json_object_set_new(all, "lag_days", json_integer(w->lag));
    json_object_set_new(all, "same_case_days", json_integer(w->same_case));
    for (int32_t g = 0; g < f->cohort.groups; g++)
        for (int k = 0; k < w->windows; k++)
            json_array_append_new(list, window_json(f, &window[(size_t)g * (size_t)w->windows + (size_t)k], w->years[k],
                                                    f->group ? f->group[g] : NULL));
    json_object_set_new(all, "order", order_json(&f->order));
    json_object_set_new(all, "windows", list);
    return stat_print(all);
}

static void
print_line(int years, const char *group, const char *measure, double value)
{
    if (isnan(value))
        printf("%d,%s,%s,\n", years, group, measure);
    else
        printf("%d,%s,%s,%.17g\n", years, group, measure, value);
}

static void
print_window(const follow_files *f, const follow_window *w, int years, const char *group)
{
    const struct {
        const char *name;
        double value;
    } lines[] = {{"eligible", (double)w->eligible}, {"left_early", (double)w->left_early}, {"none", (double)w->none}, {"once", (double)w->once},
                 {"several", (double)w->several}, {"again", (double)(w->once + w->several)}, {"incidents", (double)w->incidents},
                 {"median_days_to_first", w->first_median}, {"mean_days_to_first", w->first_mean}, {"sd_days_to_first", w->first_sd}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) print_line(years, group, lines[i].name, lines[i].value);
    for (size_t t = 0; t < f->types; t++) {
        char name[128];
        snprintf(name, sizeof name, "persons_%s", f->type[t]);
        print_line(years, group, name, (double)w->type_persons[t]);
    }
}

static void
note_left(const char *what, size_t n, const char *const *name, const int64_t *count)
{
    for (size_t i = 0; i < n; i++)
        if (count[i]) fprintf(stderr, "peil follow: %s left out: %s %lld\n", what, name[i], (long long)count[i]);
}

static status
run(arena *a, const options *o)
{
    follow_files f;
    follow_window_options w = {0};
    follow_window *window;
    CHECK(read_windows(o, &w));
    CHECK(follow_files_read(a, o, &f));
    w.data_end = f.data_end;
    CHECK(follow_windows(a, &f.cohort, &f.incidents, &w, &window));
    if (option_flag(o, "json")) return print_json(o, &f, &w, window);
    note_left("of the cohort", LEFT_COHORT, follow_cohort_left, f.cohort_left);
    note_left("of the incidents", LEFT_EVENTS, follow_events_left, f.events_left);
    puts("years,group,measure,value");
    for (int32_t g = 0; g < f.cohort.groups; g++)
        for (int k = 0; k < w.windows; k++)
            print_window(&f, &window[(size_t)g * (size_t)w.windows + (size_t)k], w.years[k], f.group ? f.group[g] : "");
    return ST_OK;
}

static const verb_option follow_options[] = {
    {"cohort", OPTION_TEXT, "C.csv", 0, 0, NULL, "person[,index_date,born,until,...]: each person once", true},
    {"events", OPTION_TEXT, "E.csv", 0, 0, NULL, "person,date,code[,role]: incidents in any order", true},
    {"windows", OPTION_TEXT, "YEARS", 0, 0, "2,5,7", "years after the index incident, ascending, commas apart", false},
    {"eligibility", OPTION_CHOICE, "anniversary|calendar", 0, 0, "anniversary", "followed for the whole window, or by whole calendar years", false},
    {"until", OPTION_TEXT, "DATE", 0, 0, NULL, "last day the incidents cover; without it the end of their last year", false},
    {"lag", OPTION_INT, "DAYS", 0, 3660, "0", "days until an incident is registered: data is complete so long before its end", false},
    {"same-case", OPTION_INT, "DAYS", 0, 3660, "0", "incidents so soon after the last counted one are the same case (0, 7, 30)", false},
    {"role", OPTION_TEXT, "ROLE", 0, 0, "victim", "incidents with another role are left out", false},
    {"types", OPTION_TEXT, "FILE.csv", 0, 0, NULL, "code,type: groups of offences; without it trafficking and other", false},
    {"index-type", OPTION_TEXT, "TYPE", 0, 0, "trafficking", "its first incident is the index incident where the cohort has no index_date", false},
    {"by", OPTION_TEXT, "COLUMN", 0, 0, NULL, "a column of the cohort: windows per group", false},
    {"json", OPTION_FLAG, NULL, 0, 0, NULL, "JSON with every exclusion and its count", false},
    {0},
};

const verb verb_follow = {
    .name = "follow",
    .arguments = "",
    .summary = "Who becomes a victim (or suspect) again within so many years, how often and of what.",
    .details = "The index incident and incidents on its day belong to one case. A window ends on its anniversary, that day included.\n"
               "What cannot be used is left out and counted by name; a person twice in the cohort or an empty cohort is an error.",
    .example = "peil follow --cohort cohort.csv --events incidents.csv --windows 2,5,7 --json",
    .options = follow_options,
    .run = run,
};
