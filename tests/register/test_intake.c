#include "deliveries.h"

#include "base/date.h"
#include "base/rng.h"
#include "table/spss.h"

#define PLANTED "Qzplantedgiven;Qzplantedfamily;1990-04-05;V;NG;999900006;9876543210;sexual;;;;Qzplantedplace;;;"

/* Rows of the other reporters: what becomes of each, and what the row that is kept holds. */
static void
rows_go_where_they_belong(void **state)
{
    (void)state;
    static const struct {
        const char *label, *row;
        int kept, counted, rejected, repaired;
        const char *want; /* part of the kept row, or of the reason it is counted for */
    } rows[] = {
        {"plain", "1;2018-03-04;betrokkene;betrokkene;Ada;Tok;1990-01-02;V;NL|SR;;;sexual|labour;window;;;Delft;2017-01-01;2018-01-01;ja",
         1, 0, 0, 0, "born_precision=day sex=female nationality=NL nationality_2=SR forms=3 sector_sexual=1 place=Delft"},
        {"names", "1;2018-03-04;betrokkene;;Ada;Tok;;;;;;;;;;;;;", 1, 0, 0, 0, "given_name=Ada family_name=Tok born_precision=unknown sex=unknown"},
        {"no form is unknown", "1;2018-03-04;betrokkene;;Ada;Tok;;;;;;;;;;;;;", 1, 0, 0, 0, "forms=16"},
        {"Namibia is not missing", "1;2018-03-04;betrokkene;;Ada;Tok;;;NA;;;;;;;;;;", 1, 0, 0, 0, "nationality=NA"},
        {"refused", "1;2018-03-04;geweigerd;;" PLANTED, 0, 1, 0, 0, "refused"},
        {"withdrawn", "1;2018-03-04;ingetrokken;;" PLANTED, 0, 1, 0, 0, "withdrawn"},
        {"not stated", "1;2018-03-04;;betrokkene;" PLANTED, 0, 1, 0, 0, "missing"},
        {"consent not readable", "1;2018-03-04;misschien;;" PLANTED, 0, 1, 0, 1, "missing"},
        {"minor without guardian", "1;2018-03-04;betrokkene;;A;B;2000-03-05;V;;;;;;;;;;;", 0, 1, 0, 0, "no_guardian"},
        {"eighteen that day", "1;2018-03-05;betrokkene;;A;B;2000-03-05;V;;;;;;;;;;;", 1, 0, 0, 0, "consent_registration=given"},
        {"minor with guardian", "1;2018-03-04;gezag;;A;B;2000-03-05;V;;;;;;;;;;;", 1, 0, 0, 0, "consent_registration=guardian"},
        {"adult by a guardian", "1;2018-03-04;gezag;;A;B;1990-03-05;V;;;;;;;;;;;", 0, 1, 0, 0, "not_own"},
        {"age unknown, own consent", "1;2018-03-04;betrokkene;;A;B;2000;V;;;;;;;;;;;", 1, 0, 0, 1, "born_precision=year"},
        {"age unknown, guardian", "1;2018-03-04;gezag;;A;B;2000;V;;;;;;;;;;;", 1, 0, 0, 1, "born_precision=year"},
        {"surely minor by year", "1;2018-03-04;betrokkene;;A;B;2001;V;;;;;;;;;;;", 0, 1, 0, 1, "no_guardian"},
        {"year is kept as its middle", "1;2018-03-04;betrokkene;;A;B;1990;V;;;;;;;;;;;", 1, 0, 0, 1, "born=7486 "},
        {"month is kept as its middle", "1;2018-03-04;betrokkene;;A;B;1990-07;V;;;;;;;;;;;", 1, 0, 0, 1, "born=7500 born_precision=month"},
        {"no date received", "1;;betrokkene;;A;B;;V;;;;;;;;;;;", 0, 0, 1, 0, ""},
        {"impossible date received", "1;2018-02-30;betrokkene;;A;B;;V;;;;;;;;;;;", 0, 0, 1, 0, ""},
        {"refused without a date", "1;;geweigerd;;" PLANTED, 0, 0, 1, 0, ""},
        {"no number of its own", ";2018-03-04;betrokkene;;A;B;;V;;;;;;;;;;;", 0, 0, 1, 0, ""},
        {"impossible date of birth", "1;2018-03-04;betrokkene;;A;B;1990-02-30;V;;;;;;;;;;;", 1, 0, 0, 1, "born_precision=unknown"},
        {"born after the report", "1;2018-03-04;betrokkene;;A;B;2018-03-05;V;;;;;;;;;;;", 1, 0, 0, 1, "born_precision=unknown"},
        {"spaces", "1;2018-03-04;betrokkene;; Ada ;B;;V;;;;;;;;;;;", 1, 0, 0, 1, "given_name=Ada family_name=B"},
        {"bsn", "1;2018-03-04;betrokkene;;A;B;;V;;999900006;;;;;;;;;", 1, 0, 0, 0, "bsn=999900006"},
        {"bsn with points", "1;2018-03-04;betrokkene;;A;B;;V;;9999.00.006;;;;;;;;;", 1, 0, 0, 1, "bsn=999900006"},
        {"bsn that fails", "1;2018-03-04;betrokkene;;A;B;;V;;999900007;;;;;;;;;", 1, 0, 0, 1, "sex=female forms=16"},
        {"bsn without its zero", "1;2018-03-04;betrokkene;;A;B;;V;;10000008;;;;;;;;;", 1, 0, 0, 1, "bsn=010000008"},
        {"bsn of nothing", "1;2018-03-04;betrokkene;;A;B;;V;;000000000;;;;;;;;;", 1, 0, 0, 1, "sex=female forms=16"},
        {"v-number too long", "1;2018-03-04;betrokkene;;A;B;;V;;;12345678901;;;;;;;;", 1, 0, 0, 1, "sex=female forms=16"},
        {"unknown country", "1;2018-03-04;betrokkene;;A;B;;V;QQ;;;;;;;;;;", 1, 0, 0, 1, "sex=female forms=16"},
        {"a third nationality", "1;2018-03-04;betrokkene;;A;B;;V;NL|SR|BE;;;;;;;;;;", 1, 0, 0, 1, "nationality=NL nationality_2=SR forms"},
        {"one unknown form of two", "1;2018-03-04;betrokkene;;A;B;;V;;;;sexual|nonsense;;;;;;;", 1, 0, 0, 1, "forms=1 "},
        {"period the wrong way round", "1;2018-03-04;betrokkene;;A;B;;V;;;;labour;;;;;2018-01-02;2018-01-01;", 1, 0, 0, 1, "forms=2 "},
        {"too few fields", "1;2018-03-04", 0, 0, 1, 0, ""},
        {"too many fields", "1;2018-03-04;betrokkene;;A;B;;V;;;;;;;;;;;;;;", 0, 0, 1, 0, ""},
        {"a quote never closed", "1;2018-03-04;betrokkene;;\"A;B;;V;;;;;;;;;;;", 0, 0, 1, 0, ""},
        {"not utf-8", "1;2018-03-04;betrokkene;;A\xe9;B;;V;;;;;;;;;;;", 0, 0, 1, 0, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        fixture f = fixture_new(tmp, false);
        /* a good row behind it must survive whatever happens */
        delivery_counts c = fixture_intake(&f, "other_reporters", arena_printf(tmp, "%s%s\nZ;2018-01-01;betrokkene;;Good;Row;;;;;;;;;;;;;\n", OTHER_HEADER, rows[i].row));
        if (c.read != 2 || (int)c.kept != rows[i].kept + 1 || (int)c.counted != rows[i].counted || (int)c.rejected != rows[i].rejected ||
            (int)c.repaired != rows[i].repaired)
            fail_msg("%s: read %zu, kept %zu, counted %zu, rejected %zu, repaired %zu", rows[i].label, c.read, c.kept - 1, c.counted,
                     c.rejected, c.repaired);
        table n, counted;
        fixture_read(&f, PURPOSE_registration, &n, &counted);
        assert_int_equal(n.rows, rows[i].kept + 1);
        assert_int_equal(counted.rows, rows[i].counted);
        const char *got = rows[i].kept ? row_text(tmp, &n, 0) : counted.rows ? row_text(tmp, &counted, 0) : "";
        if (!strstr(got, rows[i].want)) fail_msg("%s: got \"%s\", want \"%s\"", rows[i].label, got, rows[i].want);
    }
}

/* Every other reporter's layout, one row each. */
static void
every_layout_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *source, *csv, *want;
    } rows[] = {
        {"kmar", "\xef\xbb\xbf" KMAR_HEADER "K1;03-04-2018;Okafor;Blessing;00-07-1996;V;NGA/NLD;1234567890;;SEKS+ARB;RAAM;BOUW;;Breda;;;J\n",
         "reporter=kmar received=17624 legal_basis=duty given_name=Blessing family_name=Okafor born=9692 born_precision=month sex=female "
         "nationality=NG nationality_2=NL v_number=1234567890 forms=3 sector_sexual=1 sector_labour=16 place=Breda dublin=yes "},
        {"labour_inspectorate",
         "zaaknummer,slachtoffernummer,meldingsdatum,roepnaam,naam,geboren,geslacht,nationaliteit,bsn,vreemdelingennummer,feit,sbi,"
         "sector_seksueel,soort_crimineel,werkplaats,begin_tewerkstelling,einde_tewerkstelling\n"
         "Z1,1,20190102,Jan,Nowak,19850607,1,Polen,-,-,273f-arb,A I,-,-,Venlo,20180101,20181231\n",
         "reporter=labour_inspectorate received=17898 legal_basis=duty given_name=Jan family_name=Nowak born=5636 born_precision=day "
         "sex=male nationality=PL forms=2 sector_labour=5 place=Venlo period_start=17532 period_end=17896 "},
        {"care_coordinators",
         "Dossier;Aangemeld op;Toestemming registratie;Toestemming onderzoek;Toestemming opvang;Voornaam;Achternaam;Geboortedatum;Geslacht;"
         "Nationaliteit;Tweede nationaliteit;BSN;V-nummer;Seksuele uitbuiting;Arbeidsuitbuiting;Criminele uitbuiting;Orgaanverwijdering;"
         "Vorm onbekend;Sector (seksueel);Sector (arbeid);Soort (crimineel);Plaats uitbuiting;Uitbuiting vanaf;Uitbuiting tot;Verblijfsregeling\n"
         "D1;02/01/2019;\"ja, cliënt\";nee;;Eva;Wit;ca. 1980;vrouw;NL;onbekend;;;x;;x;;;\"raam,straat\";;drugs;Ede;;;B8/3\n",
         "reporter=care_coordinators received=17898 legal_basis=consent consent_registration=given consent_monitor=refused given_name=Eva "
         "family_name=Wit born=3834 born_precision=estimated sex=female nationality=NL forms=5 sector_sexual=5 sector_criminal=1 place=Ede "
         "residence=temporary "},
        {"fairwork",
         "Cliëntnummer,Datum,Akkoord,Naam,Geb.datum,Geslacht,Nationaliteit,Sofi/BSN,Problematiek,Branche,Branche seks,Soort crimineel,Werkplek,Begin,Eind\n"
         "F1,02-01-19,J,\"Silva, Ana, Maria\",1980,v,Brazil,?,arbeid;seks,horeca,massage e.a.,,Tiel,,\n",
         "reporter=fairwork received=17898 legal_basis=consent consent_registration=given consent_monitor=given consent_shelter=given "
         "given_name=Ana, Maria family_name=Silva born=3834 born_precision=year sex=female nationality=BR forms=3 sector_sexual=32 "
         "sector_labour=4 place=Tiel "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        fixture f = fixture_new(tmp, false);
        (void)fixture_intake(&f, rows[i].source, rows[i].csv);
        table n, counted;
        fixture_read(&f, PURPOSE_registration, &n, &counted);
        assert_int_equal(n.rows, 1);
        assert_string_equal(row_text(tmp, &n, 0), rows[i].want);
    }
}

/* The police's SPSS file, written by our own writer. */
static void
spss_deliveries_are_read(void **state)
{
    (void)state;
    SCRATCH(tmp);
    fixture f = fixture_new(tmp, true);
    const register_source *s = fixture_source(&f, "police");
    static const struct {
        const char *name;
        int value;
        const char *said;
    } filled[] = {
        {"MELDINGNR", 7, NULL}, {"EENHEID", 11, NULL}, {"DATUM_MELDING", 17898, NULL}, {"GEBDATUM", 5636, NULL}, {"GEBDATUM_ZEKER", 1, NULL},
        {"GESLACHT", 2, NULL},  {"NAT1", 8, NULL},     {"UITB_SEKSUEEL", 1, NULL},    {"SEKS_THUIS", 1, NULL},  {"DUBLIN", 1, NULL},
        {"VERBLIJF", 2, NULL},  {"BSN", 0, "999900006"}, {"VOORNAAM", 0, "Zoë"},        {"ACHTERNAAM", 0, "Hoxha"}, {"TOEST_OPVANG", 1, NULL},
    };
    table t;
    ASSERT_OK(table_new(tmp, "police", 1, s->columns, &t));
    for (size_t i = 0; i < s->columns; i++) {
        const char *name = s->column[i];
        bool is_text = !strcmp(name, "BSN") || !strcmp(name, "VOORNAAM") || !strcmp(name, "ACHTERNAAM") || !strcmp(name, "VNUMMER") || !strcmp(name, "PLAATS");
        bool is_date = strstr(name, "DATUM") && !strstr(name, "ZEKER");
        is_date |= !strncmp(name, "PERIODE", 7);
        ASSERT_OK(table_set_column(tmp, &t, i, name, is_text ? COLUMN_TEXT : is_date ? COLUMN_DATE : COLUMN_INT32, NULL));
        if (!is_text && strncmp(name, "UITB", 4) && strncmp(name, "SEKS", 4) && strncmp(name, "ARB", 3) && strncmp(name, "CRIM", 4))
            ((int32_t *)t.column[i].data)[0] = INT32_MIN;
        text_column *texts = NULL;
        if (is_text) ASSERT_OK(text_column_new(tmp, 1, &texts));
        for (size_t k = 0; k < sizeof filled / sizeof *filled; k++) {
            if (strcmp(filled[k].name, name) != 0) continue;
            if (is_text)
                ASSERT_OK(text_column_put(texts, 0, text_of(filled[k].said)));
            else
                ((int32_t *)t.column[i].data)[0] = filled[k].value;
        }
        if (is_text) ASSERT_OK(text_column_end(texts, &t.column[i]));
    }
    char *path = path_join(tmp, f.folder, "police.sav");
    ASSERT_OK(spss_write(path, &t, NULL));
    intake_result r;
    ASSERT_OK(register_intake(f.store, s, path, f.rejections, &r));
    table n, counted;
    fixture_read(&f, PURPOSE_shelter, &n, &counted);
    assert_int_equal(n.rows, 1);
    assert_string_equal(row_text(tmp, &n, 0),
                        "reporter=police unit=national received=17898 legal_basis=duty consent_shelter=given given_name=Zoë family_name=Hoxha "
                        "born=5636 born_precision=day sex=female nationality=AL bsn=999900006 forms=1 sector_sexual=8 dublin=no residence=reflection ");
    assert_int_equal(r.counts.repaired, 0);
    fixture_remove(&f);
}

static void
a_repeated_delivery_changes_nothing(void **state)
{
    (void)state;
    SCRATCH(tmp);
    fixture f = fixture_new(tmp, false);
    const char *first = OTHER_HEADER "1;2018-03-04;betrokkene;;Ada;Tok;;V;;;;;;;;;;;\n2;2018-03-04;geweigerd;;" PLANTED "\n";
    (void)fixture_intake(&f, "other_reporters", first);
    intake_result again;
    ASSERT_OK(register_intake_bytes(f.store, fixture_source(&f, "other_reporters"), "other.csv", text_of(first), NULL, &again));
    assert_true(again.repeated);
    /* a corrected delivery replaces what it repeats and adds the rest */
    delivery_counts c = fixture_intake(&f, "other_reporters",
                                       OTHER_HEADER "2;2018-03-04;geweigerd;;" PLANTED "\n1;2018-03-04;betrokkene;;Adah;Tok;;V;;;;;;;;;;;\n"
                                                    "3;2018-03-04;betrokkene;;Bo;Tok;;V;;;;;;;;;;;\n");
    assert_int_equal(c.kept, 2);
    assert_int_equal(c.replaced, 1);
    table n, counted;
    fixture_read(&f, PURPOSE_registration, &n, &counted);
    assert_int_equal(n.rows, 2);
    assert_int_equal(counted.rows, 1);
    assert_non_null(strstr(row_text(tmp, &n, 0), "given_name=Adah"));
    assert_int_equal(column_value(table_column(&n, "notification"), 0), 1); /* the number stays */
    /* consent given after all */
    c = fixture_intake(&f, "other_reporters", OTHER_HEADER "2;2018-03-04;betrokkene;;Cy;Tok;;V;;;;;;;;;;;\n");
    assert_int_equal(c.kept, 1);
    fixture_read(&f, PURPOSE_registration, &n, &counted);
    assert_int_equal(n.rows, 3);
    assert_int_equal(counted.rows, 0);
    /* the same number at another reporter is another row */
    (void)fixture_intake(&f, "kmar", KMAR_HEADER "1;03-04-2018;Ok;Bo;;V;;;;SEKS;;;;;;;\n");
    fixture_read(&f, PURPOSE_registration, &n, &counted);
    assert_int_equal(n.rows, 4);
}

static void
a_double_within_a_delivery_is_named(void **state)
{
    (void)state;
    SCRATCH(tmp);
    fixture f = fixture_new(tmp, true);
    delivery_counts c = fixture_intake(&f, "other_reporters",
                                       OTHER_HEADER "1;2018-03-04;betrokkene;;Ada;Tok;;V;;;;;;;;;;;\n1;2018-03-04;betrokkene;;Ada;Tok;;V;;;;;;;;;;;\n");
    assert_int_equal(c.kept, 1);
    assert_int_equal(c.rejected, 1);
    text said;
    ASSERT_OK(file_map(tmp, f.rejections, &said));
    assert_string_equal(arena_copy(tmp, said.bytes, said.n),
                        "file,row,column,expected,mend,action\n"
                        "t.csv,3,Meldingskenmerk,a number of its own: row 2 of this delivery has the same,"
                        "give the row its own number or leave out the double,rejected\n");
    fixture_remove(&f);
}

/* The monitor uses only what it may; what it may not use is counted there. */
static void
purposes_and_roles_are_kept_apart(void **state)
{
    (void)state;
    SCRATCH(tmp);
    fixture f = fixture_new(tmp, false);
    (void)fixture_intake(&f, "care_coordinators",
                         "Dossier;Aangemeld op;Toestemming registratie;Toestemming onderzoek;Toestemming opvang;Voornaam;Achternaam;Geboortedatum;Geslacht;"
                         "Nationaliteit;Tweede nationaliteit;BSN;V-nummer;Seksuele uitbuiting;Arbeidsuitbuiting;Criminele uitbuiting;Orgaanverwijdering;"
                         "Vorm onbekend;Sector (seksueel);Sector (arbeid);Soort (crimineel);Plaats uitbuiting;Uitbuiting vanaf;Uitbuiting tot;Verblijfsregeling\n"
                         "D1;31/12/2019;\"ja, cliënt\";nee;\"ja, cliënt\";Eva;Wit;01/01/1980;vrouw;NL;;;;x;;;;;;;;;;;\n"
                         "D2;01/01/2020;\"ja, cliënt\";\"ja, cliënt\";nee;Ida;Wit;01/01/1980;vrouw;NL;;;;x;;;;;;;;;;;\n");
    table n, counted;
    fixture_read(&f, PURPOSE_monitor, &n, &counted);
    assert_int_equal(n.rows, 1);
    assert_non_null(strstr(row_text(tmp, &n, 0), "Ida"));
    assert_int_equal(counted.rows, 1);
    assert_string_equal(row_text(tmp, &counted, 0), "reporter=care_coordinators year=2019 reason=refused ");
    assert_int_equal(counted.columns, 3);
    fixture_read(&f, PURPOSE_shelter, &n, &counted);
    assert_int_equal(n.rows, 1);
    assert_non_null(strstr(row_text(tmp, &n, 0), "Eva"));
    assert_int_equal(counted.rows, 0);
    ASSERT_OK(register_store_read(tmp, f.store, &(read_options){PURPOSE_monitor, "analyst"}, &n, &counted));
    static const char *const hidden[] = {"given_name", "family_name", "born", "bsn", "v_number", "place", "consent_registration"};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) assert_null(table_column(&n, hidden[i]));
    assert_non_null(table_column(&n, "sex"));
    ASSERT_STATUS(register_store_read(tmp, f.store, &(read_options){PURPOSE_monitor, "nobody"}, &n, &counted), ST_USAGE);
}

/* Files that cannot be taken in at all: a clear error, no value in it, nothing changed. */
static void
malformed_files_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        text bytes;
        const char *want;
    } rows[] = {
        {"empty", {"", 0}, "empty"},
        {"only a byte order mark", {"\xef\xbb\xbf", 3}, "empty"},
        {"no header line", TEXT("1;2018-03-04;betrokkene;Qzplanted;1990-04-05\n"), "expected a column Meldingskenmerk"},
        {"nor this one", TEXT("1;2018-03-04;betrokkene;;" PLANTED "\n"), "the same name"},
        {"another delimiter", TEXT("Meldingskenmerk,Ontvangen\n1,2018-03-04\n"), "expected a column Meldingskenmerk"},
        {"a column is missing", TEXT("Meldingskenmerk;Ontvangen\n1;2018-03-04\n"), "expected a column Toestemming"},
        {"a header twice", TEXT("Meldingskenmerk;Meldingskenmerk\n"), "the same name"},
        {"NUL bytes", {"Meldingskenmerk\0;\n", 18}, "NUL"},
        {"UTF-16", {"\xff\xfe" "M\0e\0l\0", 8}, "UTF-8"},
        {"a zip", {"PK\x03\x04\x14\0\0\0\x08\0\xff\xee", 12}, "UTF-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        fixture f = fixture_new(tmp, false);
        intake_result r;
        status code = register_intake_bytes(f.store, fixture_source(&f, "other_reporters"), "t.csv", rows[i].bytes, NULL, &r);
        if (code != ST_INVALID) fail_msg("%s: %s (%s)", rows[i].label, status_text(code), status_detail());
        if (!strstr(status_detail(), rows[i].want)) fail_msg("%s: got \"%s\", want \"%s\"", rows[i].label, status_detail(), rows[i].want);
        if (strstr(status_detail(), "planted")) fail_msg("%s: the error holds a value", rows[i].label);
        table n, counted;
        fixture_read(&f, PURPOSE_registration, &n, &counted);
        assert_int_equal(n.rows + counted.rows, 0);
        ASSERT_STATUS(register_intake_bytes(f.store, fixture_source(&f, "police"), "t.sav", rows[i].bytes, NULL, &r), ST_INVALID);
    }
}

/* A delivery cut off anywhere keeps the rows before the cut and loses no more than the row it goes through. */
static void
truncated_deliveries_keep_what_is_whole(void **state)
{
    (void)state;
    static const char whole[] = OTHER_HEADER "1;2018-03-04;betrokkene;;Ada;Tok;;V;;;;;;;;;;;\n2;2018-03-04;betrokkene;;\"Bo\nBo\";Tok;;V;;;;;;;;;;;\n"
                                             "3;2018-03-04;betrokkene;;Cy;Tok;;V;;;;;;;;;;;\n";
    for (size_t n = sizeof OTHER_HEADER - 1; n <= sizeof whole - 1; n += 3) {
        SCRATCH(tmp);
        fixture f = fixture_new(tmp, false);
        intake_result r;
        ASSERT_OK(register_intake_bytes(f.store, fixture_source(&f, "other_reporters"), "t.csv", (text){whole, n}, NULL, &r));
        assert_int_equal(r.counts.read, r.counts.kept + r.counts.rejected);
        assert_true(r.counts.rejected <= 2); /* an open quote leaves two broken lines */
    }
}

static int
compare_rows(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Rows in any order, in one delivery or two: the same register. */
static void
order_of_rows_does_not_matter(void **state)
{
    (void)state;
    enum { ROWS = 60, TRIES = 6 };
    static const char *const consents[] = {"betrokkene", "gezag", "geweigerd", "ingetrokken", ""};
    SCRATCH(all);
    const char *want = NULL;
    for (uint64_t try = 0; try < TRIES; try++) {
        SCRATCH(tmp);
        uint32_t order[ROWS];
        rng shuffle = rng_new(7, try);
        rng_shuffle(&shuffle, ROWS, order);
        text_builder b[2] = {text_builder_new(tmp), text_builder_new(tmp)};
        text_put(&b[0], OTHER_HEADER);
        text_put(&b[1], OTHER_HEADER);
        for (uint32_t i = 0; i < ROWS; i++) {
            rng r = rng_new(3, order[i]);
            text_printf(&b[try >= 3 && i % 2], "N%u;2018-03-%02u;%s;;Name%u;Fam%u;%u;V;PL;;;labour;;;;;;;\n", order[i], order[i] % 28 + 1,
                        consents[rng_below(&r, 5)], order[i], (unsigned)rng_below(&r, 9), 1980 + (unsigned)rng_below(&r, 30));
        }
        fixture f = fixture_new(tmp, false);
        for (int k = 0; k < 2; k++) {
            text csv;
            ASSERT_OK(text_builder_end(&b[k], &csv));
            if (k == 0 || try >= 3) (void)fixture_intake(&f, "other_reporters", csv.bytes);
        }
        table n, counted;
        fixture_read(&f, PURPOSE_registration, &n, &counted);
        const char *rows[2 * ROWS];
        for (size_t i = 0; i < n.rows; i++) rows[i] = row_text(tmp, &n, i);
        for (size_t i = 0; i < counted.rows; i++) rows[n.rows + i] = row_text(tmp, &counted, i);
        assert_int_equal(n.rows + counted.rows, ROWS);
        qsort(rows, ROWS, sizeof *rows, compare_rows);
        text_builder said = text_builder_new(all);
        for (size_t i = 0; i < ROWS; i++) text_printf(&said, "%s\n", rows[i]);
        text got;
        ASSERT_OK(text_builder_end(&said, &got));
        if (!want) want = got.bytes;
        assert_string_equal(got.bytes, want);
    }
}

static status
whole_intake(const fixture *f, const register_source *s)
{
    SCRATCH(tmp);
    register_store *store;
    intake_result r;
    table n, counted;
    CHECK(register_store_open(tmp, ":memory:", f->definition, f->key, &store));
    CHECK(register_intake_bytes(store, s, "t.csv", TEXT(OTHER_HEADER "1;2018-03-04;betrokkene;;Ada;Tok;;V;;;;;;;;;;;\n2;x;;;;\n"), NULL, &r));
    return register_store_read(tmp, store, NULL, &n, &counted);
}

static void
survives_no_memory(void **state)
{
    (void)state;
    SCRATCH(tmp);
    fixture f = fixture_new(tmp, false);
    const register_source *s = fixture_source(&f, "other_reporters");
    ASSERT_SURVIVES_NO_MEMORY(whole_intake(&f, s));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_go_where_they_belong),
        cmocka_unit_test(every_layout_is_read),
        cmocka_unit_test(spss_deliveries_are_read),
        cmocka_unit_test(a_repeated_delivery_changes_nothing),
        cmocka_unit_test(a_double_within_a_delivery_is_named),
        cmocka_unit_test(purposes_and_roles_are_kept_apart),
        cmocka_unit_test(malformed_files_are_refused),
        cmocka_unit_test(truncated_deliveries_keep_what_is_whole),
        cmocka_unit_test(order_of_rows_does_not_matter),
        cmocka_unit_test(survives_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
