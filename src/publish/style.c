#include "publish/style.h"

#include <string.h>

/* Arrays with a 0 behind them, made from style_*.css by the build. */
extern const unsigned char style_tokens_css[], style_chart_css[], style_page_css[];

text
style_tokens(void)
{
    return text_of((const char *)style_tokens_css);
}

text
style_chart(void)
{
    return text_of((const char *)style_chart_css);
}

text
style_page(void)
{
    return text_of((const char *)style_page_css);
}

/* What stands behind `NAME: ` in the light scheme, which comes first. */
static text
token(text name)
{
    const char *at = style_tokens().bytes;
    while ((at = strstr(at, "--")) != NULL) {
        if (strncmp(at, name.bytes, name.n) == 0 && at[name.n] == ':') {
            at += name.n + 2;
            return (text){at, strcspn(at, ";")};
        }
        at += 2;
    }
    return (text){0};
}

void
style_put_chart(text_builder *b)
{
    static const char use[] = "var(";
    const char *from = style_chart().bytes, *at;
    while ((at = strstr(from, use)) != NULL) {
        text name = {at + sizeof use - 1, strcspn(at + sizeof use - 1, ")")}, value = token(name);
        text_put_bytes(b, from, (size_t)(at - from));
        text_put_bytes(b, value.bytes, value.n);
        from = name.bytes + name.n + 1;
    }
    text_put(b, from);
}
