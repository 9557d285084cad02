/* What encoding costs in accuracy: F1 over pairs of plain linkage, of encodings field by field with the same program, and of encodings
 * of whole records (by diffusion, at the threshold that is best for them, which nobody knows who has no truth). Made-up people; with
 * PEIL_SHARED also the sets data/linkage/{RLdata500,febrl1,febrl2}.csv. n is the number of records. */
#include "bench.h"

#include "base/file.h"
#include "base/threads.h"
#include "linkage/encode_fields.h"
#include "linkage/evaluate.h"
#include "linkage/link.h"
#include "table/csv.h"
#include "../tests/linkage/people.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

/* One file whose truth is known. */
typedef struct set {
    const char *name;
    const table *t;
    const link_fields *fields;
    const int32_t *entity; /* [rows] */
} set;

static encode_key
key_of(uint32_t diffusion)
{
    encode_key key = {.domain = "bench", .epoch = 1, .diffusion = diffusion};
    memset(key.master, 5, sizeof key.master);
    return key;
}

static void
linked(const set *s, const link_records *r, const char *how)
{
    SCRATCH(tmp);
    link_result l;
    link_score score;
    const link_options o = {.seed = 1};
    char name[96];
    snprintf(name, sizeof name, "linkage_private_%s_%s", s->name, how);
    int32_t *entity = arena_alloc(tmp, r->n + 1, sizeof *entity);
    bench b = bench_start(name);
    BENCH_OK(link_run_records(tmp, r, &o, &l));
    bench_stop(b, (double)r->n);
    for (size_t i = 0; i < r->n; i++) entity[i] = s->entity[r->row[i]];
    BENCH_OK(link_evaluate(r->n, l.clusters.cluster, entity, &score));
    printf("# %s, %s: precision %.4f, recall %.4f, F1 %.4f\n", s->name, how, score.precision, score.recall, score.f1);
}

enum { STEPS = 100 };

typedef struct tally {
    const int32_t *entity;
    double right[STEPS + 1], wrong[STEPS + 1]; /* by Dice in hundredths */
} tally;

static status
count(void *context, size_t n, const dice_pair pairs[])
{
    tally *t = context;
    for (size_t i = 0; i < n; i++) {
        uint32_t step = 2 * STEPS * pairs[i].common / pairs[i].bits;
        (t->entity[pairs[i].a] == t->entity[pairs[i].b] ? t->right : t->wrong)[step]++;
    }
    return ST_OK;
}

static double
true_pairs(const set *s)
{
    double pairs = 0;
    for (size_t i = 0; i < s->t->rows; i++)
        for (size_t j = 0; j < i; j++) pairs += s->entity[i] == s->entity[j];
    return pairs;
}

/* Columns as the fields name them, in their order. */
static void
whole_records(const set *s, uint32_t diffusion)
{
    SCRATCH(tmp);
    encode_key key = key_of(diffusion);
    tally t = {.entity = s->entity};
    column *columns = arena_alloc(tmp, s->fields->n, sizeof *columns);
    for (size_t k = 0; k < s->fields->n; k++) {
        column *c;
        BENCH_OK(table_require(s->t, s->fields->field[k].column, &c));
        columns[k] = *c;
    }
    table only = {s->t->name, s->t->rows, s->fields->n, columns};
    uint64_t *words = arena_alloc(tmp, only.rows * DICE_WORDS + 1, sizeof *words);
    char name[96];
    snprintf(name, sizeof name, "linkage_private_%s_record_%u", s->name, diffusion);
    bench b = bench_start(name);
    BENCH_OK(encode_records(&only, s->fields, &key, words));
    BENCH_OK(linkage_dice_compare(&(dice_set){only.rows, words}, NULL, (dice_threshold){1, 2}, NULL, count, &t));
    bench_stop(b, (double)only.rows);
    double all = true_pairs(s), right = 0, wrong = 0, best[4] = {0}, at_80[3] = {0};
    for (int step = STEPS; step >= STEPS / 2; step--) {
        right += t.right[step], wrong += t.wrong[step];
        double f1 = right > 0 ? 2 * right / (all + right + wrong) : 0;
        if (f1 > best[0]) best[0] = f1, best[1] = step / (double)STEPS, best[2] = right / (right + wrong), best[3] = right / all;
        if (step == STEPS * 4 / 5) at_80[0] = f1, at_80[1] = right / fmax(right + wrong, 1), at_80[2] = right / all;
    }
    printf("# %s, whole records, diffusion %u: best at %.2f: precision %.4f, recall %.4f, F1 %.4f; at 0.80: %.4f, %.4f, %.4f\n", s->name,
           diffusion, best[1], best[2], best[3], best[0], at_80[1], at_80[2], at_80[0]);
}

static void
run(const set *s)
{
    SCRATCH(tmp);
    link_records plain;
    encoded_fields coded;
    encode_key key = key_of(8);
    BENCH_OK(link_records_new(tmp, s->fields, 1, &s->t, &plain));
    linked(s, &plain, "plain");
    BENCH_OK(encode_fields(tmp, s->t, s->fields, &key, &coded));
    linked(s, &coded.records, "field");
    static const uint32_t diffusions[] = {1, 2, 4, 8};
    for (size_t i = 0; i < sizeof diffusions / sizeof *diffusions; i++) whole_records(s, diffusions[i]);
}

static void
made_up(const char *name, const people_options *o)
{
    SCRATCH(tmp);
    people p;
    BENCH_OK(people_new(tmp, o, &p));
    set s = {name, &p.file[0], &p.fields, p.entity[0]};
    run(&s);
}

/* Columns as "name=kind name=kind". */
static void
real(const char *name, const char *file, const char *spec)
{
    SCRATCH(tmp);
    char *path = path_join(tmp, getenv("PEIL_SHARED"), arena_printf(tmp, "data/linkage/%s.csv", file));
    if (!file_exists(path)) return;
    link_field field[LINK_FIELDS];
    csv_column columns[LINK_FIELDS + 2] = {{.name = "rec_id", .type = COLUMN_TEXT}, {.name = "ent_id", .type = COLUMN_TEXT}};
    link_fields fields = {"rec_id", 0, field};
    for (const char *c = spec; *c;) {
        size_t n = strcspn(c, "="), m = strcspn(c + n + 1, " ");
        const char *kind = arena_copy(tmp, c + n + 1, m);
        link_field *f = &field[fields.n];
        *f = (link_field){.column = arena_copy(tmp, c, n)};
        while (f->kind < KIND_COUNT && strcmp(link_kind_name(f->kind), kind) != 0) f->kind++;
        if (f->kind == KIND_date_of_birth) f->format = "%Y%m%d";
        columns[2 + fields.n++] = (csv_column){.name = f->column, .type = COLUMN_TEXT};
        c += n + 1 + m + (c[n + 1 + m] == ' ');
    }
    table t;
    BENCH_OK(csv_read_table(tmp, path, NULL, fields.n + 2, columns, &t));
    int32_t *entity = arena_alloc(tmp, t.rows, sizeof *entity);
    for (size_t i = 0; i < t.rows; i++) entity[i] = column_int32(&t.column[1])[i];
    set s = {name, &t, &fields, entity};
    run(&s);
}

int
main(void)
{
    const unsigned names = PEOPLE_GIVEN | PEOPLE_FAMILY, home = PEOPLE_STREET | PEOPLE_CITY | PEOPLE_POSTCODE;
    const people_options three = {1, 4000, 1000, 1, 0.1, 0.02, 1, false, false, names | PEOPLE_BORN};
    const people_options all = {2, 4000, 1000, 1, 0.2, 0.05, 1, false, false, names | PEOPLE_BORN | PEOPLE_SEX | home};
    if (sodium_init() < 0) return 1;
    puts("name,n,cpu_s,wall_s,peak_mb");
    made_up("names_and_birth", &three);
    made_up("with_sex_and_home", &all);
    if (!getenv("PEIL_SHARED")) return 0;
    real("rldata500", "RLdata500", "fname_c1=given_name fname_c2=given_name lname_c1=family_name lname_c2=family_name by=birth_year bm=birth_month "
         "bd=birth_day");
    static const char ten[] = "given_name=given_name surname=family_name street_number=text address_1=text address_2=text suburb=city "
                              "postcode=postcode state=text date_of_birth=date_of_birth soc_sec_id=number";
    static const char of_three[] = "given_name=given_name surname=family_name date_of_birth=date_of_birth";
    real("febrl1_all", "febrl1", ten);
    real("febrl1_three", "febrl1", of_three);
    real("febrl2_all", "febrl2", ten);
    real("febrl2_three", "febrl2", of_three);
    return 0;
}
