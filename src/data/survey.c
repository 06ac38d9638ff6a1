/* survey.c -- one fast look at all bytes before anything is read: is it text, and how long?
 *
 * Line ends are counted in strips short enough for counters of one byte, so that the compiler
 * makes vector code of it; only a text with bytes beyond ASCII is walked again for UTF-8
 * (RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF). Cost: O(length). */
#include "data/place.h"

#include "core/clones.h"
#include "core/parallel.h"

#include <stdint.h>
#include <string.h>

enum { STRIP = 192, BLOCK = STRIP * 4096 };

struct marks {
    size_t lf, cr;
    uint8_t high; /* all bytes or'ed */
    uint8_t zero; /* 1 if there is a NUL */
};

/* Counts over whole strips. */
HONE_CLONES
static void count_strips(const uint8_t *p, size_t strips, struct marks *marks) {
    size_t lf = 0, cr = 0;
    uint8_t high = 0, zero = 0;
    for (size_t s = 0; s < strips; s++, p += STRIP) {
        uint8_t strip_lf = 0, strip_cr = 0;
        for (size_t i = 0; i < STRIP; i++) {
            strip_lf = (uint8_t)(strip_lf + (p[i] == '\n'));
            strip_cr = (uint8_t)(strip_cr + (p[i] == '\r'));
            high |= p[i];
            zero |= (uint8_t)(p[i] == 0);
        }
        lf += strip_lf;
        cr += strip_cr;
    }
    marks->lf += lf;
    marks->cr += cr;
    marks->high |= high;
    marks->zero |= zero;
}

static void count_block(const char *text, size_t n, struct marks *marks) {
    uint8_t rest[STRIP];
    size_t strips = n / STRIP, left = n % STRIP;
    count_strips((const uint8_t *)text, strips, marks);
    if (left > 0) {
        memset(rest, ' ', sizeof rest);
        memcpy(rest, text + strips * STRIP, left);
        count_strips(rest, 1, marks);
    }
}

/* Length of the character at p, 0 if it is none. */
static size_t character(const uint8_t *p, const uint8_t *end) {
    if (*p < 0x80)
        return 1;
    size_t n = *p >= 0xc2 && *p < 0xe0   ? 2
               : (*p & 0xf0) == 0xe0     ? 3
               : *p >= 0xf0 && *p < 0xf5 ? 4
                                         : 0;
    if (n == 0 || (size_t)(end - p) < n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (*p == 0xe0 && p[1] < 0xa0) || (*p == 0xf0 && p[1] < 0x90);
    bool beyond = (*p == 0xed && p[1] >= 0xa0) || (*p == 0xf4 && p[1] >= 0x90);
    return overlong || beyond ? 0 : n;
}

static hone_status check_utf8(const hone_csv_text *text, hone_error *err) {
    const uint8_t *p = (const uint8_t *)text->start, *end = (const uint8_t *)text->end;
    while (p < end) {
        uint64_t word;
        if (end - p >= 8 && (memcpy(&word, p, 8), (word & 0x8080808080808080) == 0)) {
            p += 8;
            continue;
        }
        size_t n = character(p, end);
        if (n == 0)
            return hone_csv_fail(text, (const char *)p, err,
                                 "byte 0x%02X is not valid UTF-8, expected UTF-8 text "
                                 "(iconv -f LATIN1 -t UTF-8 may help)",
                                 *p);
        p += n;
    }
    return HONE_OK;
}

/* Files that are no text at all, by their first bytes. */
static const struct {
    const char *bytes;
    size_t length;
    const char *what;
} FOREIGN[] = {{"\xff\xfe", 2, "UTF-16 text"},
               {"\xfe\xff", 2, "UTF-16 text"},
               {"PK\x03\x04", 4, "a zip archive"},
               {"PAR1", 4, "a Parquet file"},
               {"\x28\xb5\x2f\xfd", 4, "zstd data"},
               {"\xfd"
                "7zXZ",
                5, "xz data"},
               {"BZh", 3, "bzip2 data"}};

static hone_status check_foreign(const hone_csv_text *text, hone_error *err) {
    size_t size = (size_t)(text->end - text->start);
    for (size_t i = 0; i < sizeof FOREIGN / sizeof *FOREIGN; i++)
        if (size >= FOREIGN[i].length &&
            memcmp(text->start, FOREIGN[i].bytes, FOREIGN[i].length) == 0)
            return hone_csv_fail(text, text->start, err,
                                 "this is %s, expected delimited text in UTF-8, plain or gzipped",
                                 FOREIGN[i].what);
    return HONE_OK;
}

hone_status hone_csv_survey(const hone_csv_text *text, const hone_monitor *mon, size_t *lines,
                            hone_error *err) {
    struct marks marks = {0};
    for (const char *p = text->start; p < text->end;) {
        size_t left = (size_t)(text->end - p), n = left < BLOCK ? left : BLOCK;
        hone_status status = hone_monitor_poll(mon, err);
        if (status)
            return status;
        count_block(p, n, &marks);
        p += n;
    }
    if (marks.zero || marks.high & 0x80) {
        hone_status status = check_foreign(text, err);
        if (status)
            return status;
    }
    if (marks.zero)
        return hone_csv_fail(text, memchr(text->start, 0, (size_t)(text->end - text->start)), err,
                             "NUL byte, expected text; the file is binary or damaged");
    *lines = 1 + (marks.lf > marks.cr ? marks.lf : marks.cr);
    return marks.high & 0x80 ? check_utf8(text, err) : HONE_OK;
}
