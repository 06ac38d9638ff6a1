/* fuzz_csv.c -- any bytes given to the reader give a table or a sentence, never a crash.
 *
 * The first byte picks the options, the rest is the text. What is read must be whole: codes below
 * the number of levels, levels in order and different, names different; and it must turn into a
 * data set. With libFuzzer this is the target; without, the main of replay.c runs a corpus. */
#include <hone/hone.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void demand(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "broken promise: %s\n", what);
        abort();
    }
}

static void check_column(const hone_table *table, size_t j) {
    const hone_column *column = hone_table_column(table, j);
    const double *values = hone_table_values(table, j);
    size_t found;
    demand(*column->name != 0, "columns have names");
    demand(j > 50 || (hone_table_find(table, column->name, &found, NULL) == HONE_OK && found == j),
           "names are different");
    if (column->kind == HONE_NUMERIC) {
        demand(column->n_levels == 0, "numeric columns have no levels");
        return;
    }
    for (size_t i = 0; i < hone_table_rows(table); i++)
        demand(isnan(values[i]) || (values[i] >= 0 && values[i] < (double)column->n_levels &&
                                    values[i] == floor(values[i])),
               "codes are below the number of levels");
    for (size_t k = 1; k < column->n_levels; k++)
        demand(strcmp(column->levels[k - 1], column->levels[k]) != 0, "levels are different");
}

static void check_dataset(const hone_table *table, hone_target_kind kind) {
    hone_dataset *data = NULL;
    hone_error err = {HONE_OK, ""};
    size_t dropped;
    hone_roles roles = {.target = hone_table_column(table, hone_table_cols(table) - 1)->name,
                        .target_kind = kind};
    if (hone_table_dataset(table, &roles, &data, &dropped, &err) != HONE_OK) {
        demand(*err.message != 0, "a refusal has a sentence");
        return;
    }
    demand(hone_dataset_rows(data) + dropped == hone_table_rows(table), "rows are kept or counted");
    demand(hone_dataset_cols(data) + 1 == hone_table_cols(table), "columns are kept");
    hone_dataset_free(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const char delimiters[] = {0, ',', ';', ' '};
    static const char *const tokens[] = {"-9", "x"};
    static const hone_column pins[] = {{.name = "a", .kind = HONE_CATEGORICAL},
                                       {.name = "b", .kind = HONE_NUMERIC}};
    if (size == 0)
        return 0;
    uint8_t how = bytes[0];
    hone_csv_options options = {.delimiter = delimiters[how & 3],
                                .header = (how >> 2 & 3) % 3 - 1,
                                .missing = how & 16 ? tokens : NULL,
                                .n_missing = how & 16 ? 2 : 0,
                                .pins = pins,
                                .n_pins = how & 32 ? 2 : 0,
                                .hash = how & 64};
    hone_table *table = NULL;
    hone_error err = {HONE_OK, ""};
    hone_status status =
        hone_parse_csv((const char *)bytes + 1, size - 1, "fuzz", &options, NULL, &table, &err);
    if (status != HONE_OK) {
        demand(*err.message != 0 && err.status == status, "a refusal has a sentence");
        demand(!strchr(err.message, '\n'), "a sentence is one line");
        return 0;
    }
    demand(hone_table_rows(table) > 0 && hone_table_cols(table) > 0, "a table has cells");
    for (size_t j = 0; j < hone_table_cols(table); j++)
        check_column(table, j);
    check_dataset(table, (hone_target_kind)(how % 3));
    hone_table_free(table);
    return 0;
}
