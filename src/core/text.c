/* text.c -- whole texts as numbers; the nearest of many names.
 *
 * Distance: the fewest insertions, deletions and replacements of a byte (Levenshtein 1966), where
 * a change of case alone costs nothing. Row by row of the usual table: D[i][j] is the distance of
 * the first i bytes of a to the first j bytes of b. Cost: O(length^2) per name. */
#include "core/text.h"

#include <string.h>

/* Longer names are never suggested. */
enum { NAME_MAX_LENGTH = 255 };

bool hone_parse_double(const char *text, double *out) {
    const char *end = text + strlen(text);
    double value;
    if (end == text || hone_read_double(text, end, &value) != end)
        return false;
    *out = value;
    return true;
}

static int fold(char c) {
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t distance(const char *a, size_t n, const char *b, size_t m) {
    size_t row[NAME_MAX_LENGTH + 1];
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 0; i < n; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < m; j++) {
            size_t replaced = diagonal + (fold(a[i]) != fold(b[j]));
            diagonal = row[j + 1];
            row[j + 1] = least(replaced, 1 + least(row[j], row[j + 1]));
        }
    }
    return row[m];
}

const char *hone_nearest(const char *name, size_t n,
                         const char *(*at)(const void *context, size_t i), const void *context) {
    size_t length = strlen(name);
    size_t limit = length / 3 > 2 ? length / 3 : 2;
    if (length > NAME_MAX_LENGTH)
        return NULL;
    const char *best = NULL;
    for (size_t i = 0; i < n; i++) {
        const char *other = at(context, i);
        size_t m = strlen(other);
        if (m > length + limit || length > m + limit || m > NAME_MAX_LENGTH)
            continue;
        size_t d = distance(name, length, other, m);
        if (d > limit || d >= (length > m ? length : m)) /* nothing in common is not near */
            continue;
        best = other;
        if (d == 0)
            break;
        limit = d - 1; /* the first of equals stays */
    }
    return best;
}
