/* smo_rows.c -- kernel values of a problem, row by row as steps ask for them.
 *
 * A machine of few vectors looks at few rows of its matrix: a block of all would cost more time and
 * a multiple of the memory. Sums run over the columns in their order, as everywhere.
 * Shapes: panels of 32 rows, m x 32 each; a row of K n, and room to read on.
 * Cost: O(n m) to begin with and for each row. */
#include "classic/svm/smo.h"

#include "core/clones.h"

enum { LANES = HONE_SMO_LANES, PANEL = 4 * LANES };

struct hone_smo_rows {
    const struct hone_svm_source *source;
    const size_t *index;
    size_t n, n_panels, m;
    double *panels;
    double *sums; /* n_panels x 32 */
    float **rows; /* n: those that are there */
};

void hone_smo_rows_free(struct hone_smo_rows *r) {
    if (!r)
        return;
    for (size_t i = 0; r->rows && i < r->n; i++)
        hone_release(r->rows[i]);
    hone_release(r->rows);
    hone_release(r->panels);
    hone_release(r->sums);
    hone_release(r);
}

hone_status hone_smo_rows_create(const struct hone_svm_source *source, const size_t *index,
                                 size_t n, struct hone_smo_rows **out, hone_error *err) {
    struct hone_smo_rows *r = NULL;
    hone_status status;
    if ((status = hone_new(&r, 1, err)))
        return status;
    r->source = source, r->index = index, r->n = n, r->m = source->m;
    r->n_panels = (n + PANEL - 1) / PANEL;
    if ((status = hone_new(&r->rows, n, err)) ||
        (status = hone_new(&r->sums, r->n_panels * PANEL, err)) ||
        (status = hone_new2(&r->panels, r->n_panels * PANEL, r->m, err)))
        goto done;
    for (size_t i = 0; i < n; i++) {
        const double *x = hone_svm_source_row(source, index[i]);
        double *to = r->panels + i / PANEL * PANEL * r->m + i % PANEL;
        for (size_t k = 0; k < r->m; k++)
            to[k * PANEL] = x[k];
    }
    *out = r, r = NULL;
done:
    hone_smo_rows_free(r);
    return status;
}

/* sums (32) of x_k z_k, or of (x_k - z_k)^2. */
HONE_INLINE void sum_panel(const double *x, const double *panel, size_t m, bool squares,
                           double *sums) {
    const hone_f64x8 zero = {0};
    hone_f64x8 sum[PANEL / LANES];
    for (size_t l = 0; l < PANEL / LANES; l++)
        sum[l] = zero;
    for (size_t k = 0; k < m; k++)
        for (size_t l = 0; l < PANEL / LANES; l++) {
            hone_f64x8 z = *(const hone_f64x8_in_memory *)(panel + k * PANEL + l * LANES);
            hone_f64x8 d = x[k] - z;
            sum[l] += squares ? d * d : x[k] * z;
        }
    for (size_t l = 0; l < PANEL / LANES; l++)
        *(hone_f64x8_in_memory *)(sums + l * LANES) = sum[l];
}

HONE_CLONES static void sum_panels(const double *x, const double *panels, size_t n_panels, size_t m,
                                   bool squares, double *sums) {
    for (size_t p = 0; p < n_panels && squares; p++)
        sum_panel(x, panels + p * PANEL * m, m, true, sums + p * PANEL);
    for (size_t p = 0; p < n_panels && !squares; p++)
        sum_panel(x, panels + p * PANEL * m, m, false, sums + p * PANEL);
}

hone_status hone_smo_rows_add(struct hone_smo_rows *r, size_t i, hone_error *err) {
    const struct hone_svm_kernel *kernel = &r->source->kernel;
    hone_status status;
    if (r->rows[i])
        return HONE_OK;
    if ((status = hone_new(&r->rows[i], r->n + LANES, err)))
        return status;
    sum_panels(hone_svm_source_row(r->source, r->index[i]), r->panels, r->n_panels, r->m,
               kernel->kind == HONE_SVM_RBF, r->sums);
    hone_svm_kernel_round(kernel, r->sums, r->n, r->rows[i]);
    return HONE_OK;
}

const float *const *hone_smo_rows_table(const struct hone_smo_rows *r) {
    return (const float *const *)r->rows;
}
