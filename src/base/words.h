/* Words on screens and in reports, in Dutch and English, both in one process and without an installed locale.
 *
 * Message ids are short English sentences in the code, marked WORD("..."); po/nl.po and po/en.po hold the texts.
 * The build compiles them with msgfmt into .mo images inside the program and fails when one is missing. */
#ifndef PEIL_BASE_WORDS_H
#define PEIL_BASE_WORDS_H

#include "base/text.h"

typedef enum language { LANGUAGE_NL, LANGUAGE_EN, LANGUAGE_COUNT } language;

/* Marks a message id for extraction; gives the id itself. */
#define WORD(id) (id)

/* The text for an id; the id itself when it is unknown (which the build prevents). */
const char *words_get(language language, const char *id);

/* The text for an id with value[0] for {1}, and so on. */
void words_put(text_builder *b, language language, const char *id, const char *const value[]);

enum { WORDS_DECIMAL = 48 };
/* A number with that many decimals, with the language's mark. */
const char *words_decimal(language language, double x, int places, char out[WORDS_DECIMAL]);

/* "nl", "en". */
const char *language_code(language language);

#endif
