#include "strangers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The commonest names of each people; rarer ones are put together from its syllables. */
typedef struct people_names {
    const char *nation, *neighbour;
    const char *women, *men, *families, *onsets, *middles, *ends;
    const char *places;
} people_names;

static const people_names peoples[] = {
    {"NL", "BE", "johanna elisabeth catharina wilhelmina anneke sanne lotte margaretha fenna hendrika roos marijke",
     "johannes willem cornelis hendrik gerrit pieter jacobus sander bram thijs antonius reinier",
     "jong boer visser smit bos dijkstra hoekstra kuiper postma wolff brouwer vos linden beek velden broek heuvel meer",
     "b d g h k l m p r s v w st kr br vl", "a e o ie oe ui ij aa ee oo", "ing ma stra ers ink man mans sen huis berg dal ker veld",
     "rotterdam utrecht groningen breda zwolle almelo roermond hoorn gouda tiel"},
    {"PL", "SK", "agnieszka katarzyna malgorzata zofia joanna magdalena dorota beata iwona grazyna",
     "krzysztof andrzej piotr stanislaw tomasz pawel wojciech zbigniew mariusz leszek",
     "nowak kowalski wisniewski wojcik kaminski lewandowski zielinski szymanski wozniak dabrowski kozlowski mazur",
     "sz cz k w z dr gr br p m l st t r b", "a o e i u y ie ow", "ski wicz czyk ak ek owski inski czak arz uk",
     "lodz gdansk krakow poznan szczecin lublin radom kielce"},
    {"NG", "BJ", "chidinma adaobi temitope folake osaretin itohan ifeoma nneka patience joy blessing gift",
     "chinedu obinna babatunde adewale osagie efosa uchenna tunde sunday monday godwin lucky",
     "okafor okonkwo adeyemi osagie igbinedion eze balogun nwosu omoregie idahosa ogbebor aigbe",
     "o a i u ch k n b d f t ok ad os", "sa gie ba de chu ne fu lo mi ra", "ye le ma nna won kwo for su re bor hie gbe",
     "benin city lagos ibadan onitsha warri kano aba"},
    {"SY", "LB", "amina khadidja nour leyla hanan rima zeinab sawsan abir dalal", "mahmoud khalil omar bilal hassan tarek walid nizar ziad samir",
     "haddad khoury najjar al masri al ahmad sabbagh hamdan darwish qasim mansour al khatib", "h kh m n s sh b t q r z j d gh", "a i u aa ou ee ai",
     "ad in oun ar im eh an i ib awi ani ash", "aleppo homs damascus idlib raqqa hama daraa"},
    {"VN", "LA", "thi lan thi hoa thi mai thu ha ngoc anh minh chau bich phuong hong nhung", "van hung van nam duc minh quang huy tuan anh thanh son",
     "nguyen tran le pham hoang phan vu dang bui do ho ngo", "ng nh th tr ph kh b c d h l m v x", "a o e i u uo ie ua", "ng n nh m c p t ch y",
     "hanoi haiphong nghe an ha tinh quang binh vinh"},
    {"GB", "IE", "margaret dorothy florence beatrice winifred edith katherine susannah rebecca abigail", "frank harold percy stanley cecil leonard benjamin nathaniel alexander gilbert",
     "pritchard lloyd ashworth fairbairn mcdonald gallagher penrose tremaine holloway whitaker barraclough ogden", "b br c cl d f g gr h k l m p r s st t w",
     "a e i o u ea oo ai", "son ton ley by ing worth er ett ock ell ard ridge", "york derby truro dundee swansea bath wells ripon"},
    {"DE", "AT", "ursula sabine gisela monika petra karin ingrid brigitte christa heike anja birgit", "klaus juergen uwe wolfgang guenter horst dieter stefan andreas rainer matthias holger",
     "mueller schneider weber wagner becker schulz hoffmann schaefer krause lehmann huber werner vogel winkler lorenz", "b br d f g gr h k kl l m r s sch st t w z",
     "a e i o u au ei ie ue oe", "mann er ner ling bach berg hardt rich stein ke ig au feld", "bremen ulm kassel trier jena passau worms fulda"},
    {"ER", "ET", "selam mehret senait letay ruta feven saba bisrat", "yonas tesfay berhane samuel filmon kidane habtom mehari",
     "tekle ghebre haile weldu okbay tesfamariam kiflay abraha mebrahtu zeray", "b t g m s w h k y f d z", "e a i u ie ai", "le say ne wi bu mariam yesus tu des ab om", "asmara keren massawa dekemhare"}};
enum { PEOPLES = sizeof peoples / sizeof *peoples };

static const char *const nicknames[] = {"johanna jo annie", "elisabeth bep els", "catharina toos ina", "wilhelmina mien willy", "margaretha greet rita", "hendrika riek hennie",
                                        "johannes jan hans", "willem wim", "cornelis kees cor", "hendrik henk rik", "gerrit ger", "jacobus koos sjaak", "antonius ton toon",
                                        "agnieszka aga", "katarzyna kasia", "malgorzata gosia", "krzysztof krzys", "andrzej jedrek", "stanislaw staszek", "wojciech wojtek",
                                        "temitope temi", "chidinma chichi", "babatunde tunde", "margaret peggy meg", "dorothy dot", "katherine kitty kate", "rebecca becky",
                                        "benjamin ben", "nathaniel nat", "alexander alec sandy", "leonard len", "francis frank"};
static const char *const works[][3] = {{"carpenter", "joiner", "woodworker"}, {"farm hand", "agricultural labourer", "field worker"}, {"nurse", "sister", "care worker"},
                                       {"cook", "kitchen help", "chef"}, {"cleaner", "domestic", "chambermaid"}, {"driver", "lorry driver", "chauffeur"},
                                       {"nail artist", "beautician", "manicurist"}, {"butcher", "slaughterhouse worker", "meat packer"}, {"student", "pupil", "none"},
                                       {"painter", "decorator", "house painter"}, {"clerk", "office worker", "administrator"}, {"tailor", "seamstress", "machinist"}};
static const char *const hosts[] = {"mailbox.example", "post.example", "web.example", "school.example", "free.example"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* The i-th word of a list with blanks between. */
static void
word_at(const char *list, size_t i, char out[CELL])
{
    for (; i; i--) list = strchr(list, ' ') + 1;
    snprintf(out, CELL, "%.*s", (int)strcspn(list, " "), list);
}

static size_t
words_in(const char *list)
{
    size_t n = 1;
    for (; *list; list++) n += *list == ' ';
    return n;
}

static void
any_word(rng *g, const char *list, char out[CELL])
{
    word_at(list, rng_below(g, words_in(list)), out);
}

/* A name's rank: its share falls with the rank to the power `common`. */
static size_t
draw_rank(rng *g, size_t n, double common)
{
    double u = rng_uniform(g), e = 1 - common, last = (double)n + 1;
    double at = fabs(e) < 1e-6 ? exp(u * log(last)) : pow(1 + u * (pow(last, e) - 1), 1 / e);
    return (size_t)fmin(at - 1, (double)n - 1);
}

/* The same for everybody of the people who bears the name of that rank. */
static void
name_of_rank(const people_names *p, const char *known, size_t rank, char out[CELL])
{
    char part[3][CELL];
    size_t n = words_in(known);
    if (rank < n) {
        word_at(known, rank, out);
        return;
    }
    rng g = rng_new(rank, 0x73747261 + (uint64_t)(p - peoples) * 2 + (known == p->families));
    any_word(&g, p->onsets, part[0]);
    any_word(&g, p->middles, part[1]);
    any_word(&g, p->ends, part[2]);
    snprintf(out, CELL, "%.20s%.20s%.20s", part[0], part[1], part[2]);
    if (strlen(out) > 6 || !rng_below(&g, 3)) return;
    any_word(&g, p->onsets, part[0]);
    any_word(&g, p->middles, part[1]);
    char was[CELL];
    memcpy(was, out, CELL);
    snprintf(out, CELL, "%.15s%.15s%.40s", part[0], part[1], was);
}

const char *
strangers_nation(const stranger *s)
{
    return peoples[s->people].nation;
}

static void
new_phone(rng *g, char out[CELL])
{
    unsigned number = (unsigned)rng_below(g, 100000000);
    snprintf(out, CELL, "06%08u", number);
}

void
strangers_move(rng *g, const stranger_plan *plan, stranger *s)
{
    (void)plan;
    unsigned district = (unsigned)draw_rank(g, 400, .7), house = 1 + (unsigned)rng_below(g, 120), a = (unsigned)rng_below(g, 22), b = (unsigned)rng_below(g, 22);
    word_at(peoples[0].places, district % 10, s->city);
    snprintf(s->postcode, CELL, "%04u %c%c", 1000 + district * 21, (char)('A' + a), (char)('A' + b));
    name_of_rank(&peoples[0], peoples[0].families, 20 + district * 3 + a % 3, s->street);
    size_t n = strlen(s->street);
    snprintf(s->street + n, CELL - n, "%s %u", b % 3 ? "straat" : "laan", house);
}

static void
name_person(rng *g, const stranger_plan *plan, stranger *s)
{
    const people_names *p = &peoples[s->people];
    const char *given = s->woman ? p->women : p->men;
    static const char *const prefixes[] = {"van", "van der", "de", "van den", "ten"};
    name_of_rank(p, given, draw_rank(g, plan->names / 4 + 1, plan->common), s->given);
    name_of_rank(p, given, draw_rank(g, plan->names / 4 + 1, plan->common), s->second);
    name_of_rank(p, p->families, draw_rank(g, plan->names, plan->common), s->family);
    name_of_rank(p, p->families, draw_rank(g, plan->names, plan->common), s->married);
    s->prefix[0] = 0;
    size_t which = rng_below(g, 2 * COUNT(prefixes));
    if (!s->people && which < COUNT(prefixes)) snprintf(s->prefix, CELL, "%s", prefixes[which]);
}

static void
birth_of(rng *g, int from, int years, stranger *s)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = from + (int)rng_below(g, (uint64_t)years), month = (int)rng_below(g, 12), day = 1 + (int)rng_below(g, (uint64_t)days[month]);
    snprintf(s->born, CELL, "%04d-%02d-%02d", year, month + 1, day);
}

static int
draw_people(rng *g, unsigned mask)
{
    int have[PEOPLES], n = 0;
    for (int p = 0; p < PEOPLES; p++)
        if (mask >> p & 1) have[n++] = p;
    return n > 1 && rng_below(g, 2) ? have[1 + rng_below(g, (uint64_t)(n - 1))] : have[0];
}

static void
rest_of(rng *g, const stranger_plan *plan, stranger *s)
{
    const people_names *p = &peoples[s->people];
    strangers_move(g, plan, s);
    new_phone(g, s->phone);
    any_word(g, p->places, s->place);
    snprintf(s->work, CELL, "%s", works[draw_rank(g, COUNT(works), .6)][0]);
    unsigned unit = 1 + (unsigned)draw_rank(g, 30, .5), service = (unsigned)rng_below(g, 1000000), tail = (unsigned)rng_below(g, 90);
    snprintf(s->unit, CELL, "%u %s", unit, unit % 3 ? "infantry" : "engineers");
    snprintf(s->service, CELL, "%c%06u", (char)('A' + unit % 4), service);
    size_t host = draw_rank(g, COUNT(hosts), .8);
    const char *at = hosts[host];
    if (tail < 30) snprintf(s->mail, CELL, "%.20s.%.24s@%s", s->given, s->family, at);
    else if (tail < 60) snprintf(s->mail, CELL, "%c%.24s%u@%s", s->given[0], s->family, tail, at);
    else snprintf(s->mail, CELL, "%.5s%.3s%u@%s", s->work, s->given, tail, at);
}

/* In a household the first two are a couple, the others their children. */
void
strangers_make(rng *g, const stranger_plan *plan, size_t n, stranger result[])
{
    size_t home = plan->household > 1 ? (size_t)plan->household : 1;
    for (size_t i = 0; i < n; i++) {
        stranger *s = &result[i], *head = &result[i - i % home];
        *s = (stranger){.woman = rng_below(g, 2)};
        s->people = i % home ? head->people : draw_people(g, plan->peoples);
        name_person(g, plan, s);
        bool child = i % home >= 2;
        birth_of(g, plan->first_year + (child ? plan->years / 2 : 0), child || home > 1 ? plan->years / 2 : plan->years, s);
        rest_of(g, plan, s);
        if (i % home == 0) continue;
        memcpy(s->family, head->family, CELL);
        memcpy(s->prefix, head->prefix, CELL);
        memcpy(s->city, head->city, CELL);
        memcpy(s->postcode, head->postcode, CELL);
        memcpy(s->street, head->street, CELL);
    }
}

/* Errors. */

/* One place of the cell where a text stands, chosen by lot, becomes another one. */
static bool
replace_one(rng *g, const char *const pairs[][2], size_t n, char cell[CELL])
{
    size_t from = rng_below(g, n);
    for (size_t i = 0; i < n; i++) {
        const char *old = pairs[(from + i) % n][0], *new = pairs[(from + i) % n][1];
        char rest[CELL], *at = strstr(cell, old);
        if (!at || strlen(cell) + strlen(new) >= CELL) continue;
        char *later = strstr(at + 1, old);
        if (later && rng_below(g, 2)) at = later;
        snprintf(rest, CELL, "%s", at + strlen(old));
        snprintf(at, CELL - (size_t)(at - cell), "%s%s", new, rest);
        return true;
    }
    return false;
}

void
spoil_scan(rng *g, const stranger *of, char cell[CELL])
{
    static const char *const pairs[][2] = {{"rn", "m"}, {"m", "rn"}, {"l", "1"}, {"i", "l"}, {"o", "0"}, {"e", "c"}, {"c", "e"}, {"h", "b"}, {"cl", "d"}, {"d", "cl"},
                                           {"u", "v"}, {"n", "ri"}, {"a", "o"}, {"t", "f"}, {"g", "q"}, {"1", "7"}, {"3", "8"}, {"5", "6"}, {"0", "6"}, {"8", "3"},
                                           {"9", "4"}, {"2", "7"}, {"6", "0"}, {"7", "1"}, {"4", "9"}};
    (void)of;
    for (uint64_t n = 1 + (rng_below(g, 3) == 0); n; n--) (void)replace_one(g, pairs, COUNT(pairs), cell);
}

void
spoil_sound(rng *g, const stranger *of, char cell[CELL])
{
    static const char *const pairs[][2] = {{"sz", "sh"}, {"cz", "tch"}, {"w", "v"}, {"ij", "ei"}, {"ie", "y"}, {"oe", "u"}, {"ui", "ou"}, {"aa", "a"}, {"ee", "e"},
                                           {"oo", "o"}, {"c", "s"}, {"k", "q"}, {"q", "k"}, {"kh", "g"}, {"j", "y"}, {"dj", "dsj"}, {"th", "t"}, {"ph", "p"},
                                           {"gh", "g"}, {"h", ""}, {"tr", "ch"}, {"ng", "n"}, {"b", "p"}, {"d", "t"}, {"f", "v"}, {"ou", "oo"}, {"i", "e"}, {"u", "o"}};
    (void)of;
    for (uint64_t n = 1 + rng_below(g, 3); n; n--) (void)replace_one(g, pairs, COUNT(pairs), cell);
}

void
spoil_nickname(rng *g, const stranger *of, char cell[CELL])
{
    (void)of;
    for (size_t i = 0; i < COUNT(nicknames); i++) {
        char first[CELL];
        word_at(nicknames[i], 0, first);
        if (strcmp(first, cell)) continue;
        size_t which = 1 + rng_below(g, words_in(nicknames[i]) - 1);
        word_at(nicknames[i], which, cell);
        return;
    }
    size_t keep = 2;
    while (cell[keep] && !strchr("aeiouy", cell[keep])) keep++; /* the first syllable */
    if (strlen(cell) > keep + 1) cell[keep + 1] = 0;
}

void
spoil_other_name(rng *g, const stranger *of, char cell[CELL])
{
    (void)g;
    snprintf(cell, CELL, "%s", of->second);
}

void
spoil_initial(rng *g, const stranger *of, char cell[CELL])
{
    char was = cell[0];
    if (was && rng_below(g, 2)) snprintf(cell, CELL, "%c.%c.", was, of->second[0]);
    else if (was) snprintf(cell, CELL, "%c.", was);
}

void
spoil_cut(rng *g, const stranger *of, char cell[CELL])
{
    (void)g, (void)of;
    cell[7] = 0;
}

void
spoil_part(rng *g, const stranger *of, char cell[CELL])
{
    (void)of;
    char *blank = strchr(cell, ' '), rest[CELL];
    if (!blank) return;
    snprintf(rest, CELL, "%s", blank + 1);
    if (rng_below(g, 2)) memcpy(cell, rest, CELL);
    else *strrchr(cell, ' ') = 0;
}

void
spoil_key(rng *g, const stranger *of, char cell[CELL])
{
    static const char rows[] = "1234567890 qwertyuiop asdfghjkl zxcvbnm", upper[] = "QWERTYUIOP ASDFGHJKL ZXCVBNM";
    (void)of;
    size_t n = strlen(cell);
    if (!n) return;
    char *c = &cell[rng_below(g, n)];
    const char *in = strchr(rows, *c) ? rows : upper, *at = strchr(in, *c);
    if (*c == ' ' || !at) return;
    char left = at > in ? at[-1] : ' ', right = at[1];
    bool go_left = rng_below(g, 2);
    char next = go_left ? left : right;
    *c = next && next != ' ' ? next : go_left ? right : left;
}

void
spoil_january(rng *g, const stranger *of, char cell[CELL])
{
    (void)g, (void)of;
    if (strlen(cell) == 10) memcpy(cell + 5, "01-01", 6);
}

void
spoil_default(rng *g, const stranger *of, char cell[CELL])
{
    (void)g, (void)of;
    snprintf(cell, CELL, "1900-01-01");
}

void
spoil_year_only(rng *g, const stranger *of, char cell[CELL])
{
    (void)g, (void)of;
    cell[4] = 0;
}

void
spoil_age(rng *g, const stranger *of, char cell[CELL])
{
    char rest[CELL];
    (void)of;
    int year = atoi(cell) + (int)lround(2 * rng_normal(g));
    if (rng_below(g, 2)) year = (year + 2) / 5 * 5;
    snprintf(rest, CELL, "%s", strlen(cell) > 4 ? cell + 4 : "");
    snprintf(cell, CELL, "%04d%.40s", year, rest);
}

void
spoil_turned(rng *g, const stranger *of, char cell[CELL])
{
    char day[2];
    (void)g, (void)of;
    if (strlen(cell) != 10) return;
    memcpy(day, cell + 8, 2);
    memcpy(cell + 8, cell + 5, 2);
    memcpy(cell + 5, day, 2);
}

void
spoil_work(rng *g, const stranger *of, char cell[CELL])
{
    for (size_t i = 0; i < COUNT(works); i++)
        if (!strcmp(works[i][0], of->work)) snprintf(cell, CELL, "%s", works[i][1 + rng_below(g, 2)]);
}

void
spoil_host(rng *g, const stranger *of, char cell[CELL])
{
    (void)of;
    char *at = strchr(cell, '@');
    if (at) snprintf(at + 1, CELL - (size_t)(at + 1 - cell), "%s", hosts[rng_below(g, COUNT(hosts))]);
}

void
spoil_new_number(rng *g, const stranger *of, char cell[CELL])
{
    (void)of;
    new_phone(g, cell);
}

void
spoil_flip(rng *g, const stranger *of, char cell[CELL])
{
    (void)g, (void)of;
    cell[0] = cell[0] == 'F' ? 'M' : 'F';
}

void
spoil_neighbour(rng *g, const stranger *of, char cell[CELL])
{
    (void)g;
    snprintf(cell, CELL, "%s", peoples[of->people].neighbour);
}

/* Forms of names. */

void
stranger_family(rng *g, const stranger *s, bool married, bool styles, char out[CELL])
{
    const char *prefix = s->prefix;
    char name[CELL];
    uint64_t how = styles ? rng_below(g, 4) : 0;
    if (married && styles && rng_below(g, 2)) snprintf(name, CELL, "%.30s-%.30s", s->married, s->family);
    else snprintf(name, CELL, "%s", married ? s->married : s->family);
    if (!*prefix || married || how == 3) snprintf(out, CELL, "%s", name);
    else if (how == 1) snprintf(out, CELL, "%.40s, %.20s", name, prefix);
    else if (how == 2) snprintf(out, CELL, "%.15s %.60s", strcmp(prefix, "van der") ? prefix : "v.d.", name);
    else snprintf(out, CELL, "%.20s %.50s", prefix, name);
}

void
stranger_full(rng *g, const stranger *s, bool married, bool titles, char out[CELL])
{
    static const char *const before[] = {"mw.", "dhr.", "drs.", "ing.", "prof. dr."};
    char family[CELL];
    stranger_family(g, s, married, false, family);
    uint64_t how = rng_below(g, titles ? 5 : 2), title = rng_below(g, COUNT(before));
    if (how == 0) snprintf(out, CELL, "%.35s, %.35s", family, s->given);
    else if (how == 1) snprintf(out, CELL, "%.30s %.40s", s->given, family);
    else if (how == 2) snprintf(out, CELL, "%.25s %.25s %.25s", s->given, s->second, family);
    else if (how == 3) snprintf(out, CELL, "%s %c.%c. %.40s", s->woman ? before[0] : before[1], s->given[0], s->second[0], family);
    else snprintf(out, CELL, "%s %.25s %.40s", before[title], s->given, family);
}
