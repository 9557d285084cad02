#include "cli/manual.h"

#include <ctype.h>

static const struct {
    const char *name, *text;
    int exit_code;
} codes[] = {
#define X(name, exit_code, http_code, text) {#name, text, exit_code},
#include "base/status.def"
#undef X
};

enum { CODES = sizeof codes / sizeof *codes };

/* Words in roff: a backslash is \e, a hyphen stays a hyphen, a line never starts a request. */
static void
put_roff(text_builder *b, const char *words)
{
    bool starts = b->n == 0 || b->bytes[b->n - 1] == '\n';
    for (const char *c = words; c && *c; c++) {
        if (starts && (*c == '.' || *c == '\'')) text_put(b, "\\&");
        if (*c == '\\')
            text_put(b, "\\e");
        else if (*c == '-')
            text_put(b, "\\-");
        else
            text_put_char(b, *c);
        starts = *c == '\n';
    }
}

/* Paragraphs: an empty line between them becomes a request. */
static void
put_paragraphs(text_builder *b, const char *words)
{
    for (const char *c = words; c && *c;) {
        const char *end = strstr(c, "\n\n");
        size_t n = end ? (size_t)(end - c) : strlen(c);
        char *piece = arena_copy(b->a, c, n);
        if (!piece) b->failed = true;
        text_put(b, ".PP\n");
        put_roff(b, piece);
        text_put_char(b, '\n');
        c += n;
        while (*c == '\n') c++;
    }
}

static void
put_title(text_builder *b, const char *name, const char *summary)
{
    text_put(b, ".TH \"");
    for (const char *c = name; *c; c++) text_put_char(b, (char)toupper((unsigned char)*c));
    text_put(b, "\" 1 \"\" \"peil " PEIL_VERSION "\" \"peil\"\n.SH NAME\n");
    put_roff(b, name);
    text_put(b, " \\- ");
    put_roff(b, summary);
    text_put_char(b, '\n');
}

static void
put_option(text_builder *b, const verb_option *o)
{
    text_put(b, ".TP\n.B \\-\\-");
    put_roff(b, o->name);
    if (o->type != OPTION_FLAG) {
        text_put(b, "\\fR=\\fI");
        put_roff(b, o->metavar);
        text_put(b, "\\fR");
    }
    text_put_char(b, '\n');
    put_roff(b, o->help);
    if (o->required) text_put(b, " (needed)");
    if (o->preset) {
        text_put(b, " (default ");
        put_roff(b, o->preset);
        text_put_char(b, ')');
    }
    text_put_char(b, '\n');
}

static void
put_exit_status(text_builder *b)
{
    text_put(b, ".SH EXIT STATUS\n");
    for (int i = 0; i < CODES; i++) {
        text_printf(b, ".TP\n.B %d\n", codes[i].exit_code);
        put_roff(b, codes[i].text);
        text_put_char(b, '\n');
    }
}

static void
put_verb_page(text_builder *b, const verb *v, const char *name)
{
    put_title(b, name, v->summary);
    text_put(b, ".SH SYNOPSIS\n.B peil ");
    put_roff(b, v->name);
    text_put(b, "\n");
    if (v->arguments && *v->arguments) {
        text_put(b, ".I ");
        put_roff(b, v->arguments);
        text_put_char(b, '\n');
    }
    text_put(b, "[\\fIOPTIONS\\fR]\n");
    if (v->details && *v->details) {
        text_put(b, ".SH DESCRIPTION\n");
        put_paragraphs(b, v->details);
    }
    text_put(b, ".SH OPTIONS\n");
    for (const verb_option *o = v->options; o && o->name; o++) put_option(b, o);
    text_put(b, ".TP\n.B \\-\\-help\nexplain the verb and show an example\n");
    text_put(b, ".SH EXAMPLE\n.nf\n");
    put_roff(b, v->example);
    text_put(b, "\n.fi\n");
    put_exit_status(b);
    text_put(b, ".SH SEE ALSO\n.BR peil (1)\n");
}

static void
put_main_page(text_builder *b)
{
    put_title(b, "peil", "the monitor of human trafficking, from deliveries to publication");
    text_put(b, ".SH SYNOPSIS\n.B peil\n.I VERB\n[\\fIARGUMENTS\\fR] [\\fIOPTIONS\\fR]\n.SH VERBS\n");
    for (int i = 0; i < verbs_count; i++) {
        text_put(b, ".TP\n.B ");
        put_roff(b, verbs[i]->name);
        text_put_char(b, '\n');
        put_roff(b, verbs[i]->summary);
        text_put_char(b, '\n');
    }
    put_exit_status(b);
    text_put(b, ".SH SEE ALSO\n");
    for (int i = 0; i < verbs_count; i++)
        text_printf(b, ".BR peil\\-%s (1)%s\n", verbs[i]->name, i + 1 < verbs_count ? "," : "");
}

status
manual_page(arena *a, const verb *v, text *out)
{
    text_builder b = text_builder_new(a);
    if (v) {
        const char *name = arena_printf(a, "peil-%s", v->name);
        if (!name) FAIL(ST_NO_MEMORY, "out of memory (manual)");
        put_verb_page(&b, v, name);
    } else {
        put_main_page(&b);
    }
    return text_builder_end(&b, out);
}

/* What may follow an option: its choices, nothing for numbers, files for texts. */
static void
put_completion_of(text_builder *b, const verb *v)
{
    for (const verb_option *o = v->options; o && o->name; o++) {
        if (o->type == OPTION_FLAG) continue;
        text_printf(b, "    %s:--%s) ", v->name, o->name);
        if (o->type == OPTION_CHOICE) {
            text_put(b, "COMPREPLY=($(compgen -W '");
            for (const char *c = o->metavar; *c; c++) text_put_char(b, *c == '|' ? ' ' : *c);
            text_put(b, "' -- \"$word\"))");
        } else if (o->type == OPTION_TEXT || o->type == OPTION_OUT || o->type == OPTION_RENEWED) {
            text_put(b, "COMPREPLY=($(compgen -f -- \"$word\"))");
        } else {
            text_put(b, "COMPREPLY=()");
        }
        text_put(b, "; return ;;\n");
    }
}

status
manual_completion(arena *a, text *out)
{
    text_builder b = text_builder_new(a);
    text_put(&b, "# Completion of peil for bash, made by: peil manual --completion\n_peil() {\n"
                 "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} options=--help\n"
                 "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W '--help --version");
    for (int i = 0; i < verbs_count; i++) text_printf(&b, " %s", verbs[i]->name);
    text_put(&b, "' -- \"$word\"))\n        return\n    fi\n    case $verb:$before in\n");
    for (int i = 0; i < verbs_count; i++) put_completion_of(&b, verbs[i]);
    text_put(&b, "    esac\n    case $verb in\n");
    for (int i = 0; i < verbs_count; i++) {
        text_printf(&b, "    %s) options='", verbs[i]->name);
        for (const verb_option *o = verbs[i]->options; o && o->name; o++) text_printf(&b, "--%s ", o->name);
        text_put(&b, "--help' ;;\n");
    }
    text_put(&b, "    esac\n    case $word in\n    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
                 "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n    esac\n}\ncomplete -o filenames -F _peil peil\n");
    return text_builder_end(&b, out);
}

status
manual_exit_codes(arena *a, text *out)
{
    text_builder b = text_builder_new(a);
    text_put(&b, "# Exit codes\n\nMade from `src/base/status.def` by `peil manual --exit-codes`; they follow sysexits.h where it has one.\n\n"
                 "| code | meaning | in the source |\n|---|---|---|\n");
    for (int i = 0; i < CODES; i++) text_printf(&b, "| %d | %s | `%s` |\n", codes[i].exit_code, codes[i].text, codes[i].name);
    return text_builder_end(&b, out);
}
