/* columns.c -- see columns.h. A cell costs one pass when its column is numeric; the levels of text
 * columns are numbered as they come and put into order at the end.
 * Cost: O(bytes + levels log levels). */
#include "data/columns.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

/* ---- cells ---------------------------------------------------------------------------------- */

static hone_status level_code(hone_csv_columns *c, size_t j, const hone_csv_cell *cell, double *out,
                              hone_error *err) {
    const char *text = cell->text;
    size_t length = cell->length, code;
    hone_status status;
    if (cell->doubled) {
        if (length > c->scratch_room) {
            if ((status = hone_grow(&c->scratch, 0, 2 * length, err)))
                return status;
            c->scratch_room = 2 * length;
        }
        length = hone_csv_unquote(cell, c->scratch);
        text = c->scratch;
    }
    status = hone_levels_code(&c->table->levels[j], text, length, &code, err);
    if (status == HONE_OK)
        *out = (double)code;
    return status;
}

/* A text: missing when it is a token without quotes, or nothing at all. */
static hone_status text_value(hone_csv_columns *c, size_t j, const hone_csv_cell *cell, double *out,
                              hone_error *err) {
    bool missing = (!cell->quoted || cell->length == 0) && hone_csv_missing(c->tokens, cell);
    if (!missing)
        return level_code(c, j, cell, out, err);
    *out = (double)NAN;
    return HONE_OK;
}

static hone_status fail_pinned(const hone_csv_columns *c, size_t j, const hone_csv_cell *cell,
                               hone_error *err) {
    char name[HONE_SHOWN_SIZE], text[HONE_SHOWN_SIZE];
    const char *column = c->table->columns[j].name;
    return hone_csv_fail(
        c->scanner->text, cell->start, err, "column '%s' is pinned as numeric, got \"%s\"",
        hone_csv_show(column, strlen(column), name), hone_csv_show(cell->text, cell->length, text));
}

/* Any cell, the slow way. */
static hone_status read_any(hone_csv_columns *c, size_t row, size_t j, const char **at, double *out,
                            hone_error *err) {
    hone_csv_cell cell;
    hone_status status = hone_csv_read_cell(c->scanner, at, &cell, err);
    if (status)
        return status;
    if (c->mode[j] == HONE_CSV_TEXTS)
        return text_value(c, j, &cell, out, err);
    if (hone_csv_missing(c->tokens, &cell)) {
        *out = (double)NAN;
        return HONE_OK;
    }
    if (hone_csv_number(c->tokens, &cell, out))
        return HONE_OK;
    if (c->mode[j] == HONE_CSV_PINNED)
        return fail_pinned(c, j, &cell, err);
    c->mode[j] = HONE_CSV_TEXTS;
    c->text_from[j] = row;
    return text_value(c, j, &cell, out, err);
}

/* ---- records -------------------------------------------------------------------------------- */

static hone_status fail_ragged(const hone_csv_columns *c, const char *record, hone_error *err) {
    size_t cells = 0;
    const char *p = record;
    do {
        hone_csv_cell cell;
        hone_status status = hone_csv_read_cell(c->scanner, &p, &cell, err);
        if (status)
            return status;
        cells++;
    } while (hone_csv_next_cell(c->scanner, &p));
    const hone_csv_text *text = c->scanner->text;
    size_t line = hone_csv_line(text, hone_csv_next_record(c->scanner, text->start));
    return hone_csv_fail(text, record, err, "%zu cell%s, expected %zu as in line %zu", cells,
                         cells == 1 ? "" : "s", c->n, line);
}

hone_status hone_csv_read_record(hone_csv_columns *c, size_t row, const char **at, double *out,
                                 hone_error *err) {
    const hone_csv_scanner *s = c->scanner;
    const bool plain = !c->tokens->numeric && !c->tokens->comma;
    const char *p = *at;
    size_t j = 0;
    do {
        if (j == c->n)
            return fail_ragged(c, *at, err);
        if (!plain || c->mode[j] == HONE_CSV_TEXTS || !hone_csv_read_plain_number(s, &p, &out[j])) {
            hone_status status = read_any(c, row, j, &p, &out[j], err);
            if (status)
                return status;
        }
        j++;
    } while (hone_csv_next_cell(s, &p));
    if (j < c->n)
        return fail_ragged(c, *at, err);
    *at = hone_csv_skip_line_end(s, p);
    return HONE_OK;
}

hone_status hone_csv_settle(hone_csv_columns *c, const char *first, hone_error *err) {
    const hone_csv_scanner *s = c->scanner;
    size_t rows = 0;
    for (size_t j = 0; j < c->n; j++)
        if (c->mode[j] == HONE_CSV_TEXTS && c->text_from[j] > rows)
            rows = c->text_from[j];
    const char *p = first;
    for (size_t i = 0; i < rows; i++) {
        size_t j = 0;
        p = hone_csv_next_record(s, p);
        do {
            hone_csv_cell cell;
            double *value = hone_table_room(c->table, j) + i;
            hone_status status = hone_csv_read_cell(s, &p, &cell, err);
            if (status == HONE_OK && c->mode[j] == HONE_CSV_TEXTS && i < c->text_from[j])
                status = text_value(c, j, &cell, value, err);
            if (status)
                return status;
            j++;
        } while (hone_csv_next_cell(s, &p));
        p = hone_csv_skip_line_end(s, p);
    }
    return HONE_OK;
}

/* ---- life ----------------------------------------------------------------------------------- */

static hone_csv_mode mode_of(hone_kind kind) {
    return kind == HONE_NUMERIC ? HONE_CSV_PINNED : HONE_CSV_TEXTS;
}

/* Columns that the file lacks are the business of whoever needs them. */
static void take_schema(const hone_schema *schema, const hone_table *table, hone_csv_columns *c) {
    for (size_t i = 0; schema && i < schema->n_columns; i++)
        for (size_t j = 0; j < c->n; j++)
            if (strcmp(schema->columns[i].name, table->columns[j].name) == 0)
                c->mode[j] = mode_of(schema->columns[i].kind);
}

hone_status hone_csv_columns_make(const hone_csv_scanner *scanner, const hone_csv_tokens *tokens,
                                  hone_table *table, const hone_csv_options *options,
                                  hone_csv_columns *out, hone_error *err) {
    hone_status status;
    hone_csv_columns c = {.scanner = scanner, .tokens = tokens, .table = table, .n = table->cols};
    if ((status = hone_new(&c.mode, c.n, err)) || (status = hone_new(&c.text_from, c.n, err)))
        goto done;
    take_schema(options->schema, table, &c);
    for (size_t i = 0; i < options->n_pins; i++) {
        size_t j;
        if ((status = hone_table_find(table, options->pins[i].name, &j, err))) {
            if (status == HONE_ENAME)
                hone_fail_within(err, status, "%s: pinned kind", scanner->text->name);
            goto done;
        }
        c.mode[j] = mode_of(options->pins[i].kind);
    }
    *out = c, c = (hone_csv_columns){0};
done:
    hone_csv_columns_free(&c);
    return status;
}

static hone_status finish_texts(hone_csv_columns *c, size_t j, hone_error *err) {
    hone_table *table = c->table;
    const char **labels = NULL;
    double *new_code = NULL, *values = hone_table_room(table, j);
    hone_status status = hone_levels_sort(&table->levels[j], &labels, &new_code, err);
    if (status)
        return status;
    for (size_t i = 0; i < table->rows; i++)
        if (!isnan(values[i]))
            values[i] = new_code[(size_t)values[i]];
    table->columns[j].kind = HONE_CATEGORICAL;
    table->columns[j].n_levels = table->levels[j].n;
    table->columns[j].levels = labels;
    hone_release(new_code);
    return HONE_OK;
}

hone_status hone_csv_columns_finish(hone_csv_columns *c, hone_error *err) {
    hone_status status = HONE_OK;
    for (size_t j = 0; j < c->n && status == HONE_OK; j++)
        if (c->mode[j] == HONE_CSV_TEXTS)
            status = finish_texts(c, j, err);
    return status;
}

void hone_csv_columns_free(hone_csv_columns *c) {
    hone_release(c->mode);
    hone_release(c->text_from);
    hone_release(c->scratch);
    *c = (hone_csv_columns){0};
}
