/* matrix.c -- see hone/matrix.h. */
#include <hone/matrix.h>

#include "core/alloc.h"

hone_status hone_matrix_create(size_t rows, size_t cols, hone_matrix *out, hone_error *err) {
    double *data = NULL;
    hone_status status = hone_new2(&data, rows, cols, err);
    if (status == HONE_OK)
        *out = (hone_matrix){data, rows, cols};
    return status;
}

void hone_matrix_free(hone_matrix *m) {
    if (!m)
        return;
    hone_release(m->data);
    *m = (hone_matrix){0};
}
