/* csv.c -- from bytes to a table: unpack, survey, sniff, name, read, settle, finish.
 *
 * Records are read into a small row-major block that stays in the cache and are carried over into
 * the columns block by block, so that wide tables do not touch a new page per cell.
 * Cost: O(bytes). Memory: the text (mapped when it is a file) and 8 bytes per cell. */
#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "data/bytes.h"
#include "data/columns.h"
#include "data/dialect.h"
#include "data/svmlight.h"
#include "data/table.h"

#include <stdio.h>
#include <string.h>

/* More columns are a mistake (no line ends, a wrong delimiter), not a table. */
enum { COLUMNS_MAX = 1000000, BLOCK_VALUES = 1 << 13, BLOCK_ROWS_MIN = 8, NAME_SHOWN = 160 };
enum { POLL_BYTES = 1 << 21 };

/* All that one call needs. */
struct reader {
    hone_csv_text text;
    const hone_csv_options *options;
    const hone_monitor *mon;
    hone_csv_scanner scanner;
    hone_csv_tokens tokens;
    hone_csv_columns columns;
    hone_table *table;
    size_t lines;      /* of the text: at least as many as records, unless quotes hide some */
    const char *first; /* first record of data */
    double *block;     /* block_rows x cols */
    size_t block_rows;
};

static void free_reader(struct reader *r) {
    hone_csv_columns_free(&r->columns);
    hone_table_free(r->table);
    hone_release(r->block);
}

/* ---- names ---------------------------------------------------------------------------------- */

static hone_status count_columns(const struct reader *r, const char *p, size_t *n,
                                 hone_error *err) {
    *n = 0;
    do {
        hone_csv_cell cell;
        hone_status status = hone_csv_read_cell(&r->scanner, &p, &cell, err);
        if (status)
            return status;
        if (++*n > COLUMNS_MAX)
            return hone_csv_fail(&r->text, cell.start, err,
                                 "more than %d columns, expected fewer; are the delimiter and the "
                                 "line ends other than expected?",
                                 COLUMNS_MAX);
    } while (hone_csv_next_cell(&r->scanner, &p));
    return HONE_OK;
}

static hone_status add_name(struct reader *r, size_t j, const hone_csv_cell *cell,
                            hone_error *err) {
    char made[32], shown[HONE_SHOWN_SIZE], *text = NULL;
    size_t length, code;
    hone_status status = hone_new(&text, cell->length + sizeof made, err);
    if (status)
        return status;
    length = hone_csv_unquote(cell, text);
    if (length == 0) /* like the columns of raw arrays */
        length = (size_t)sprintf(text, "x%zu", j);
    status = hone_levels_code(&r->table->names, text, length, &code, err);
    if (status == HONE_OK && code != j)
        status = hone_csv_fail(&r->text, cell->start, err,
                               "column %zu is called '%s' like column %zu, expected a name of its "
                               "own",
                               j + 1, hone_csv_show(text, length, shown), code + 1);
    hone_release(text);
    return status;
}

/* Names from the header at p, which is left behind; x0, x1, ... without one. */
static hone_status read_names(struct reader *r, const char *p, hone_error *err) {
    hone_status status = HONE_OK;
    hone_table *table = r->table;
    hone_csv_cell cell = {.start = p, .text = p};
    r->first = p;
    for (size_t j = 0; j < table->cols; j++) {
        if (table->info.header && (status = hone_csv_read_cell(&r->scanner, &p, &cell, err)))
            return status;
        if ((status = add_name(r, j, &cell, err)))
            return status;
        if (table->info.header && !hone_csv_next_cell(&r->scanner, &p))
            r->first = hone_csv_skip_line_end(&r->scanner, p);
    }
    for (size_t j = 0; j < table->cols; j++)
        table->columns[j].name = hone_levels_text(&table->names, j);
    return HONE_OK;
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* Sees to room for `rows` rows; the first table->rows of them are kept. */
static hone_status reserve_rows(hone_table *table, size_t rows, hone_error *err) {
    double *values = NULL;
    if (rows <= table->stride)
        return HONE_OK;
    hone_status status = hone_new2(&values, table->cols, rows, err);
    if (status)
        return status;
    for (size_t j = 0; j < table->cols && table->rows > 0; j++)
        memcpy(values + j * rows, hone_table_room(table, j), table->rows * sizeof *values);
    hone_release(table->values);
    table->values = values;
    table->stride = rows;
    return HONE_OK;
}

/* Carries n rows of the block over into the columns, a tile of columns at a time. */
static hone_status flush_block(struct reader *r, size_t n, hone_error *err) {
    hone_table *table = r->table;
    size_t m = table->cols;
    if (table->rows + n > table->stride) {
        hone_status status = reserve_rows(table, table->rows + n + table->stride / 2, err);
        if (status)
            return status;
    }
    for (size_t j = 0; j < m; j++) {
        double *column = hone_table_room(table, j) + table->rows;
        for (size_t i = 0; i < n; i++)
            column[i] = r->block[i * m + j];
    }
    table->rows += n;
    return HONE_OK;
}

static hone_status look_up(const struct reader *r, const char *p, hone_error *err) {
    double size = (double)(r->text.end - r->text.start);
    hone_monitor_progress(r->mon, (double)(p - r->text.start) / size, "reading");
    return hone_monitor_poll(r->mon, err);
}

static hone_status read_rows(struct reader *r, hone_error *err) {
    hone_status status;
    const char *p = hone_csv_next_record(&r->scanner, r->first), *next_poll = p;
    size_t n = 0;
    while (p < r->text.end) {
        if (p >= next_poll) {
            if ((status = look_up(r, p, err)))
                return status;
            next_poll = r->text.end - p > POLL_BYTES ? p + POLL_BYTES : r->text.end;
        }
        double *row = r->block + n * r->table->cols;
        if ((status = hone_csv_read_record(&r->columns, r->table->rows + n, &p, row, err)))
            return status;
        if (++n == r->block_rows) {
            if ((status = flush_block(r, n, err)))
                return status;
            n = 0;
        }
        p = hone_csv_next_record(&r->scanner, p);
    }
    return flush_block(r, n, err);
}

/* Room for all rows, by the number of lines; a record also has a byte per cell at least. */
static hone_status make_room(struct reader *r, hone_error *err) {
    size_t bytes = (size_t)(r->text.end - r->text.start);
    size_t most = bytes / r->table->cols + 1;
    r->block_rows = BLOCK_VALUES / r->table->cols;
    if (r->block_rows < BLOCK_ROWS_MIN)
        r->block_rows = BLOCK_ROWS_MIN;
    hone_status status = hone_new2(&r->block, r->block_rows, r->table->cols, err);
    return status ? status : reserve_rows(r->table, r->lines < most ? r->lines : most, err);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static hone_status check_options(const hone_csv_options *options, const char *name,
                                 hone_error *err) {
    unsigned char c = (unsigned char)options->delimiter;
    if (c == '"' || c == '\n' || c == '\r' || c >= 0x80)
        return hone_fail(err, HONE_EINVAL,
                         "%s: the delimiter must be an ASCII character other than a quote or a "
                         "line end, got byte 0x%02X",
                         name, c);
    if (options->decimal && options->decimal != '.' && options->decimal != ',')
        return hone_fail(err, HONE_EINVAL,
                         "%s: the decimal sign must be '.' or ',', got byte 0x%02X", name,
                         (unsigned char)options->decimal);
    return HONE_OK;
}

/* Delimiter, width, header; leaves the table with its columns named. */
static hone_status find_shape(struct reader *r, hone_error *err) {
    hone_status status;
    hone_table *table = r->table;
    char delimiter = r->options->delimiter;
    table->info.delimiter =
        delimiter ? delimiter : hone_csv_sniff_delimiter(&r->text, r->options->decimal);
    r->scanner = hone_csv_scanner_make(&r->text, table->info.delimiter);
    r->tokens = hone_csv_tokens_make(r->options);
    const char *p = hone_csv_next_record(&r->scanner, r->text.start);
    size_t n;
    if (p == r->text.end)
        return hone_csv_fail(&r->text, r->text.start, err,
                             "the file is empty, expected a header and rows");
    if ((status = count_columns(r, p, &n, err)))
        return status;
    table->info.header = r->options->header > 0;
    if (r->options->header == 0 &&
        (status = hone_csv_sniff_header(&r->scanner, &r->tokens, p, n, &table->info.header, err)))
        return status;
    if ((status = hone_new(&table->columns, n, err)) || (status = hone_new(&table->levels, n, err)))
        return status;
    table->cols = n;
    return read_names(r, p, err);
}

static hone_status read_table(struct reader *r, hone_error *err) {
    hone_status status;
    if ((status = hone_csv_survey(&r->text, r->mon, &r->lines, err)) ||
        (status = find_shape(r, err)) ||
        (status = hone_csv_columns_make(&r->scanner, &r->tokens, r->table, r->options, &r->columns,
                                        err)) ||
        (status = make_room(r, err)) || (status = read_rows(r, err)))
        return status;
    if (r->table->rows == 0)
        return hone_csv_fail(&r->text, r->first, err,
                             "there is a header and nothing below it, expected rows of data");
    if ((status = hone_csv_settle(&r->columns, r->first, err)) ||
        (status = hone_csv_columns_finish(&r->columns, err)))
        return status;
    hone_monitor_progress(r->mon, 1, "reading");
    return HONE_OK;
}

/* `name` in messages: a long path shows its end. */
static const char *show_name(const char *name, char out[NAME_SHOWN + 4]) {
    size_t length = strlen(name);
    if (length <= NAME_SHOWN)
        return name;
    const char *tail = name + length - NAME_SHOWN;
    while (((unsigned char)*tail & 0xc0) == 0x80)
        tail++;
    sprintf(out, "...%s", tail);
    return out;
}

static bool ends_with(const char *name, const char *tail) {
    size_t n = strlen(name), m = strlen(tail);
    return n >= m && strcmp(name + n - m, tail) == 0;
}

/* Is it svmlight text, by its name or its first lines? One who gives a delimiter or a header means
 * something else. */
static bool is_svmlight(const struct reader *r) {
    static const char *const ENDINGS[] = {".libsvm",    ".svm",    ".svmlight",
                                          ".libsvm.gz", ".svm.gz", ".svmlight.gz"};
    const hone_csv_options *options = r->options;
    if (!options->svmlight || options->delimiter || options->header)
        return false;
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++)
        if (ends_with(r->text.name, ENDINGS[i]))
            return true;
    return hone_svmlight_looks(&r->text);
}

static hone_status read_svmlight(struct reader *r, hone_error *err) {
    for (size_t i = 0; i < r->options->n_pins; i++)
        if (r->options->pins[i].kind != HONE_NUMERIC)
            return hone_fail(
                err, HONE_EINVAL,
                "%s: column '%s' is pinned as categorical, but the columns of svmlight "
                "text are numbers",
                r->text.name, r->options->pins[i].name);
    return hone_svmlight_table(&r->text, r->options->schema, r->options->compressed, r->mon,
                               r->table, err);
}

/* data: as stored, maybe gzipped. */
static hone_status parse(const char *data, size_t size, const char *name,
                         const hone_csv_options *options, const hone_monitor *mon, hone_table **out,
                         hone_error *err) {
    static const hone_csv_options defaults;
    hone_status status;
    struct reader r = {.options = options ? options : &defaults, .mon = mon};
    hone_bytes unpacked = {.data = data, .size = size};
    bool gzip = hone_bytes_gzipped(data, size);
    if ((status = check_options(r.options, name, err)) ||
        (gzip && (status = hone_bytes_gunzip(data, size, name, mon, &unpacked, err))) ||
        (status = hone_new(&r.table, 1, err)))
        goto done;
    const char *text = unpacked.data;
    bool bom = unpacked.size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
    r.text = (hone_csv_text){name, bom ? text + 3 : text, text + unpacked.size};
    r.table->info = (hone_csv_info){.gzip = gzip, .bom = bom, .bytes = unpacked.size};
    if (r.options->hash)
        hone_bytes_sha256(data, size, r.table->info.sha256);
    if ((status = is_svmlight(&r) ? read_svmlight(&r, err) : read_table(&r, err)))
        goto done;
    *out = r.table, r.table = NULL;
done:
    free_reader(&r);
    hone_bytes_free(&unpacked);
    return status;
}

hone_status hone_parse_csv(const char *text, size_t size, const char *name,
                           const hone_csv_options *options, const hone_monitor *mon,
                           hone_table **out, hone_error *err) {
    char shown[NAME_SHOWN + 4];
    return parse(size ? text : "", size, show_name(name, shown), options, mon, out, err);
}

hone_status hone_read_csv(const char *path, const hone_csv_options *options,
                          const hone_monitor *mon, hone_table **out, hone_error *err) {
    char shown[NAME_SHOWN + 4];
    const char *name = show_name(strcmp(path, "-") == 0 ? "standard input" : path, shown);
    hone_bytes bytes = {0};
    hone_status status = hone_bytes_load(path, name, mon, &bytes, err);
    if (status)
        return status;
    status = parse(bytes.size ? bytes.data : "", bytes.size, name, options, mon, out, err);
    hone_bytes_free(&bytes);
    return status;
}
