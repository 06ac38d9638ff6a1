/* svmlight_write.c -- a data set as svmlight text. See hone/svmlight.h. Cost: O(bytes). */
#include <hone/svmlight.h>

#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* One call. */
struct writing {
    FILE *file;
    const hone_dataset *data;
    size_t first; /* index of column 0 */
};

/* Classes go by their names, which as a rule are numbers; else by their codes. */
static double label_of(const hone_dataset *data, size_t i) {
    double value = data->y.data ? hone_view_row(data->y, i)[0] : 0, named;
    const hone_schema *schema = data->schema;
    if (!data->y.data || !schema || !schema->n_targets || !(value >= 0))
        return value;
    const hone_column *target = &schema->targets[0];
    if (value < (double)target->n_levels &&
        hone_parse_double(target->levels[(size_t)value], &named))
        return named;
    return value;
}

/* ---- before a byte is written ---------------------------------------------------------------- */

static hone_status check_value(size_t i, size_t j, double value, hone_error *err) {
    char text[HONE_NUMBER_SIZE];
    if (isfinite(value))
        return HONE_OK;
    return hone_fail(err, HONE_EDATA,
                     "row %zu, column %zu is %s, expected a finite number: svmlight text has no "
                     "other",
                     i + 1, j + 1, hone_write_double(value, text));
}

static hone_status check_row(const hone_dataset *data, size_t i, hone_error *err) {
    char text[HONE_NUMBER_SIZE];
    hone_status status = HONE_OK;
    const hone_csr *sparse = data->sparse;
    if (!isfinite(label_of(data, i)))
        return hone_fail(err, HONE_EDATA, "row %zu: y is %s, expected a finite number", i + 1,
                         hone_write_double(label_of(data, i), text));
    if (sparse)
        for (size_t k = sparse->starts[i]; k < sparse->starts[i + 1] && status == HONE_OK; k++)
            status = check_value(i, sparse->columns[k], sparse->values[k], err);
    else
        for (size_t j = 0; j < data->x.cols && status == HONE_OK; j++)
            status = check_value(i, j, hone_view_row(data->x, i)[j], err);
    return status;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void put_value(const struct writing *w, size_t j, double value) {
    char text[HONE_NUMBER_SIZE];
    fprintf(w->file, " %zu:%s", j + w->first, hone_write_double(value, text));
}

static void put_row(const struct writing *w, size_t i) {
    char text[HONE_NUMBER_SIZE];
    const hone_csr *sparse = w->data->sparse;
    fputs(hone_write_double(label_of(w->data, i), text), w->file);
    if (w->data->groups)
        fprintf(w->file, " qid:%u", w->data->groups[i]);
    if (sparse)
        for (size_t k = sparse->starts[i]; k < sparse->starts[i + 1]; k++)
            put_value(w, sparse->columns[k], sparse->values[k]);
    else
        for (size_t j = 0; j < w->data->x.cols; j++)
            if (hone_view_row(w->data->x, i)[j] != 0)
                put_value(w, j, hone_view_row(w->data->x, i)[j]);
    fputc('\n', w->file);
}

static hone_status fail_io(const char *path, int why, hone_error *err) {
    char reason[128];
    return hone_fail(err, HONE_EIO, "cannot write %s: %s", path,
                     strerror_r(why ? why : EIO, reason, sizeof reason));
}

hone_status hone_write_svmlight(const hone_dataset *data, const char *path,
                                const hone_svmlight_options *options, hone_error *err) {
    size_t n = hone_dataset_rows(data);
    for (size_t i = 0; i < n; i++) {
        hone_status status = check_row(data, i, err);
        if (status)
            return status;
    }
    struct writing w = {.file = fopen(path, "w"),
                        .data = data,
                        .first = !options || options->base != HONE_SVMLIGHT_FROM_0};
    if (!w.file)
        return fail_io(path, errno, err);
    for (size_t i = 0; i < n && !ferror(w.file); i++)
        put_row(&w, i);
    errno = 0;
    bool failed = fflush(w.file) != 0 || ferror(w.file);
    int why = errno;
    if (fclose(w.file) != 0 && !failed)
        return fail_io(path, errno, err);
    return failed ? fail_io(path, why, err) : HONE_OK;
}
