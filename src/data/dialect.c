/* dialect.c -- see dialect.h. The sample is the first 100 records, and no more than 1 MB. */
#include "data/dialect.h"

#include "core/alloc.h"

#include <math.h>
#include <string.h>

enum { SAMPLE_RECORDS = 100, SAMPLE_BYTES = 1 << 20 };

/* ---- delimiter ------------------------------------------------------------------------------ */

/* Counts the cells of the record at *at and moves behind it. False if it cannot be read, or if it
 * reaches beyond the sample. */
static bool count_cells(const hone_csv_scanner *s, const char *sample_end, const char **at,
                        size_t *cells) {
    *cells = 0;
    do {
        hone_csv_cell cell;
        if (hone_csv_read_cell(s, at, &cell, NULL) != HONE_OK)
            return false;
        ++*cells;
        if (*at >= sample_end && *at < s->text->end)
            return false;
    } while (hone_csv_next_cell(s, at));
    *at = hone_csv_skip_line_end(s, *at);
    return true;
}

static const char *sample_end(const hone_csv_text *text, const char *start) {
    return text->end - start > SAMPLE_BYTES ? start + SAMPLE_BYTES : text->end;
}

/* How well a delimiter fits: the share of records that have as many cells as the first one. */
static double fit_of(const hone_csv_text *text, char delimiter, size_t *columns) {
    hone_csv_scanner s = hone_csv_scanner_make(text, delimiter);
    const char *p = hone_csv_next_record(&s, text->start), *end = sample_end(text, p);
    size_t records = 0, agreeing = 0, cells;
    *columns = 0;
    while (records < SAMPLE_RECORDS && p < text->end) {
        bool whole = count_cells(&s, end, &p, &cells);
        if (!whole && records > 0 && p >= end)
            break; /* cut off by the sample's end: it says nothing */
        if (records++ == 0)
            *columns = cells;
        agreeing += (whole || records == 1) && cells == *columns;
        if (!whole)
            break;
        p = hone_csv_next_record(&s, p);
    }
    return records ? (double)agreeing / (double)records : 0;
}

char hone_csv_sniff_delimiter(const hone_csv_text *text, char decimal) {
    static const char candidates[] = {',', ';', '\t', '|'};
    char best = ',';
    double best_fit = 0;
    size_t best_columns = 1;
    for (size_t i = 0; i < sizeof candidates; i++) {
        size_t columns;
        double fit = fit_of(text, candidates[i], &columns);
        bool better = fit > best_fit || (fit == best_fit && columns > best_columns);
        if (columns > 1 && better && candidates[i] != decimal) {
            best = candidates[i];
            best_fit = fit;
            best_columns = columns;
        }
    }
    return best;
}

/* ---- header --------------------------------------------------------------------------------- */

/* What the sample says about one column. */
struct witness {
    hone_csv_cell first;
    bool first_number, first_missing;
    double value[2];     /* of the first two records; NaN where there is no number */
    bool numbers, texts; /* below the first record */
    bool repeated;       /* the first cell is met again */
};

static bool same_text(const hone_csv_cell *a, const hone_csv_cell *b) {
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static void observe(struct witness *w, const hone_csv_tokens *tokens, const hone_csv_cell *cell) {
    double value;
    if (hone_csv_missing(tokens, cell))
        return;
    if (hone_csv_number(tokens, cell, &value))
        w->numbers = true;
    else
        w->texts = true;
    w->repeated = w->repeated || same_text(&w->first, cell);
}

/* Walks over the cells of the record at *at; cells beyond n are not looked at. */
static bool observe_record(const hone_csv_scanner *s, const hone_csv_tokens *tokens,
                           const char **at, struct witness *columns, size_t n, int record) {
    size_t j = 0;
    do {
        hone_csv_cell cell;
        if (hone_csv_read_cell(s, at, &cell, NULL) != HONE_OK)
            return false;
        if (j < n && record < 2 && !hone_csv_number(tokens, &cell, &columns[j].value[record]))
            columns[j].value[record] = (double)NAN;
        if (j < n && record == 0) {
            columns[j].first = cell;
            columns[j].first_missing = hone_csv_missing(tokens, &cell);
            columns[j].first_number = !isnan(columns[j].value[0]);
        } else if (j < n) {
            observe(&columns[j], tokens, &cell);
        }
        j++;
    } while (hone_csv_next_cell(s, at));
    *at = hone_csv_skip_line_end(s, *at);
    return true;
}

/* Are the numbers of this record three or more that count up by one (years, 0 1 2 ...)? */
static bool counts_up(const struct witness *columns, size_t n, int record) {
    size_t numbers = 0;
    double last = 0;
    for (size_t j = 0; j < n; j++) {
        double value = columns[j].value[record];
        if (isnan(value))
            continue;
        if (numbers > 0 && value != last + 1)
            return false;
        last = value;
        numbers++;
    }
    return numbers >= 3;
}

static bool judge(const struct witness *columns, size_t n) {
    bool numbers = false;
    size_t repeated = 0, voters = 0;
    for (size_t j = 0; j < n; j++) {
        const struct witness *w = &columns[j];
        if (w->first_missing)
            continue;
        if (!w->first_number && w->numbers && !w->texts)
            return true;
        numbers = numbers || w->first_number;
        repeated += w->repeated;
        voters++;
    }
    if (numbers)
        return counts_up(columns, n, 0) && !counts_up(columns, n, 1);
    return 2 * repeated <= voters;
}

hone_status hone_csv_sniff_header(const hone_csv_scanner *s, const hone_csv_tokens *tokens,
                                  const char *first, size_t n_cols, bool *out, hone_error *err) {
    struct witness *columns = NULL;
    hone_status status = hone_new(&columns, n_cols, err);
    if (status)
        return status;
    const char *p = first, *end = sample_end(s->text, first);
    bool readable = observe_record(s, tokens, &p, columns, n_cols, 0);
    for (int i = 1; readable && i < SAMPLE_RECORDS; i++) {
        p = hone_csv_next_record(s, p);
        if (p >= end)
            break;
        readable = observe_record(s, tokens, &p, columns, n_cols, i);
    }
    *out = judge(columns, n_cols);
    hone_release(columns);
    return HONE_OK;
}
