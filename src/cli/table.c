/* table.c -- aligned columns: a header, a rule, rows; the best cells bold, or starred. */
#include "cli/output.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define STAR " *"

void cli_table_cell(cli_table *table, const char *format, ...) {
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (table->n % 64 == 0) {
        table->cells = cli_resize(table->cells, table->n + 64, sizeof *table->cells);
        table->marked = cli_resize(table->marked, table->n + 64, sizeof *table->marked);
    }
    table->marked[table->n] = false;
    table->cells[table->n++] = cli_clean(length < 0 ? "" : text);
    free(length < 0 ? NULL : text);
}

void cli_table_mark(cli_table *table) {
    table->marked[table->n - 1] = true;
}

void cli_table_free(cli_table *table) {
    for (size_t i = 0; i < table->n; i++)
        free(table->cells[i]);
    free(table->cells);
    free(table->marked);
    *table = (cli_table){0};
}

/* Characters, not bytes: continuation bytes of UTF-8 do not count. */
static size_t width_of(const char *text) {
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* Does column j hold a marked cell? All its cells then leave room for the star. */
static bool is_starred(const cli_table *table, size_t j) {
    for (size_t i = j; i < table->n; i += table->columns)
        if (table->marked[i])
            return true;
    return false;
}

static size_t *column_widths(const cli_table *table) {
    size_t *widths = cli_take(table->columns, sizeof *widths);
    for (size_t i = 0; i < table->n; i++) {
        size_t *width = &widths[i % table->columns], own = width_of(table->cells[i]);
        *width = own > *width ? own : *width;
    }
    for (size_t j = 0; j < table->columns; j++)
        widths[j] += is_starred(table, j) ? strlen(STAR) : 0;
    return widths;
}

static void print_rule(const cli_table *table, const size_t *widths, FILE *file) {
    const char *dash = cli_utf8() ? "\xe2\x94\x80" : "-";
    for (size_t j = 0; j < table->columns; j++) {
        fputs(j ? "  " : "", file);
        for (size_t k = 0; k < widths[j]; k++)
            fputs(dash, file);
    }
    putc('\n', file);
}

/* One cell, padded but for the blanks at the end of a line. */
static void print_cell(const cli_table *table, size_t i, size_t width, bool colour, FILE *file) {
    size_t j = i % table->columns, room = is_starred(table, j) ? strlen(STAR) : 0;
    size_t own = width_of(table->cells[i]) + room;
    bool right = j >= table->right_from && j < table->right_end, last = j + 1 == table->columns;
    bool bold = colour && (table->marked[i] || i < table->columns);
    int blanks = (int)(width - own);
    if (last && !*table->cells[i])
        return;
    fprintf(file, "%s%*s%s%s%s", j ? "  " : "", right ? blanks : 0, "", bold ? "\033[1m" : "",
            table->cells[i], bold ? "\033[0m" : "");
    if (table->marked[i])
        fputs(STAR, file);
    else if (!last)
        fprintf(file, "%*s", (int)room, "");
    if (!right && !last)
        fprintf(file, "%*s", blanks, "");
}

void cli_table_print(const cli_table *table, cli_sink *sink) {
    bool colour = cli_colour(sink->file);
    size_t *widths = column_widths(table);
    for (size_t i = 0; i < table->n; i++) {
        print_cell(table, i, widths[i % table->columns], colour, sink->file);
        if ((i + 1) % table->columns)
            continue;
        putc('\n', sink->file);
        if (i + 1 == table->columns)
            print_rule(table, widths, sink->file);
        cli_sink_check(sink);
    }
    free(widths);
}
