#include "linkage/normalise.h"

#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

struct normaliser {
    arena *a;
    const UNormalizer2 *decompose;
    UTransliterator *latin; /* opened at the first value that needs it: it takes milliseconds */
};

static void
close_latin(void *object)
{
    normaliser *n = object;
    if (n->latin) utrans_close(n->latin);
    n->latin = NULL;
}

status
normaliser_new(arena *a, normaliser **result)
{
    normaliser *n;
    ALLOC(a, n, 1);
    UErrorCode error = U_ZERO_ERROR;
    n->a = a;
    n->decompose = unorm2_getNFKDInstance(&error);
    if (U_FAILURE(error)) FAIL(ST_INTERNAL, "ICU has no normalisation data: %s", u_errorName(error));
    CHECK(arena_defer(a, close_latin, n));
    *result = n;
    return ST_OK;
}

static status
open_latin(normaliser *n)
{
    if (n->latin) return ST_OK;
    UErrorCode error = U_ZERO_ERROR;
    UChar id[128];
    u_uastrcpy(id, "Any-Latin; NFKD; [:Mark:] Remove; Latin-ASCII; Lower");
    n->latin = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &error);
    if (U_FAILURE(error)) FAIL(ST_INTERNAL, "ICU cannot transliterate: %s", u_errorName(error));
    return ST_OK;
}

static bool
is_ascii(text a)
{
    for (size_t i = 0; i < a.n; i++)
        if ((unsigned char)a.bytes[i] >= 0x80) return false;
    return true;
}

/* Letters and digits in lower case, an apostrophe vanishes, other runs become one space; returns the length. */
static size_t
squeeze(const char *in, size_t n, char *out)
{
    size_t k = 0;
    bool gap = false;
    for (size_t i = 0; i < n; i++) {
        char c = in[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        bool keep = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!keep) {
            gap = gap || c != '\'';
            continue;
        }
        if (gap && k) out[k++] = ' ';
        gap = false;
        out[k++] = c;
    }
    return k;
}

static bool
without_vowels(const UChar *s, int32_t n)
{
    for (int32_t i = 0; i < n;) {
        UChar32 c;
        U16_NEXT(s, i, n, c);
        UErrorCode error = U_ZERO_ERROR;
        UScriptCode script = uscript_getScript(c, &error);
        if (script == USCRIPT_ARABIC || script == USCRIPT_HEBREW) return true;
    }
    return false;
}

/* Typographic apostrophes and the hamza and ain of transliterations separate nothing. */
static int32_t
drop_apostrophes(UChar *s, int32_t n)
{
    int32_t k = 0;
    for (int32_t i = 0; i < n; i++)
        if (s[i] != 0x2019 && s[i] != 0x2018 && s[i] != 0x02BC && s[i] != 0x02BE && s[i] != 0x02BF && s[i] != 0x0060 &&
            s[i] != 0x00B4)
            s[k++] = s[i];
    return k;
}

static status
apply_unicode(normaliser *n, arena *a, text value, normalised *result)
{
    SCRATCH(tmp);
    if (value.n > INT32_MAX / 64) FAIL(ST_LIMIT, "a value of %zu bytes is no name", value.n);
    int32_t capacity = (int32_t)value.n * 18 + 64, length = 0; /* NFKD makes at most 18 code units of one */
    UChar *wide, *plain;
    ALLOC(tmp, wide, capacity);
    ALLOC(tmp, plain, capacity);
    UErrorCode error = U_ZERO_ERROR;
    u_strFromUTF8WithSub(wide, capacity, &length, value.bytes, (int32_t)value.n, 0xFFFD, NULL, &error);
    if (U_FAILURE(error)) FAIL(ST_INTERNAL, "ICU cannot read a text: %s", u_errorName(error));
    result->consonants = without_vowels(wide, length);
    length = drop_apostrophes(wide, length);
    length = unorm2_normalize(n->decompose, wide, length, plain, capacity, &error);
    if (U_FAILURE(error)) FAIL(ST_INTERNAL, "ICU cannot normalise a text: %s", u_errorName(error));
    CHECK(open_latin(n));
    int32_t limit = length;
    utrans_transUChars(n->latin, plain, &length, capacity, 0, &limit, &error);
    if (U_FAILURE(error)) FAIL(ST_INTERNAL, "ICU cannot transliterate a text: %s", u_errorName(error));
    length = drop_apostrophes(plain, length);
    char *narrow, *out;
    ALLOC(tmp, narrow, length + 1);
    for (int32_t i = 0; i < length; i++) narrow[i] = plain[i] < 0x80 ? (char)plain[i] : ' ';
    ALLOC(a, out, length + 1);
    result->value = (text){out, squeeze(narrow, (size_t)length, out)};
    return ST_OK;
}

status
normaliser_apply(normaliser *n, arena *a, text value, normalised *result)
{
    normalised made = {0};
    if (is_ascii(value)) {
        char *out;
        ALLOC(a, out, value.n + 1);
        made.value = (text){out, squeeze(value.bytes, value.n, out)};
    } else
        CHECK(apply_unicode(n, a, value, &made));
    *result = made;
    return ST_OK;
}

static bool
is_unknown_word(text value)
{
#define UNKNOWN(x) {x, sizeof x - 1}
    static const text words[] = {UNKNOWN("onbekend"), UNKNOWN("onbekende"), UNKNOWN("onb"), UNKNOWN("niet bekend"), UNKNOWN("naam onbekend"),
                                 UNKNOWN("voornaam onbekend"), UNKNOWN("achternaam onbekend"), UNKNOWN("geen"), UNKNOWN("geen naam"),
                                 UNKNOWN("nn"), UNKNOWN("n n"), UNKNOWN("nomen nescio"), UNKNOWN("anoniem"), UNKNOWN("nvt"), UNKNOWN("n v t"),
                                 UNKNOWN("unknown"), UNKNOWN("name unknown"), UNKNOWN("not known"), UNKNOWN("no name"), UNKNOWN("anonymous"),
                                 UNKNOWN("unbekannt"), UNKNOWN("anonym"), UNKNOWN("inconnu"), UNKNOWN("inconnue"), UNKNOWN("xx"), UNKNOWN("xxx"),
                                 UNKNOWN("xxxx")};
#undef UNKNOWN
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (value.n == words[i].n && text_equal(value, words[i])) return true;
    return false;
}

bool
normalised_is_unknown(text value)
{
    size_t half = value.n / 2;
    bool twice = value.n > 2 && value.n % 2 && value.bytes[half] == ' ' && !memcmp(value.bytes, value.bytes + half + 1, half);
    return is_unknown_word(value) || (twice && is_unknown_word((text){value.bytes, half}));
}
