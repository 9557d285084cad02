#include "linkage/number.h"

static bool
separates(char c)
{
    return c == ' ' || c == '.' || c == '-';
}

bool
number_bsn_valid(text value, char digits[9])
{
    char read[9];
    size_t n = 0;
    for (size_t i = 0; i < value.n; i++) {
        char c = value.bytes[i];
        if (separates(c)) continue;
        if (c < '0' || c > '9' || n == 9) return false;
        read[n++] = c;
    }
    if (n == 8) memmove(read + 1, read, 8), read[0] = '0', n = 9;
    if (n != 9) return false;
    int sum = -(read[8] - '0'), any = read[8] - '0';
    for (int i = 0; i < 8; i++) sum += (9 - i) * (read[i] - '0'), any |= read[i] - '0';
    if (!any || sum % 11 != 0) return false;
    if (digits) memcpy(digits, read, 9);
    return true;
}

size_t
number_plain(text value, size_t capacity, char *out)
{
    size_t n = 0;
    bool varied = false;
    for (size_t i = 0; i < value.n && n < capacity; i++) {
        char c = value.bytes[i];
        if (c >= 'a' && c <= 'z') c = (char)(c - 32);
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) continue;
        if (n && c != out[0]) varied = true;
        out[n++] = c;
    }
    return n < 5 || !varied ? 0 : n;
}
