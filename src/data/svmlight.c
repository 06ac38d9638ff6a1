/* svmlight.c -- svmlight text as compressed rows: cut into parts of whole lines, count, read.
 *
 * Lines and colons bound the rows and the pairs of a part, so each has a place of its own in the
 * arrays of the whole before it is read; what blank lines and comments left empty is closed up.
 * Cost: O(bytes), parts in parallel. Memory: the text (mapped when it is a file), 12 bytes per
 * pair and 16 per row. */
#include "data/svmlight.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "data/bytes.h"

#include <string.h>

enum { PART_BYTES = 1 << 20 };

/* One call. */
struct reading {
    hone_svmlight_rules rules;
    hone_svmlight_part *parts;
    size_t n_parts;
};

void hone_svmlight_free(hone_svmlight *rows) {
    hone_release(rows->y);
    hone_release(rows->values);
    hone_release(rows->columns);
    hone_release(rows->groups);
    hone_release(rows->starts);
    *rows = (hone_svmlight){0};
}

/* ---- parts ----------------------------------------------------------------------------------- */

static hone_status cut(struct reading *r, hone_error *err) {
    const char *p = r->rules.text->start, *end = r->rules.text->end;
    hone_status status = hone_new(&r->parts, (size_t)(end - p) / PART_BYTES + 1, err);
    while (status == HONE_OK && p < end) {
        const char *stop = end - p > PART_BYTES ? p + PART_BYTES : end;
        const char *lf = memchr(stop - 1, '\n', (size_t)(end - stop) + 1);
        stop = lf ? lf + 1 : end;
        r->parts[r->n_parts++] = (hone_svmlight_part){.start = p, .end = stop};
        p = stop;
    }
    return status;
}

static hone_status count_part(void *context, size_t i, hone_error *err) {
    (void)err;
    struct reading *r = context;
    hone_svmlight_count(&r->parts[i]);
    return HONE_OK;
}

/* A failure stays in its part: which one is told must not depend on the threads. */
static hone_status read_part(void *context, size_t i, hone_error *err) {
    (void)err;
    struct reading *r = context;
    hone_svmlight_read_part(&r->rules, &r->parts[i]);
    return HONE_OK;
}

/* Gives each part its place in the arrays. */
static hone_status make_room(struct reading *r, hone_svmlight *out, hone_error *err) {
    hone_status status;
    size_t rows = 0, stored = 0;
    for (size_t i = 0; i < r->n_parts; i++) {
        rows += r->parts[i].rows;
        stored += r->parts[i].stored;
    }
    if ((status = hone_new(&out->y, rows, err)) ||
        (status = hone_new(&out->starts, rows + 1, err)) ||
        (status = hone_new(&out->values, stored + 1, err)) ||
        (status = hone_new(&out->columns, stored + 1, err)) ||
        (r->rules.grouped && (status = hone_new(&out->groups, rows, err))))
        return status;
    rows = stored = 0;
    for (size_t i = 0; i < r->n_parts; i++) {
        hone_svmlight_part *part = &r->parts[i];
        part->y = out->y + rows;
        part->starts = out->starts + rows;
        part->groups = out->groups ? out->groups + rows : NULL;
        part->values = out->values + stored;
        part->columns = out->columns + stored;
        rows += part->rows;
        stored += part->stored;
    }
    return HONE_OK;
}

/* Moves the parts' rows together, in order. */
static void join(const struct reading *r, hone_svmlight *out) {
    for (size_t i = 0; i < r->n_parts; i++) {
        const hone_svmlight_part *part = &r->parts[i];
        for (size_t row = 0; row < part->rows; row++)
            out->starts[out->rows + row] = out->stored + part->starts[row];
        memmove(out->y + out->rows, part->y, part->rows * sizeof *out->y);
        memmove(out->values + out->stored, part->values, part->stored * sizeof *out->values);
        memmove(out->columns + out->stored, part->columns, part->stored * sizeof *out->columns);
        if (out->groups)
            memmove(out->groups + out->rows, part->groups, part->rows * sizeof *out->groups);
        out->rows += part->rows;
        out->stored += part->stored;
    }
    out->starts[out->rows] = out->stored;
}

/* ---- columns --------------------------------------------------------------------------------- */

/* Where indices begin, and how many columns that makes. */
static hone_status settle_columns(const struct reading *r, const hone_svmlight_options *options,
                                  hone_svmlight *out, hone_error *err) {
    const hone_svmlight_part *widest = NULL;
    bool zero = false;
    for (size_t i = 0; i < r->n_parts; i++) {
        const hone_svmlight_part *part = &r->parts[i];
        zero |= part->smallest == 0;
        if (part->largest_at && (!widest || part->largest > widest->largest))
            widest = part;
    }
    bool from_1 =
        options->base == HONE_SVMLIGHT_FROM_1 || (options->base == HONE_SVMLIGHT_AUTO && !zero);
    out->first = from_1;
    size_t there = widest ? (size_t)widest->largest + 1 - out->first : 0;
    out->cols = options->n_columns ? options->n_columns : there;
    if (there > out->cols)
        return hone_csv_fail(r->rules.text, widest->largest_at, err,
                             "index %zu is too large, expected at most %zu: there is an index 0 as "
                             "well, so %zu columns end there",
                             (size_t)widest->largest, out->cols - 1, out->cols);
    if (out->cols == 0)
        return hone_csv_fail(r->rules.text, r->rules.text->start, err,
                             "no row has an index, expected index:value in some");
    for (size_t k = 0; k < out->stored; k++)
        out->columns[k] -= out->first;
    return HONE_OK;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static hone_svmlight_rules make_rules(const hone_csv_text *text,
                                      const hone_svmlight_options *options) {
    bool from_0 = options->base == HONE_SVMLIGHT_FROM_0;
    uint64_t most = options->n_columns;
    if (most == 0 || most > UINT32_MAX - 1)
        most = UINT32_MAX - 1; /* one more is still a number of 32 bits */
    return (hone_svmlight_rules){.text = text,
                                 .lowest = options->base == HONE_SVMLIGHT_FROM_1,
                                 .highest = most - (from_0 && options->n_columns),
                                 .grouped = hone_svmlight_grouped(text)};
}

hone_status hone_svmlight_read(const hone_csv_text *text, const hone_svmlight_options *options,
                               const hone_monitor *mon, hone_svmlight *out, hone_error *err) {
    static const hone_svmlight_options defaults;
    hone_status status;
    options = options ? options : &defaults;
    struct reading r = {.rules = make_rules(text, options)};
    if ((status = cut(&r, err)) || (status = hone_parallel(r.n_parts, count_part, &r, mon, err)) ||
        (status = make_room(&r, out, err)) ||
        (status = hone_parallel(r.n_parts, read_part, &r, mon, err)))
        goto done;
    for (size_t i = 0; i < r.n_parts && status == HONE_OK; i++)
        if ((status = r.parts[i].status) && err)
            *err = r.parts[i].err;
    if (status)
        goto done;
    join(&r, out);
    if (out->rows == 0)
        status = hone_csv_fail(text, text->start, err, "there are no rows, expected some");
    else
        status = settle_columns(&r, options, out, err);
done:
    hone_release(r.parts);
    return status;
}

/* The rows become the data set's. */
static hone_status make_dataset(hone_svmlight *rows, hone_dataset **out, hone_error *err) {
    hone_csr *csr = NULL;
    hone_status status;
    if ((status = hone_new(&csr, 1, err)) || (status = hone_new(out, 1, err))) {
        hone_release(csr);
        return status;
    }
    *csr = (hone_csr){rows->values, rows->columns, rows->starts, rows->rows, rows->cols};
    **out = (hone_dataset){
        .sparse = csr, .y = hone_view_of(rows->y, rows->rows, 1), .groups = rows->groups};
    *rows = (hone_svmlight){0};
    return HONE_OK;
}

hone_status hone_parse_svmlight(const char *text, size_t size, const char *name,
                                const hone_svmlight_options *options, const hone_monitor *mon,
                                hone_dataset **out, hone_error *err) {
    hone_svmlight rows = {0};
    hone_bytes unpacked = {.data = size ? text : "", .size = size};
    hone_status status = HONE_OK;
    if (hone_bytes_gzipped(text, size))
        status = hone_bytes_gunzip(text, size, name, mon, &unpacked, err);
    if (status)
        return status;
    hone_csv_text all = {name, unpacked.data, unpacked.data + unpacked.size};
    if (unpacked.size >= 3 && memcmp(unpacked.data, "\xef\xbb\xbf", 3) == 0)
        all.start += 3;
    status = hone_svmlight_read(&all, options, mon, &rows, err);
    if (status == HONE_OK)
        status = make_dataset(&rows, out, err);
    hone_svmlight_free(&rows);
    hone_bytes_free(&unpacked);
    return status;
}

hone_status hone_read_svmlight(const char *path, const hone_svmlight_options *options,
                               const hone_monitor *mon, hone_dataset **out, hone_error *err) {
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    hone_bytes bytes = {0};
    hone_status status = hone_bytes_load(path, name, mon, &bytes, err);
    if (status)
        return status;
    status = hone_parse_svmlight(bytes.data, bytes.size, name, options, mon, out, err);
    hone_bytes_free(&bytes);
    return status;
}
