/* svm_kernel.c -- kernel values of blocks of rows.
 *
 * Shapes: X a x m, Z b x m, out a x b. Columns of Z are packed in panels of 16 rows of Z laid out
 * m x 16; a tile of 4 rows of X against a panel keeps its 64 sums in registers. Every sum runs
 * over the columns in their order, without fused multiply-add, so an entry depends on its two rows
 * alone: not on the block, the thread or the processor. rbf sums (x_k - z_k)^2 rather than
 * |x|^2 + |z|^2 - 2 x'z: nothing cancels where columns lie far from 0.
 * Cost: O(a b m). */
#include "classic/svm_impl.h"

#include "core/clones.h"

#include <math.h>
#include <string.h>

enum { TILE_ROWS = 4, LANES = 8, TILE_COLS = 2 * LANES };

const char *const hone_svm_kernel_words[] = {"linear",      "poly",     "rbf", "sigmoid",
                                             "precomputed", "callback", NULL};
const char *const hone_svm_gamma_words[] = {"scale", "auto", NULL};

/* Sum over all entries of X, zeros too, of x or of (x - mean)^2. */
static double sum_entries(const hone_dataset *data, double mean, bool squares) {
    size_t n = hone_dataset_rows(data), m = hone_dataset_cols(data);
    double sum = 0;
    if (data->sparse) {
        size_t n_entries = data->sparse->starts[n];
        for (size_t k = 0; k < n_entries; k++) {
            double d = data->sparse->values[k] - mean;
            sum += squares ? d * d : d;
        }
        double zero = squares ? mean * mean : -mean;
        return sum + ((double)n * (double)m - (double)n_entries) * zero;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) {
            double d = hone_view_row(data->x, i)[j] - mean;
            sum += squares ? d * d : d;
        }
    return sum;
}

double hone_svm_gamma(hone_mixed gamma, const hone_dataset *data) {
    double m = (double)hone_dataset_cols(data), count = (double)hone_dataset_rows(data) * m;
    if (gamma.word < 0)
        return gamma.value;
    if (gamma.word == 1)
        return 1 / m;
    double mean = sum_entries(data, 0, false) / count;
    double variance = sum_entries(data, mean, true) / count;
    return variance > 0 ? 1 / (m * variance) : 1;
}

/* panel (m x 16) = rows [first, first + 16) of z, transposed; missing rows are zero. */
static void pack_panel(hone_view z, size_t first, double *panel) {
    for (size_t c = 0; c < TILE_COLS; c++) {
        const double *row = first + c < z.rows ? hone_view_row(z, first + c) : NULL;
        for (size_t k = 0; k < z.cols; k++)
            panel[k * TILE_COLS + c] = row ? row[k] : 0;
    }
}

/* out (4 x 16) = sums over k of x_rk * panel_kc, or of (x_rk - panel_kc)^2. */
HONE_INLINE void tile(const double *const *x, const double *panel, size_t m, bool squares,
                      double *out) {
    hone_f64x8 sum[TILE_ROWS][2];
    memset(sum, 0, sizeof sum);
    for (size_t k = 0; k < m; k++) {
        hone_f64x8 z0 = *(const hone_f64x8_in_memory *)(panel + k * TILE_COLS);
        hone_f64x8 z1 = *(const hone_f64x8_in_memory *)(panel + k * TILE_COLS + LANES);
        for (int r = 0; r < TILE_ROWS; r++) {
            hone_f64x8 d0 = x[r][k] - z0, d1 = x[r][k] - z1;
            sum[r][0] += squares ? d0 * d0 : x[r][k] * z0;
            sum[r][1] += squares ? d1 * d1 : x[r][k] * z1;
        }
    }
    memcpy(out, sum, sizeof sum);
}

HONE_CLONES static void tile_dot(const double *const *x, const double *panel, size_t m,
                                 double *out) {
    tile(x, panel, m, false, out);
}

HONE_CLONES static void tile_distance(const double *const *x, const double *panel, size_t m,
                                      double *out) {
    tile(x, panel, m, true, out);
}

/* v (n, each <= 0) becomes exp(v): v = q ln 2 + r with |r| <= ln 2 / 2, exp(r) by its Taylor
 * series to r^13, relative error below 4e-16; below -708 the result is 0. */
HONE_CLONES static void exp_negative(double *v, size_t n) {
    static const double shift = 0x1.8p52; /* adding it leaves the integer q in the low bits */
    for (size_t i = 0; i < n; i++) {
        double x = v[i] < -708.0 ? -708.0 : v[i];
        double shifted = x * 0x1.71547652b82fep0 + shift;
        double q = shifted - shift;
        double r = (x - q * 0x1.62e42fefa0000p-1) - q * 0x1.cf79abc9e3b3ap-40;
        uint64_t bits;
        double power, p = 1.0 / 6227020800;
        memcpy(&bits, &shifted, sizeof bits);
        bits = (bits + 1023) << 52;
        memcpy(&power, &bits, sizeof power);
        p = p * r + 1.0 / 479001600;
        p = p * r + 1.0 / 39916800;
        p = p * r + 1.0 / 3628800;
        p = p * r + 1.0 / 362880;
        p = p * r + 1.0 / 40320;
        p = p * r + 1.0 / 5040;
        p = p * r + 1.0 / 720;
        p = p * r + 1.0 / 120;
        p = p * r + 1.0 / 24;
        p = p * r + 1.0 / 6;
        p = p * r + 0.5;
        p = 1 + (r + r * r * p);
        v[i] = v[i] < -708.0 ? 0 : p * power;
    }
}

/* base^n by squaring, in libsvm's order of multiplications. */
static double power(double base, int n) {
    double result = 1;
    for (; n > 0; n /= 2, base *= base)
        if (n % 2)
            result *= base;
    return result;
}

void hone_svm_kernel_apply(const struct hone_svm_kernel *kernel, double *v, size_t n) {
    double gamma = kernel->gamma, coef0 = kernel->coef0;
    switch (kernel->kind) {
    case HONE_SVM_POLY:
        for (size_t i = 0; i < n; i++)
            v[i] = power(gamma * v[i] + coef0, kernel->degree);
        break;
    case HONE_SVM_RBF:
        for (size_t i = 0; i < n; i++)
            v[i] *= -gamma;
        exp_negative(v, n);
        break;
    case HONE_SVM_SIGMOID:
        for (size_t i = 0; i < n; i++)
            v[i] = tanh(gamma * v[i] + coef0);
        break;
    default:
        break;
    }
}

/* sum of a_i b_i: eight running sums, added up at the end. */
HONE_INLINE double inner(const double *a, const double *b, size_t n) {
    hone_f64x8 sum = {0};
    double total = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        sum += *(const hone_f64x8_in_memory *)(a + i) * *(const hone_f64x8_in_memory *)(b + i);
    for (; i < n; i++)
        total += a[i] * b[i];
    for (int l = 0; l < LANES; l++)
        total += sum[l];
    return total;
}

HONE_CLONES static void weigh(const double *k, size_t n_rows, size_t n, size_t ld,
                              const double *coef, size_t n_out, double *out) {
    for (size_t i = 0; i < n_rows; i++)
        for (size_t o = 0; o < n_out; o++)
            out[i * n_out + o] = inner(k + i * ld, coef + o * ld, n);
}

void hone_svm_weigh(const double *k, size_t n_rows, size_t n, size_t ld, const double *coef,
                    size_t n_out, double *out) {
    weigh(k, n_rows, n, ld, coef, n_out, out);
}

/* Rows of x against one panel that holds rows [first, ...) of z. */
static void panel_block(bool squares, hone_view x, const double *panel, size_t first, size_t b,
                        double *out, size_t ldo) {
    double sums[TILE_ROWS * TILE_COLS];
    size_t width = b - first < TILE_COLS ? b - first : TILE_COLS;
    for (size_t i = 0; i < x.rows; i += TILE_ROWS) {
        size_t height = x.rows - i < TILE_ROWS ? x.rows - i : TILE_ROWS;
        const double *row[TILE_ROWS];
        for (size_t r = 0; r < TILE_ROWS; r++)
            row[r] = hone_view_row(x, r < height ? i + r : i);
        if (squares)
            tile_distance(row, panel, x.cols, sums);
        else
            tile_dot(row, panel, x.cols, sums);
        for (size_t r = 0; r < height; r++)
            memcpy(out + (i + r) * ldo + first, sums + r * TILE_COLS, width * sizeof *out);
    }
}

static bool is_of_distance(const struct hone_svm_kernel *kernel) {
    return kernel->kind == HONE_SVM_RBF || kernel->kind == HONE_SVM_DISTANCE;
}

static void call_block(const struct hone_svm_kernel *kernel, hone_view x, hone_view z, double *out,
                       size_t ldo) {
    for (size_t i = 0; i < x.rows; i++)
        for (size_t j = 0; j < z.rows; j++)
            out[i * ldo + j] =
                kernel->call(kernel->user, hone_view_row(x, i), hone_view_row(z, j), x.cols);
}

hone_status hone_svm_kernel_block(const struct hone_svm_kernel *kernel, hone_view x, hone_view z,
                                  double *out, size_t ldo, hone_error *err) {
    double *panel = NULL;
    if (kernel->kind == HONE_SVM_CALLBACK) {
        call_block(kernel, x, z, out, ldo);
        return HONE_OK;
    }
    hone_status status = hone_alloc2((void **)&panel, z.cols, TILE_COLS, sizeof *panel, err);
    if (status != HONE_OK)
        return status;
    for (size_t first = 0; first < z.rows; first += TILE_COLS) {
        pack_panel(z, first, panel);
        panel_block(is_of_distance(kernel), x, panel, first, z.rows, out, ldo);
    }
    for (size_t i = 0; i < x.rows; i++)
        hone_svm_kernel_apply(kernel, out + i * ldo, z.rows);
    hone_release(panel);
    return HONE_OK;
}

/* x'z for a full x; z: n_z entries. */
static double sparse_dot(const double *x, const double *values, const uint32_t *columns, size_t n) {
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += x[columns[k]] * values[k];
    return sum;
}

void hone_svm_sparse_block(const struct hone_svm_kernel *kernel, hone_view x, const hone_csr *z,
                           const size_t *z_rows, size_t n_z, double *out, size_t ldo) {
    bool squares = is_of_distance(kernel);
    for (size_t i = 0; i < x.rows; i++) {
        const double *row = hone_view_row(x, i);
        double norm = 0;
        for (size_t k = 0; k < x.cols && squares; k++)
            norm += row[k] * row[k];
        for (size_t j = 0; j < n_z; j++) {
            size_t r = z_rows ? z_rows[j] : j, first = z->starts[r], n = z->starts[r + 1] - first;
            const double *values = z->values + first;
            double dot = sparse_dot(row, values, z->columns + first, n), other = 0;
            for (size_t k = 0; k < n && squares; k++)
                other += values[k] * values[k];
            out[i * ldo + j] = squares ? fmax(norm + other - 2 * dot, 0) : dot;
        }
        hone_svm_kernel_apply(kernel, out + i * ldo, n_z);
    }
}

double hone_svm_kernel_self(const struct hone_svm_kernel *kernel, const double *x, size_t m) {
    double value = 0;
    if (kernel->kind == HONE_SVM_CALLBACK)
        return kernel->call(kernel->user, x, x, m);
    if (kernel->kind != HONE_SVM_RBF)
        for (size_t k = 0; k < m; k++)
            value += x[k] * x[k];
    hone_svm_kernel_apply(kernel, &value, 1);
    return value;
}
