/* The persons of a register's store: link, look, undo. What is said holds counts only. */
#include "base/file.h"
#include "base/log.h"
#include "base/threads.h"
#include "cli/persons_files.h"
#include "cli/register_store.h"

#include <stdio.h>
#include <string.h>

static status
write_list(const options *o, const table *notifications, const store_persons *p, const int64_t number[])
{
    return option_given(o, "out") ? persons_write_list(option_text(o, "out"), notifications, p, number) : ST_OK;
}

static status
show_waterfall(arena *a, const options *o, const link_waterfall *what)
{
    text shown;
    if (!what->n) FAIL(ST_NOT_FOUND, "--waterfall: fewer than fifty reports are joined by rules alone: no field has a weight");
    CHECK(link_waterfall_text(a, what, option_language(o), &shown));
    printf("%.*s", (int)shown.n, shown.bytes);
    if (!option_given(o, "waterfall-svg")) return ST_OK;
    CHECK(link_waterfall_svg(a, what, option_language(o), &shown));
    return file_write(option_text(o, "waterfall-svg"), shown);
}

static status
link_store(arena *a, const options *o, register_store *s)
{
    persons_linked p;
    const char *pair = option_text(o, "waterfall"), *comma = pair ? strchr(pair, ',') : NULL;
    const text both[2] = {{pair, comma ? (size_t)(comma - pair) : 0}, text_of(comma ? comma + 1 : "")};
    const persons_options po = {.decisions = option_text(o, "decisions"), .review = option_given(o, "review"), .explain = comma ? both : NULL};
    CHECK(monitor_persons_link(a, s, &po, &p));
    const persons_change *c = &p.change;
    printf("%zu reports, %zu persons\n", p.notifications.rows, p.persons.persons);
    if (c->linkage)
        printf("linkage %lld: %zu reports new, %zu moved, %zu gone; %zu merges, %zu splits; %zu decisions\n", (long long)c->linkage, c->added,
               c->moved, c->gone, c->merges, c->splits, c->decisions);
    else
        printf("nothing has changed since the linkage before\n");
    if (p.older) log_note("%zu decisions of the file are older than what the store holds about the same reports: passed over", p.older);
    if (p.persons.quality.alarm) log_note("%s: %s", words_get(option_language(o), WORD("alarm")), words_get(option_language(o), p.persons.quality.alarm));
    if (option_given(o, "review")) CHECK(persons_write_review(option_text(o, "review"), &p));
    if (option_given(o, "waterfall")) CHECK(show_waterfall(a, o, &p.persons.explained));
    return write_list(o, &p.notifications, &p.stored, p.number);
}

static status
look(arena *a, const options *o, register_store *s)
{
    table notifications, counted;
    store_persons p;
    CHECK(register_persons_read(a, s, &(read_options){.purpose = PURPOSE_monitor}, &notifications, &counted, &p));
    return write_list(o, &notifications, &p, NULL);
}

static status
undo(arena *a, const options *o, register_store *s)
{
    persons_change c;
    CHECK(register_persons_undo(s, &c));
    printf("linkage %lld undone: %zu reports have no person again, %zu moved back, %zu are back; %zu decisions taken back\n", (long long)c.linkage,
           c.gone, c.moved, c.added, c.decisions);
    return look(a, o, s);
}

static status
run(arena *a, const options *o)
{
    const register_definition *d;
    register_store *s;
    size_t entries;
    hash last;
    bool undoing = option_flag(o, "undo"), looking = option_flag(o, "show");
    if (undoing && looking) FAIL(ST_USAGE, "expected --undo or --show, not both");
    if ((undoing || looking) && (option_given(o, "decisions") || option_given(o, "review") || option_given(o, "waterfall")))
        FAIL(ST_USAGE, "--decisions, --review and --waterfall go with a linkage, not with --undo or --show");
    if (option_given(o, "waterfall") && !strchr(option_text(o, "waterfall"), ',')) FAIL(ST_USAGE, "--waterfall: expected ID_A,ID_B");
    if (option_given(o, "waterfall-svg") && !option_given(o, "waterfall")) FAIL(ST_USAGE, "--waterfall-svg goes with --waterfall ID_A,ID_B");
    threads_set((int)option_int(o, "threads"));
    CHECK(register_definition_load(a, option_argument(o, 0), &d));
    CHECK(cli_store_open(a, o, d, false, &s));
    CHECK(register_store_verify(s, &entries, &last));
    CHECK((undoing ? undo : looking ? look : link_store)(a, o, s));
    if (option_given(o, "log")) CHECK(persons_write_log(option_text(o, "log"), s));
    return option_given(o, "audit") ? persons_write_audit(option_text(o, "audit"), s) : ST_OK;
}

static const verb_option persons_options_table[] = {
    {.name = "store", .type = OPTION_TEXT, .metavar = "FILE", .help = "the register's store", .required = true},
    {.name = "key", .type = OPTION_TEXT, .metavar = "FILE", .help = "the key of the store; without it ~/.config/peil/register.key"},
    {.name = "out", .type = OPTION_OUT, .metavar = "PERSONS.csv", .help = "report,reporter,delivery,row,person"},
    {.name = "review", .type = OPTION_OUT, .metavar = "REVIEW.csv", .help = "pairs in doubt, between 0.05 and 0.95, with the weight of each field"},
    {.name = "decisions", .type = OPTION_TEXT, .metavar = "DECISIONS.csv",
     .help = "id_a,id_b,decision (same or different),who,when: kept in the store, they hold"},
    {.name = "waterfall", .type = OPTION_TEXT, .metavar = "ID_A,ID_B", .help = "show what each field says about two reports"},
    {.name = "waterfall-svg", .type = OPTION_OUT, .metavar = "CHART.svg", .help = "with --waterfall: as a chart too"},
    {.name = "language", .type = OPTION_CHOICE, .metavar = "nl|en", .preset = "en", .help = "of waterfall and alarm"},
    {.name = "log", .type = OPTION_OUT, .metavar = "LOG.csv", .help = "linkage,undone,report,person_before,person_after: every change so far"},
    {.name = "audit", .type = OPTION_OUT, .metavar = "AUDIT.csv", .help = "the audit chain: id,at,what,detail"},
    {.name = "undo", .type = OPTION_FLAG, .help = "take the newest linkage back, with its decisions; numbers are then as before, to the byte"},
    {.name = "show", .type = OPTION_FLAG, .help = "link nothing, only write the files asked for"},
    {.name = "threads", .type = OPTION_INT, .metavar = "N", .lower = 0, .upper = 1024, .preset = "0", .help = "0: one per processor"},
    {0}};

const verb verb_persons = {
    .name = "persons",
    .arguments = "REGISTER.yaml",
    .least = 1,
    .most = 1,
    .summary = "Make persons of the reports in a register's store, or take that back.",
    .details = "Links all reports in the store that may be used for the monitor. Persons keep their numbers when new deliveries have come in; "
               "what a merge or a split changes is logged in the store and named in its audit chain, and the newest linkage can be undone. "
               "What people decide about pairs in doubt is kept in the store. No file holds anything that identifies a person.",
    .example = "peil persons sources/notifications.yaml --store register.db --out persons.csv --review review.csv\n"
               "  peil persons sources/notifications.yaml --store register.db --undo",
    .options = persons_options_table,
    .run = run,
};
