#include "register/rejections.h"

#include "base/file.h"
#include "table/csv.h"

rejections
register_rejections_new(arena *a, const char *file)
{
    rejections r = {.lines = text_builder_new(a), .file = file};
    text_put(&r.lines, "file,row,column,expected,mend,action\n");
    return r;
}

void
register_note(rejections *r, note_action action, const char *column, const char *expected, const char *mend)
{
    text_builder *b = &r->lines;
    csv_put_field(b, text_of(r->file));
    text_printf(b, ",%zu,", r->row);
    csv_put_field(b, text_of(column));
    text_put_char(b, ',');
    csv_put_field(b, text_of(expected));
    text_put_char(b, ',');
    csv_put_field(b, text_of(mend));
    text_put(b, action == NOTE_REJECTED ? ",rejected\n" : ",repaired\n");
    r->notes++;
    if (action == NOTE_REJECTED) {
        r->rejected++;
    } else if (r->repaired_row != r->row) {
        r->repaired++;
        r->repaired_row = r->row;
    }
}

status
register_rejections_write(const rejections *r, const char *path)
{
    if (r->lines.failed) FAIL(ST_NO_MEMORY, "out of memory while naming rejected rows");
    return file_write(path, (text){r->lines.bytes, r->lines.n});
}
