/* The style sheets, compiled into the program: design tokens, the look of charts, the look of pages. */
#ifndef PEIL_PUBLISH_STYLE_H
#define PEIL_PUBLISH_STYLE_H

#include "base/text.h"

text style_tokens(void);
text style_chart(void);
text style_page(void);

/* The look of charts with the light value in the place of each token: drawing programs, word processors and librsvg know no custom properties. */
void style_put_chart(text_builder *b);

#endif
