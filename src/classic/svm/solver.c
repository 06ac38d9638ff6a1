/* solver.c -- the door to libsvm, the reference solver: one problem of C-SVC or e-SVR at a
 * time.
 *
 * C-SVC  min 1/2 a'Qa - sum a_i,  0 <= a_i <= c of its class,  y'a = 0,  Q_ij = y_i y_j K(x_i, x_j)
 * e-SVR  min 1/2 b'Kb + eps sum |b_i| - y'b,  |b_i| <= C,  sum b_i = 0
 * both by libsvm's SMO (Fan, Chen, Lin 2005; Chang & Lin 2011), whose Q is kept in float.
 *
 * While 8 n^2 bytes fit in cache_size the Gram matrix is computed once, by blocks and threads, and
 * given to libsvm as its precomputed kernel: all pairs, the folds behind the probabilities and the
 * values of left-out rows read it. Beyond that libsvm computes the columns that it asks for.
 * A precomputed row i is an array of nodes {int, double} of which only the doubles are read: its
 * number, then K(i, 0) .. K(i, n-1). Rows 2k and 2k + 1 share one array, each with its doubles in
 * what are the ints of the other, so the matrix takes half the memory.
 *
 * Of libsvm 3.24: svm_train() is re-entrant (the only globals are the print function and rand(),
 * which probability=1 and its cross-validation use, and we never do); it keeps pointers into the
 * rows, so everything is copied out; its mallocs are unchecked and their failure ends the process;
 * it cannot be interrupted; after max(1e7, 100 n) iterations it gives up and says so on stderr,
 * past the print function: its callback could stop it before only by jumping over its frames, which
 * would leak all that they own.
 * Cost: O(n^2 m) for the Gram matrix, O(n_iter n) for a problem. */
#include "classic/svm/source.h"

#include "core/once.h"
#include "core/parallel.h"

#include <libsvm/svm.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GRAM_BLOCK = 64, GRAM_COLS = 128 };

struct hone_libsvm_rows {
    const struct hone_svm_source *source;
    size_t n;
    double *gram;            /* ceil(n / 2) x stride, or NULL */
    size_t stride;           /* 2 (n + 1) + 1 numbers for each pair of rows, rounded up */
    struct svm_node *nodes;  /* n x (m + 1): x and an end; NULL beside a Gram matrix */
    struct svm_node **start; /* n: where libsvm finds each row */
};

/* K(i, 0), followed by K(i, 1) two places on, and so forth. */
static double *gram_row(const struct hone_libsvm_rows *rows, size_t i) {
    return rows->gram + i / 2 * rows->stride + i % 2 + 3;
}

/* ---- what libsvm says ----------------------------------------------------------------- */

/* libsvm tells the number of its iterations only by printing it; it prints from within
 * svm_train(), on the thread that called it. */
static _Thread_local long iterations;
static hone_once_flag listening = HONE_ONCE_INIT;

static void listen(const char *text) {
    static const char finished[] = "\noptimization finished, #iter = ";
    if (strncmp(text, finished, sizeof finished - 1) == 0)
        iterations = strtol(text + sizeof finished - 1, NULL, 10);
}

static void start_listening(void) {
    svm_set_print_string_function(listen);
}

/* ---- rows ----------------------------------------------------------------------------- */

/* rbf looks at differences only: moving the columns to their middle keeps libsvm's
 * |x|^2 + |z|^2 - 2 x'z from cancelling. */
static hone_status fill_nodes(struct hone_libsvm_rows *rows, hone_error *err) {
    const struct hone_svm_source *source = rows->source;
    size_t n = source->n, m = source->m;
    double *mean = NULL;
    hone_status status = hone_new(&mean, m, err);
    if (status != HONE_OK)
        return status;
    if (source->kernel.kind == HONE_SVM_RBF)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < m; j++)
                mean[j] += hone_svm_source_row(source, i)[j] / (double)n;
    for (size_t i = 0; i < n; i++) {
        struct svm_node *row = rows->start[i];
        for (size_t j = 0; j < m; j++)
            row[j] = (struct svm_node){(int)j + 1, hone_svm_source_row(source, i)[j] - mean[j]};
        row[m].index = -1;
    }
    hone_release(mean);
    return HONE_OK;
}

/* k (height x width) is the part of the matrix at (row, col); writes it and its mirror. */
static void write_gram(const struct hone_libsvm_rows *rows, size_t row, size_t height, size_t col,
                       size_t width, const double *k) {
    for (size_t i = 0; i < height; i++) {
        double *to = gram_row(rows, row + i) + 2 * col;
        for (size_t j = 0; j < width; j++)
            to[2 * j] = k[i * GRAM_COLS + j];
    }
    for (size_t j = 0; row != col && j < width; j++) {
        double *to = gram_row(rows, col + j) + 2 * row;
        for (size_t i = 0; i < height; i++)
            to[2 * i] = k[i * GRAM_COLS + j];
    }
}

/* Rows of block `block` against the columns of the same block, then against those after it. */
static hone_status fill_gram(void *context, size_t block, hone_error *err) {
    struct hone_libsvm_rows *rows = context;
    size_t n = rows->n, first = block * GRAM_BLOCK, at[GRAM_BLOCK], columns[GRAM_COLS];
    size_t height = n - first < GRAM_BLOCK ? n - first : GRAM_BLOCK, width = height;
    double *k = NULL;
    hone_status status = hone_new(&k, GRAM_BLOCK * GRAM_COLS, err);
    for (size_t i = 0; status == HONE_OK && i < height; i++) {
        gram_row(rows, first + i)[-2] = (double)(first + i + 1);
        at[i] = first + i;
    }
    for (size_t col = first; status == HONE_OK && col < n; col += width) {
        if (col > first)
            width = n - col < GRAM_COLS ? n - col : GRAM_COLS;
        for (size_t j = 0; j < width; j++)
            columns[j] = col + j;
        status =
            hone_svm_source_values(rows->source, at, height, columns, width, k, GRAM_COLS, err);
        if (status == HONE_OK)
            write_gram(rows, first, height, col, width, k);
    }
    hone_release(k);
    return status;
}

static hone_status check_size(const struct hone_svm_source *source, bool gram, const char *who,
                              hone_error *err) {
    if (source->n >= INT_MAX / 4 || source->m >= INT_MAX)
        return hone_fail(err, HONE_EDATA,
                         "%s: solver=libsvm takes fewer than %d rows and %d columns", who,
                         INT_MAX / 4, INT_MAX);
    if (!gram && (!source->x.data || source->kernel.call))
        return hone_fail(err, HONE_EUNSUPPORTED,
                         "%s: solver=libsvm needs a cache_size of %.0f for this kernel of %zu "
                         "rows; raise it or take solver=smo",
                         who, (double)source->n * (double)source->n * 8 / 0x1p20 + 1, source->n);
    return HONE_OK;
}

hone_status hone_libsvm_rows_create(const struct hone_svm_source *source,
                                    const struct hone_svm_settings *settings,
                                    const hone_monitor *mon, struct hone_libsvm_rows **out,
                                    hone_error *err) {
    struct hone_libsvm_rows *rows = NULL;
    size_t n = source->n;
    bool gram = (double)n * (double)n * sizeof *rows->gram <= settings->cache_size * 0x1p20;
    hone_status status;
    if ((status = check_size(source, gram, settings->who, err)) ||
        (status = hone_new(&rows, 1, err)))
        return status;
    rows->source = source, rows->n = n;
    rows->stride = 2 * n + 8;
    if ((status = hone_new(&rows->start, n, err)) ||
        (status = gram ? hone_new2(&rows->gram, (n + 1) / 2, rows->stride, err)
                       : hone_new2(&rows->nodes, n, source->m + 1, err)))
        goto done;
    for (size_t i = 0; i < n; i++)
        rows->start[i] = gram ? (struct svm_node *)(void *)(gram_row(rows, i) - 3)
                              : rows->nodes + i * (source->m + 1);
    status = gram ? hone_parallel((n + GRAM_BLOCK - 1) / GRAM_BLOCK, fill_gram, rows, mon, err)
                  : fill_nodes(rows, err);
    if (status == HONE_OK)
        *out = rows, rows = NULL;
done:
    hone_libsvm_rows_free(rows);
    return status;
}

void hone_libsvm_rows_free(struct hone_libsvm_rows *rows) {
    if (!rows)
        return;
    hone_release(rows->gram);
    hone_release(rows->nodes);
    hone_release(rows->start);
    hone_release(rows);
}

const double *hone_libsvm_gram_row(const struct hone_libsvm_rows *rows, size_t i) {
    return rows->gram ? gram_row(rows, i) : NULL;
}

/* ---- solving -------------------------------------------------------------------------- */

/* labels and weights: 2 each, borrowed by the result. */
static struct svm_parameter parameters(const struct hone_libsvm_rows *rows,
                                       const struct hone_svm_settings *settings,
                                       const struct hone_svm_problem *problem, int *labels,
                                       double *weights) {
    static const int kinds[] = {LINEAR, POLY, RBF, SIGMOID};
    double n = (double)problem->n, need = (n * n * sizeof(float) + 64 * n) / 0x1p20 + 1;
    struct svm_parameter param = {
        .svm_type = settings->kind == HONE_SVM_VALUES ? EPSILON_SVR : C_SVC,
        .kernel_type = rows->gram ? PRECOMPUTED : kinds[rows->source->kernel.kind],
        .degree = rows->source->kernel.degree,
        .gamma = rows->source->kernel.gamma,
        .coef0 = rows->source->kernel.coef0,
        .cache_size = fmin(settings->cache_size, need),
        .eps = settings->tol,
        .C = settings->kind == HONE_SVM_VALUES ? problem->bound[problem->index[0]] : 1,
        .p = settings->epsilon,
        .shrinking = settings->shrinking,
    };
    if (settings->kind == HONE_SVM_CLASSES) {
        labels[0] = 1, labels[1] = -1;
        weights[0] = problem->bound[problem->index[0]];
        weights[1] = problem->bound[problem->index[problem->n - 1]];
        param.nr_weight = 2, param.weight_label = labels, param.weight = weights;
    }
    return param;
}

/* Copies the machine out of libsvm's model, whose first label is that of the first row: +1. */
static hone_status copy_machine(const struct svm_model *model,
                                const struct hone_svm_problem *problem, const char *who,
                                struct hone_svm_machine *out, hone_error *err) {
    hone_status status;
    long limit = 100L * (long)problem->n * (model->param.svm_type == EPSILON_SVR ? 2 : 1);
    limit = limit > 10000000 ? limit : 10000000;
    out->n_sv = (size_t)model->l;
    out->rho = model->rho[0];
    out->n_iter = (double)iterations;
    out->converged = iterations < limit;
    if ((status = hone_new(&out->sv, out->n_sv, err)) ||
        (status = hone_new(&out->coef, out->n_sv, err)))
        return status;
    bool finite = isfinite(out->rho);
    for (size_t s = 0; s < out->n_sv; s++) {
        out->sv[s] = problem->index[model->sv_indices[s] - 1];
        out->coef[s] = model->sv_coef[0][s];
        finite = finite && isfinite(out->coef[s]);
    }
    if (!finite)
        return hone_fail(err, HONE_ENUMERIC,
                         "%s: the solver met numbers out of its range; scale "
                         "the columns or choose another kernel",
                         who);
    return HONE_OK;
}

hone_status hone_libsvm_solve(const struct hone_libsvm_rows *rows,
                              const struct hone_svm_settings *settings,
                              const struct hone_svm_problem *problem, struct hone_svm_machine *out,
                              hone_error *err) {
    int labels[2];
    double weights[2];
    struct svm_node **x = NULL;
    double *y = NULL;
    struct svm_model *model = NULL;
    hone_status status;
    if ((status = hone_new(&x, problem->n, err)) || (status = hone_new(&y, problem->n, err)))
        goto done;
    for (size_t i = 0; i < problem->n; i++)
        x[i] = rows->start[problem->index[i]], y[i] = problem->y[i];
    struct svm_problem given = {.l = (int)problem->n, .y = y, .x = x};
    struct svm_parameter param = parameters(rows, settings, problem, labels, weights);
    const char *complaint = svm_check_parameter(&given, &param);
    if (complaint) {
        status = hone_fail(err, HONE_EINVAL, "%s: libsvm refuses its parameters: %s", settings->who,
                           complaint);
        goto done;
    }
    hone_once(&listening, start_listening);
    iterations = 0;
    model = svm_train(&given, &param);
    status = copy_machine(model, problem, settings->who, out, err);
done:
    svm_free_and_destroy_model(&model);
    hone_release(x);
    hone_release(y);
    return status;
}
