/* fuzz_svmlight.c -- any bytes given to the reader give rows or a sentence, never a crash.
 *
 * The first byte picks the options, the rest is the text. What is read must be whole: starts
 * ascend, columns ascend within a row and are there, numbers are finite; as a table it has the
 * same rows; and what is written of it is read again. */
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

static void check_refusal(hone_status status, const hone_error *err) {
    demand(*err->message != 0 && err->status == status, "a refusal has a sentence");
    demand(!strchr(err->message, '\n'), "a sentence is one line");
}

static void check_rows(const hone_dataset *data) {
    const hone_csr *x = data->sparse;
    demand(x->rows > 0 && x->cols > 0 && x->starts[0] == 0, "there are rows and columns");
    for (size_t i = 0; i < x->rows; i++) {
        demand(x->starts[i] <= x->starts[i + 1], "starts ascend");
        demand(isfinite(data->y.data[i]), "labels are finite");
        for (size_t k = x->starts[i]; k < x->starts[i + 1]; k++) {
            demand(x->columns[k] < x->cols && isfinite(x->values[k]), "values are there");
            demand(k == x->starts[i] || x->columns[k - 1] < x->columns[k], "columns ascend");
        }
    }
}

static void check_table(const char *text, size_t size, size_t rows) {
    const hone_csv_options options = {.svmlight = true};
    hone_table *table = NULL;
    hone_error err = {HONE_OK, ""};
    hone_status status = hone_parse_csv(text, size, "fuzz.svm", &options, NULL, &table, &err);
    if (status != HONE_OK) {
        check_refusal(status, &err);
        return;
    }
    demand(hone_table_rows(table) == rows, "a table has the same rows");
    hone_table_free(table);
}

static void check_written(const hone_dataset *data) {
    const hone_csr *x = data->sparse, *z;
    const hone_svmlight_options options = {HONE_SVMLIGHT_FROM_0, x->cols};
    char path[] = "/tmp/fuzz_svmlight.XXXXXX";
    hone_dataset *again = NULL;
    int file = mkstemp(path);
    demand(file >= 0, "a temporary file");
    demand(hone_write_svmlight(data, path, &options, NULL) == HONE_OK, "rows are written");
    if (x->starts[x->rows] > 0) {
        demand(hone_read_svmlight(path, &options, NULL, &again, NULL) == HONE_OK, "and read");
        z = again->sparse;
        demand(x->rows == z->rows && x->starts[x->rows] == z->starts[z->rows] &&
                   memcmp(x->values, z->values, z->starts[z->rows] * sizeof *z->values) == 0,
               "and the same");
    }
    hone_dataset_free(again);
    remove(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    if (size == 0)
        return 0;
    const char *text = (const char *)bytes + 1;
    const hone_svmlight_options options = {(hone_svmlight_base)(bytes[0] % 3),
                                           bytes[0] & 4 ? 5 : 0};
    hone_dataset *data = NULL;
    hone_error err = {HONE_OK, ""};
    hone_status status = hone_parse_svmlight(text, size - 1, "fuzz", &options, NULL, &data, &err);
    if (status != HONE_OK) {
        check_refusal(status, &err);
        return 0;
    }
    check_rows(data);
    check_table(text, size - 1, hone_dataset_rows(data));
    check_written(data);
    hone_dataset_free(data);
    return 0;
}
