/* Write drawn notifications as the reporters deliver them. */
#ifndef PEIL_SYNTH_DELIVERY_H
#define PEIL_SYNTH_DELIVERY_H

#include "synth/layout.h"
#include "synth/notifications.h"

/* One file a reporter into `folder`, in the layouts that sources/REPORTER.yaml under `sources` describe, and truth.csv
 * (delivery,row,person): the file's name, the record's number in it from 1, and the person.
 * Errors  ST_CONFIG when a layout asks for something notifications do not have, ST_IO, ST_NO_MEMORY */
status synth_deliveries_write(const synth_register *g, const char *sources, const char *folder);

/* The stages, for tests: compile a layout, then a row's field. */
typedef struct delivery delivery;
status synth_delivery_new(arena *out, const layout *l, const layout_register *lists, delivery **result);
size_t synth_delivery_columns(const delivery *d);
const char *synth_delivery_header(const delivery *d, size_t column);
/* The field as text; `index` is the row's number in the delivery from 0. */
void synth_delivery_field(const delivery *d, const synth_row *row, size_t index, size_t column, text_builder *b);

#endif
