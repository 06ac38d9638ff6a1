/* scanner.c -- see scanner.h. Every byte is looked at once; quoted cells are walked by memchr from
 * quote to quote. Cost: O(length of the cell). */
#include "data/scanner.h"

#include <string.h>

hone_csv_scanner hone_csv_scanner_make(const hone_csv_text *text, char delimiter) {
    hone_csv_scanner s = {.text = text, .delimiter = delimiter};
    s.marks[' '] = HONE_CSV_BLANK;
    s.marks['\t'] = HONE_CSV_BLANK;
    s.marks['\n'] = HONE_CSV_STOP;
    s.marks['\r'] = HONE_CSV_STOP;
    s.marks[(unsigned char)delimiter] = HONE_CSV_STOP;
    return s;
}

static hone_status fail_long(const hone_csv_scanner *s, const hone_csv_cell *cell,
                             hone_error *err) {
    return hone_csv_fail(s->text, cell->start, err, "cell of %zu bytes, expected at most %zu; %s",
                         cell->length, HONE_CSV_CELL_MAX,
                         cell->quoted ? "does a quote lack its partner?"
                                      : "are the line ends or the delimiter other than expected?");
}

static hone_status read_quoted(const hone_csv_scanner *s, const char **at, hone_csv_cell *cell,
                               hone_error *err) {
    const char *end = s->text->end, *p = cell->start + 1;
    cell->quoted = true;
    cell->text = p;
    for (;;) {
        const char *quote = p < end ? memchr(p, '"', (size_t)(end - p)) : NULL;
        if (!quote)
            return hone_csv_fail(s->text, cell->start, err,
                                 "the quote that opens here is never closed, expected another '\"' "
                                 "before the end of the file");
        p = quote + 1;
        if (p == end || *p != '"')
            break;
        cell->doubled = true;
        p++;
    }
    cell->length = (size_t)(p - 1 - cell->text);
    *at = hone_csv_skip_blanks(s, p);
    if (*at < end && !hone_csv_marked(s, *at, HONE_CSV_STOP)) {
        char shown[HONE_SHOWN_SIZE];
        const char *stop = *at;
        while (stop < end && !hone_csv_marked(s, stop, HONE_CSV_STOP))
            stop++;
        hone_csv_show(*at, (size_t)(stop - *at), shown);
        return hone_csv_fail(s->text, *at, err,
                             "'%s' after a closing quote, expected the delimiter or the line's "
                             "end (a quote within quotes is written \"\")",
                             shown);
    }
    return cell->length > HONE_CSV_CELL_MAX ? fail_long(s, cell, err) : HONE_OK;
}

hone_status hone_csv_read_cell(const hone_csv_scanner *s, const char **at, hone_csv_cell *out,
                               hone_error *err) {
    const char *end = s->text->end, *p = hone_csv_skip_blanks(s, *at);
    *out = (hone_csv_cell){.start = p, .text = p};
    if (p < end && *p == '"' && s->delimiter != '"')
        return read_quoted(s, at, out, err);
    while (p < end && !hone_csv_marked(s, p, HONE_CSV_STOP))
        p++;
    *at = p;
    while (p > out->text && hone_csv_marked(s, p - 1, HONE_CSV_BLANK))
        p--;
    out->length = (size_t)(p - out->text);
    return out->length > HONE_CSV_CELL_MAX ? fail_long(s, out, err) : HONE_OK;
}

const char *hone_csv_skip_line_end(const hone_csv_scanner *s, const char *p) {
    const char *end = s->text->end;
    if (p == end)
        return p;
    return p + (*p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1);
}

const char *hone_csv_next_record(const hone_csv_scanner *s, const char *p) {
    const char *end = s->text->end;
    for (;;) {
        const char *q = hone_csv_skip_blanks(s, p);
        if (q == end)
            return end;
        if (*q != '\n' && *q != '\r')
            return p;
        p = hone_csv_skip_line_end(s, q);
    }
}

/* ---- meaning ------------------------------------------------------------------------------- */

static const char *const STANDARD[] = {"na", "n/a", "nan", "null", "?"};

/* `word` is in lower case; both have the same length. */
static bool same_word(const char *text, const char *word, size_t length) {
    for (size_t i = 0; i < length; i++)
        if ((text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]) != word[i])
            return false;
    return true;
}

static bool standard_missing(const char *text, size_t length) {
    if (length == 0)
        return true;
    for (size_t i = 0; i < sizeof STANDARD / sizeof *STANDARD && length <= 4; i++)
        if (strlen(STANDARD[i]) == length && same_word(text, STANDARD[i], length))
            return true;
    return false;
}

/* Blanks within quotes: a number and a token may have them around. */
static void trim(const char **text, size_t *length) {
    while (*length > 0 && (**text == ' ' || **text == '\t'))
        ++*text, --*length;
    while (*length > 0 && ((*text)[*length - 1] == ' ' || (*text)[*length - 1] == '\t'))
        --*length;
}

hone_csv_tokens hone_csv_tokens_make(const hone_csv_options *options) {
    hone_csv_tokens tokens = {
        .texts = options->missing, .n = options->n_missing, .comma = options->decimal == ','};
    for (size_t i = 0; i < tokens.n && tokens.texts; i++) {
        double value;
        tokens.numeric = tokens.numeric || hone_parse_double(tokens.texts[i], &value);
    }
    return tokens;
}

bool hone_csv_missing(const hone_csv_tokens *tokens, const hone_csv_cell *cell) {
    const char *text = cell->text;
    size_t length = cell->length;
    trim(&text, &length);
    if (!tokens->texts)
        return standard_missing(text, length);
    for (size_t i = 0; i < tokens->n; i++)
        if (strlen(tokens->texts[i]) == length && memcmp(tokens->texts[i], text, length) == 0)
            return true;
    return false;
}

/* Numbers of more characters than this have no decimal comma. */
enum { COMMA_NUMBER_MAX = 64 };

/* "-1,5e3": as with a point, which it must not hold. */
static bool comma_number(const char *text, size_t length, double *out) {
    char copy[COMMA_NUMBER_MAX];
    if (length > COMMA_NUMBER_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.')
            return false;
        copy[i] = text[i] == ',' ? '.' : text[i];
    }
    return hone_read_double(copy, copy + length, out) == copy + length;
}

bool hone_csv_number(const hone_csv_tokens *tokens, const hone_csv_cell *cell, double *out) {
    const char *text = cell->text;
    size_t length = cell->length;
    trim(&text, &length);
    if (tokens->comma)
        return length > 0 && comma_number(text, length, out);
    return length > 0 && hone_read_double(text, text + length, out) == text + length;
}

size_t hone_csv_unquote(const hone_csv_cell *cell, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < cell->length; i++) {
        out[n++] = cell->text[i];
        if (cell->doubled && cell->text[i] == '"')
            i++;
    }
    return n;
}
