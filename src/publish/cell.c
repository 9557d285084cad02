#include "publish/cell.h"

#include "publish/number.h"

static const struct {
    const char *name, *accessible, *official, *meaning;
} states[CELL_STATES] = {
    [RELEASED_VALUE] = {"value", "", "", ""},
    [RELEASED_CONFIDENTIAL] = {"confidential", "[c]", ".", WORD("confidential: too few persons to show")},
    [RELEASED_UNKNOWN] = {"unknown", "[x]", ".", WORD("not available")},
    [RELEASED_IMPOSSIBLE] = {"impossible", "[z]", "", WORD("not applicable: this cannot occur")},
    [RELEASED_LOW] = {"low", "[low]", "0", WORD("low: not zero, but rounds to zero")},
};

const char *
cell_symbol(released_state state, bool official)
{
    return official ? states[state].official : states[state].accessible;
}

const char *
cell_meaning(released_state state)
{
    return states[state].meaning;
}

const char *
cell_state_name(released_state state)
{
    return states[state].name;
}

const char *
cell_text(arena *a, language in, released_cell cell, bool official)
{
    char number[NUMBER_BYTES];
    if (cell.state != RELEASED_VALUE) return cell_symbol(cell.state, official);
    number_format(in, cell.value, cell.decimals, number);
    return arena_copy(a, number, strlen(number));
}

void
cell_put(html *h, language in, released_cell cell, bool official)
{
    char number[NUMBER_BYTES];
    if (cell.state == RELEASED_VALUE) {
        number_format(in, cell.value, cell.decimals, number);
        html_text(h, number);
        return;
    }
    const char *symbol = cell_symbol(cell.state, official);
    if (!*symbol) return;
    html_open_class(h, TAG_ABBR, "symbol");
    html_attr(h, ATTR_TITLE, words_get(in, cell_meaning(cell.state)));
    html_text(h, symbol);
    html_close(h, TAG_ABBR);
}

bool
cell_drawn(released_cell cell)
{
    return cell.state == RELEASED_VALUE || cell.state == RELEASED_LOW;
}

int
axis_find(const exact_axis *axis, const char *code)
{
    for (size_t i = 0; i < axis->n; i++)
        if (strcmp(axis->item[i].code.code, code) == 0) return (int)i;
    return -1;
}

static int
axis_find_text(const exact_axis *axis, text code)
{
    for (size_t i = 0; i < axis->n; i++)
        if (text_is(code, axis->item[i].code.code)) return (int)i;
    return -1;
}

static const released *
find_figure(const document *d, text code)
{
    for (size_t i = 0; i < d->chapters; i++)
        for (size_t k = 0; k < d->chapter[i].blocks; k++) {
            const figure *f = d->chapter[i].block[k].figure;
            if (d->chapter[i].block[k].kind != BLOCK_FIGURE) continue;
            if (text_is(code, released_figure(f->data))) return f->data;
            if (f->tests && text_is(code, released_figure(f->tests))) return f->tests;
        }
    return NULL;
}

/* The piece before the next slash; the rest moves on. */
static text
next_piece(text *rest)
{
    const char *slash = rest->n ? memchr(rest->bytes, '/', rest->n) : NULL;
    text piece = {rest->bytes, slash ? (size_t)(slash - rest->bytes) : rest->n};
    size_t gone = piece.n + (slash != NULL);
    *rest = (text){rest->bytes + gone, rest->n - gone};
    return piece;
}

cell_reference
cell_lookup(const document *d, text reference)
{
    text rest = reference;
    const released *found = find_figure(d, next_piece(&rest));
    if (!found) return (cell_reference){0};
    int row = axis_find_text(released_rows(found), next_piece(&rest));
    int column = axis_find_text(released_columns(found), rest);
    if (row < 0 || column < 0) return (cell_reference){0};
    return (cell_reference){found, (size_t)row, (size_t)column};
}

/* One step through running text: literal words, then perhaps a reference. */
static status
next_reference(const document *d, text *rest, text *literal, cell_reference *found)
{
    *found = (cell_reference){0};
    const char *brace = rest->n ? memchr(rest->bytes, '{', rest->n) : NULL;
    if (!brace) {
        *literal = *rest;
        *rest = (text){rest->bytes + rest->n, 0};
        return ST_OK;
    }
    size_t before = (size_t)(brace - rest->bytes), left = rest->n - before;
    if (left > 1 && brace[1] == '{') {
        *literal = (text){rest->bytes, before + 1};
        *rest = (text){brace + 2, left - 2};
        return ST_OK;
    }
    const char *end = memchr(brace, '}', left);
    if (!end) FAIL(ST_CONFIG, "running text: a { without }; write {{ for a brace");
    text reference = {brace + 1, (size_t)(end - brace - 1)};
    *found = cell_lookup(d, reference);
    if (!found->figure)
        FAIL(ST_CONFIG, "running text: {%.*s} names no figure, row and column of this report; expected {FIGURE/ROW/COLUMN} by their codes",
             (int)reference.n, reference.bytes);
    *literal = (text){rest->bytes, before};
    *rest = (text){end + 1, rest->n - (size_t)(end + 1 - rest->bytes)};
    return ST_OK;
}

status
cell_put_words(html *h, const document *d, language in, phrase words, bool official)
{
    text rest = text_of(words.in[in]), literal;
    while (rest.n) {
        cell_reference found;
        CHECK(next_reference(d, &rest, &literal, &found));
        html_text_bytes(h, literal);
        if (found.figure) cell_put(h, in, released_at(found.figure, found.row, found.column), official);
    }
    return ST_OK;
}

status
cell_resolve(arena *a, const document *d, language in, phrase words, bool official, text *out)
{
    text_builder b = text_builder_new(a);
    text rest = text_of(words.in[in]), literal;
    while (rest.n) {
        cell_reference found;
        CHECK(next_reference(d, &rest, &literal, &found));
        text_put_bytes(&b, literal.bytes, literal.n);
        if (!found.figure) continue;
        const char *number = cell_text(a, in, released_at(found.figure, found.row, found.column), official);
        if (!number) FAIL(ST_NO_MEMORY, "out of memory (running text)");
        text_put(&b, number);
    }
    return text_builder_end(&b, out);
}
