/* Any text as a date in every format of the sources: what is read exists, and written back it reads the same. */
#include "base/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const formats[] = {"%d-%m-%Y", "%Y%m%d", "%d/%m/%Y", "%d-%m-%y", "%Y-%m-%d", "00-%m-%Y", "00-00-%Y", "%m/%Y", "%Y", "ca. %Y", "%Y-%m"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        int32_t day, again;
        char said[11];
        if (!date_parse((text){(const char *)bytes, n}, formats[i], &day)) continue;
        date_parts p = date_to_parts(day);
        if (p.year < 1 || p.year > 9999 || p.month < 1 || p.month > 12 || p.day < 1 || p.day > 31) __builtin_trap();
        date_format(day, said);
        if (!date_parse(text_of(said), "%Y-%m-%d", &again) || again != day) __builtin_trap();
    }
    return 0;
}
