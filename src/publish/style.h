/* The style sheets, compiled into the program: design tokens, the look of charts, the look of pages. */
#ifndef PEIL_PUBLISH_STYLE_H
#define PEIL_PUBLISH_STYLE_H

#include "base/text.h"

text style_tokens(void);
text style_chart(void);
text style_page(void);

#endif
