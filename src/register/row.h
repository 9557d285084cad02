/* One row of a delivery, from texts to values of the register's variables. */
#ifndef PEIL_REGISTER_ROW_H
#define PEIL_REGISTER_ROW_H

#include "register/delivery.h"
#include "register/rejections.h"

enum { TEXT_LIMIT = 1000, DIGITS_WIDTH = 16 };

/* The value of a variable: a number (integer, position of a code, day, bit set) or a text. */
typedef struct value {
    int64_t number; /* INT64_MIN: missing; for a text: missing unless bytes.n > 0 */
    text bytes;
} value;

typedef struct row_reader {
    const register_source *source;
    rejections *notes;
    value *value; /* [definition->n]; texts point into the delivery or into `digits` */
    char (*digits)[DIGITS_WIDTH];
    bool *gated; /* [source->rules] read before the gate */
    size_t received, born, precision, period_start, period_end, consent[PURPOSE_COUNT]; /* positions of variables */
} row_reader;

status register_row_reader_new(arena *a, const register_source *s, rejections *notes, row_reader **result);

/* Read what the gate needs: date received, consents, date of birth. False: the row must be rejected (and is named). */
bool register_row_read_gate(row_reader *r, const delivery_row *row);

/* Read the rest of a row the gate lets through. */
bool register_row_read_rest(row_reader *r, const delivery_row *row);

/* Consents and age for the gate. */
void register_row_gate_input(const row_reader *r, legal_consent consent[PURPOSE_COUNT], legal_age *age);

/* Nine digits, or eight without their leading zero, that pass the eleven-test: 9a + 8b + ... + 2h - i divisible by 11. */
bool register_bsn_valid(const char digits[9]);

#endif
