#include "publish/style.h"

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
