/* svmlight_lines.c -- the lines of a part of svmlight text:  label [qid:GROUP] index:value ...
 *
 * Lines end with LF or CRLF; blanks are spaces, tabs and carriage returns; # begins a comment.
 * Cost: O(length). */
#include "data/svmlight.h"

#include "core/clones.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

enum { LINES_LOOKED_AT = 100 };

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static const char *skip_blanks(const char *p, const char *end) {
    while (p < end && is_blank(*p))
        p++;
    return p;
}

static bool at_line_end(const char *p, const char *end) {
    return p == end || *p == '\n' || *p == '#';
}

/* Behind the line that p is in. */
static const char *next_line(const char *p, const char *end) {
    const char *lf = memchr(p, '\n', (size_t)(end - p));
    return lf ? lf + 1 : end;
}

/* The first line of data at or behind p (blanks in front of it are skipped), or the end. */
static const char *next_row(const char *p, const char *end) {
    for (p = skip_blanks(p, end); p < end && at_line_end(p, end); p = skip_blanks(p, end))
        p = next_line(p, end);
    return p;
}

static bool at_word_end(const char *p, const char *end) {
    return at_line_end(p, end) || is_blank(*p);
}

/* ---- counting -------------------------------------------------------------------------------- */

HONE_CLONES
static void count(const char *p, size_t n, size_t *lines, size_t *colons) {
    size_t lf = 0, pairs = 0;
    for (size_t i = 0; i < n; i++) {
        lf += p[i] == '\n';
        pairs += p[i] == ':';
    }
    *lines = lf;
    *colons = pairs;
}

void hone_svmlight_count(hone_svmlight_part *part) {
    count(part->start, (size_t)(part->end - part->start), &part->rows, &part->stored);
    part->rows += part->end > part->start && part->end[-1] != '\n';
}

/* ---- words ----------------------------------------------------------------------------------- */

/* HONE_EDATA with the place, and the word there in the message's %s. */
static hone_status refuse(const hone_svmlight_rules *rules, const char *at, const char *end,
                          const char *format, hone_error *err) {
    char shown[HONE_SHOWN_SIZE];
    const char *stop = at;
    while (!at_word_end(stop, end))
        stop++;
    hone_csv_show(at, (size_t)(stop - at), shown);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return hone_csv_fail(rules->text, at, err, format, shown);
#pragma GCC diagnostic pop
}

/* Digits; beyond 32 bits it stays there. NULL where there are none. */
static const char *read_index(const char *p, const char *end, uint64_t *out) {
    uint64_t index = 0;
    const char *first = p;
    for (; p < end && is_digit(*p); p++)
        if (index <= UINT32_MAX)
            index = 10 * index + (uint64_t)(*p - '0');
    *out = index;
    return p == first ? NULL : p;
}

static bool starts_qid(const char *p, const char *end) {
    return end - p >= 4 && memcmp(p, "qid:", 4) == 0;
}

static hone_status read_label(const hone_svmlight_rules *rules, const char **at, const char *end,
                              double *out, hone_error *err) {
    const char *p = hone_read_double(*at, end, out);
    if (p && p < end && *p == ',')
        return refuse(rules, *at, end, "'%s' holds several labels, expected one number", err);
    if (!p || !at_word_end(p, end))
        return refuse(rules, *at, end, "'%s' is no label, expected a number", err);
    if (!isfinite(*out))
        return refuse(rules, *at, end, "the label is %s, expected a finite number", err);
    *at = p;
    return HONE_OK;
}

static hone_status read_group(const hone_svmlight_rules *rules, const char **at, const char *end,
                              uint32_t *out, hone_error *err) {
    uint64_t group = 0;
    const char *p = read_index(*at + 4, end, &group);
    if (!p || !at_word_end(p, end) || group > UINT32_MAX)
        return refuse(rules, *at, end,
                      "'%s', expected a whole number up to 4294967295 behind qid:", err);
    *out = (uint32_t)group;
    *at = p;
    return HONE_OK;
}

/* ---- pairs ----------------------------------------------------------------------------------- */

/* The index is one of the columns', and greater than the one before it (`before` is one more). */
static hone_status check_index(const hone_svmlight_rules *rules, uint64_t index, uint64_t before,
                               const char *at, hone_error *err) {
    if (index < rules->lowest)
        return hone_csv_fail(rules->text, at, err, "index 0, expected indices from 1 on");
    if (index > rules->highest)
        return hone_csv_fail(rules->text, at, err, "the index is too large, expected at most %zu",
                             (size_t)rules->highest);
    if (index + 1 == before)
        return hone_csv_fail(rules->text, at, err, "index %zu is there twice in this row",
                             (size_t)index);
    if (index < before)
        return hone_csv_fail(rules->text, at, err,
                             "index %zu follows %zu, expected ascending indices", (size_t)index,
                             (size_t)before - 1);
    return HONE_OK;
}

static hone_status read_pair(const hone_svmlight_rules *rules, const char **at, const char *end,
                             uint64_t before, uint64_t *index, double *value, hone_error *err) {
    const char *p = read_index(*at, end, index);
    if (!p || p == end || *p != ':')
        return refuse(rules, *at, end,
                      starts_qid(*at, end) ? "'%s', expected qid: in front of all indices"
                                           : "'%s', expected index:value",
                      err);
    if (*index < before || *index < rules->lowest || *index > rules->highest)
        return check_index(rules, *index, before, *at, err);
    const char *stop = hone_read_double(p + 1, end, value);
    if (!stop || !at_word_end(stop, end) || !isfinite(*value))
        return refuse(rules, p + 1, end, "'%s' is no value, expected a finite number", err);
    *at = stop;
    return HONE_OK;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static hone_status read_pairs(const hone_svmlight_rules *rules, hone_svmlight_part *part,
                              const char **at, hone_error *err) {
    uint64_t index = 0, before = 0; /* one more than the last index */
    const char *p = *at, *end = part->end, *last = NULL;
    for (p = skip_blanks(p, end); !at_line_end(p, end); p = skip_blanks(p, end)) {
        last = p;
        hone_status status =
            read_pair(rules, &p, end, before, &index, &part->values[part->stored], err);
        if (status)
            return status;
        if (before == 0 && index < part->smallest)
            part->smallest = (uint32_t)index;
        part->columns[part->stored++] = (uint32_t)index;
        before = index + 1;
    }
    if (last && (index > part->largest || !part->largest_at)) {
        part->largest = (uint32_t)index;
        part->largest_at = last;
    }
    *at = next_line(p, end);
    return HONE_OK;
}

static hone_status read_row(const hone_svmlight_rules *rules, hone_svmlight_part *part,
                            const char **at, hone_error *err) {
    const char *end = part->end;
    part->starts[part->rows] = part->stored;
    hone_status status = read_label(rules, at, end, &part->y[part->rows], err);
    if (status)
        return status;
    *at = skip_blanks(*at, end);
    bool grouped = starts_qid(*at, end);
    if (grouped != rules->grouped)
        return hone_csv_fail(rules->text, *at, err,
                             grouped ? "qid: here but not in the first row, expected one in all "
                                       "rows or in none"
                                     : "no qid: here but in the first row, expected one in all "
                                       "rows or in none");
    if (grouped && (status = read_group(rules, at, end, &part->groups[part->rows], err)))
        return status;
    part->rows++;
    return read_pairs(rules, part, at, err);
}

void hone_svmlight_read_part(const hone_svmlight_rules *rules, hone_svmlight_part *part) {
    part->rows = part->stored = 0;
    part->smallest = UINT32_MAX;
    const char *p = next_row(part->start, part->end);
    while (p < part->end && part->status == HONE_OK) {
        part->status = read_row(rules, part, &p, &part->err);
        p = next_row(p, part->end);
    }
}

/* ---- looking --------------------------------------------------------------------------------- */

bool hone_svmlight_grouped(const hone_csv_text *text) {
    const char *p = next_row(text->start, text->end);
    while (!at_word_end(p, text->end))
        p++;
    return starts_qid(skip_blanks(p, text->end), text->end);
}

bool hone_svmlight_looks(const hone_csv_text *text) {
    const hone_svmlight_rules any = {.text = text, .highest = UINT32_MAX - 1};
    const char *p = next_row(text->start, text->end), *end = text->end;
    for (int i = 0; i < LINES_LOOKED_AT && p < end; i++) {
        double value;
        uint32_t group;
        uint64_t index;
        if (read_label(&any, &p, end, &value, NULL))
            return false;
        p = skip_blanks(p, end);
        if (starts_qid(p, end))
            return read_group(&any, &p, end, &group, NULL) == HONE_OK;
        if (!at_line_end(p, end))
            return read_pair(&any, &p, end, 0, &index, &value, NULL) == HONE_OK;
        p = next_row(p, end);
    }
    return false;
}
