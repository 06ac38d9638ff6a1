#include "tables.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char shown[1 << 16];

hone_table *table_of(const char *text, const hone_csv_options *options) {
    hone_table *table = NULL;
    hone_error err = {HONE_OK, ""};
    hone_status status = hone_parse_csv(text, strlen(text), "t.csv", options, NULL, &table, &err);
    cr_assert_eq(status, HONE_OK, "%s", err.message);
    return table;
}

const char *refusal_of(const char *text, const hone_csv_options *options, hone_status status) {
    static hone_error err;
    hone_table *table = NULL;
    hone_status got = hone_parse_csv(text, strlen(text), "t.csv", options, NULL, &table, &err);
    cr_assert_eq(got, status, "status %d for '%.60s'", (int)got, text);
    cr_assert_eq(err.status, status);
    cr_assert_null(table);
    return err.message;
}

__attribute__((format(printf, 1, 2))) static void show(const char *format, ...) {
    size_t used = strlen(shown);
    va_list args;
    va_start(args, format);
    vsnprintf(shown + used, sizeof shown - used, format, args);
    va_end(args);
}

static void show_value(const hone_column *column, double value) {
    char number[HONE_NUMBER_SIZE];
    if (isnan(value))
        show("-");
    else if (column->kind == HONE_NUMERIC)
        show("%s", hone_write_double(value, number));
    else
        show("%s", column->levels[(size_t)value]);
}

const char *describe(const hone_table *table) {
    size_t m = hone_table_cols(table);
    *shown = 0;
    for (size_t j = 0; j < m; j++) {
        const hone_column *column = hone_table_column(table, j);
        show("%s%s:%s", j ? " " : "", column->name, column->kind == HONE_NUMERIC ? "num" : "cat");
    }
    for (size_t i = 0; i < hone_table_rows(table); i++) {
        show(" |");
        for (size_t j = 0; j < m; j++) {
            show(" ");
            show_value(hone_table_column(table, j), hone_table_values(table, j)[i]);
        }
    }
    return shown;
}

const char *described(const char *text, const hone_csv_options *options) {
    hone_table *table = table_of(text, options);
    describe(table);
    hone_table_free(table);
    return shown;
}
