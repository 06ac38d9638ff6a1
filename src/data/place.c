/* place.c -- line and column of a place in a text, and pieces of it for messages. */
#include "data/place.h"

#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The line of `at`, from 1, and where that line starts. */
static size_t locate(const hone_csv_text *text, const char *at, const char **line_start) {
    size_t line = 1;
    const char *first = text->start;
    for (const char *p = text->start; p < at; p++) {
        bool pair = *p == '\r' && p + 1 < text->end && p[1] == '\n';
        if ((*p == '\n' || *p == '\r') && !pair) {
            line++;
            first = p + 1;
        }
    }
    *line_start = first;
    return line;
}

size_t hone_csv_line(const hone_csv_text *text, const char *at) {
    const char *start;
    return locate(text, at, &start);
}

hone_status hone_csv_fail(const hone_csv_text *text, const char *at, hone_error *err,
                          const char *format, ...) {
    if (!err) /* the place costs a walk through the text */
        return HONE_EDATA;
    char message[HONE_ERROR_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    const char *start;
    size_t line = locate(text, at, &start);
    return hone_fail(err, HONE_EDATA, "%s:%zu:%zu: %s", text->name, line, (size_t)(at - start) + 1,
                     message);
}

const char *hone_csv_show(const char *text, size_t length, char out[HONE_SHOWN_SIZE]) {
    enum { LONGEST = 40 };
    size_t n = length < LONGEST ? length : LONGEST;
    while (n < length && n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--; /* not within a character */
    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i];
    strcpy(out + n, n < length ? "..." : "");
    return out;
}
