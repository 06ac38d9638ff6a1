/* kernel.c -- kernel values of blocks of rows.
 *
 * Shapes: X a x m, Z b x m, out a x b. Columns of Z are packed in panels of 16 rows of Z laid out
 * m x 16; a tile of 4 rows of X against a panel keeps its 64 sums in registers. Every sum runs
 * over the columns in their order, without fused multiply-add, so an entry depends on its two rows
 * alone: not on the block, the thread or the processor. rbf sums (x_k - z_k)^2 rather than
 * |x|^2 + |z|^2 - 2 x'z: nothing cancels where columns lie far from 0.
 * Cost: O(a b m). */
#include "classic/svm/svm.h"

#include "core/clones.h"

#include <math.h>
#include <string.h>

enum { TILE_ROWS = 4, LANES = 8, TILE_COLS = 2 * LANES, SOME_ROWS = 64, FEW = 32 };

typedef int64_t i64x8 __attribute__((vector_size(64)));
typedef uint64_t u64x8 __attribute__((vector_size(64)));
typedef float f32x8 __attribute__((vector_size(32)));
typedef float f32x8_in_memory __attribute__((vector_size(32), aligned(4), may_alias));

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
    for (size_t i = 0; i < n; i++) {
        const double *row = hone_view_row(data->x, i);
        double of_row = 0;
        for (size_t j = 0; j < m; j++)
            of_row += squares ? (row[j] - mean) * (row[j] - mean) : row[j] - mean;
        sum += of_row;
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

/* panel (m x 16) = 16 rows of m, transposed; those that are NULL are zero. */
static void pack_panel(const double *const *rows, size_t m, double *panel) {
    for (size_t c = 0; c < TILE_COLS; c++)
        for (size_t k = 0; k < m; k++)
            panel[k * TILE_COLS + c] = rows[c] ? rows[c][k] : 0;
}

/* sum (4 x 16) = sums over k of x_rk * panel_kc, or of (x_rk - panel_kc)^2. */
HONE_INLINE void tile(const double *const *x, const double *panel, size_t m, bool squares,
                      hone_f64x8 sum[TILE_ROWS][2]) {
    const hone_f64x8 zero = {0};
    for (int r = 0; r < TILE_ROWS; r++)
        sum[r][0] = sum[r][1] = zero;
    for (size_t k = 0; k < m; k++) {
        hone_f64x8 z0 = *(const hone_f64x8_in_memory *)(panel + k * TILE_COLS);
        hone_f64x8 z1 = *(const hone_f64x8_in_memory *)(panel + k * TILE_COLS + LANES);
        for (int r = 0; r < TILE_ROWS; r++) {
            hone_f64x8 d0 = x[r][k] - z0, d1 = x[r][k] - z1;
            sum[r][0] += squares ? d0 * d0 : x[r][k] * z0;
            sum[r][1] += squares ? d1 * d1 : x[r][k] * z1;
        }
    }
}

HONE_INLINE void write_tile(hone_f64x8 sum[TILE_ROWS][2], double *out) {
    for (int r = 0; r < TILE_ROWS; r++)
        for (int h = 0; h < 2; h++)
            *(hone_f64x8_in_memory *)(out + r * TILE_COLS + h * LANES) = sum[r][h];
}

/* out (n x 16) of n rows, a multiple of 4. */
HONE_CLONES static void tiles_of_products(const double *const *x, size_t n, const double *panel,
                                          size_t m, double *out) {
    for (size_t i = 0; i < n; i += TILE_ROWS) {
        hone_f64x8 sum[TILE_ROWS][2];
        tile(x + i, panel, m, false, sum);
        write_tile(sum, out + i * TILE_COLS);
    }
}

HONE_CLONES static void tiles_of_distances(const double *const *x, size_t n, const double *panel,
                                           size_t m, double *out) {
    for (size_t i = 0; i < n; i += TILE_ROWS) {
        hone_f64x8 sum[TILE_ROWS][2];
        tile(x + i, panel, m, true, sum);
        write_tile(sum, out + i * TILE_COLS);
    }
}

/* ---- exp ------------------------------------------------------------------------------------- */

static const double SHIFT = 0x1.8p52; /* adding it leaves an integer in the low bits */

/* v (each <= 0) becomes exp(v): v = q ln 2 + r with |r| <= ln 2 / 2, exp(r) by its Taylor series to
 * r^13, relative error below 4e-16; below -708 the result is 0. Terms by pairs, and these by pairs:
 * short chains keep the processor busy. */
HONE_INLINE void exp_of(hone_f64x8 *v) {
    const hone_f64x8 zero = {0}, least = zero - 708.0;
    i64x8 above = *v >= least;
    hone_f64x8 x = (hone_f64x8)((above & (i64x8)*v) | (~above & (i64x8)least));
    hone_f64x8 shifted = x * 0x1.71547652b82fep0 + SHIFT, q = shifted - SHIFT;
    hone_f64x8 r = (x - q * 0x1.62e42fefa0000p-1) - q * 0x1.cf79abc9e3b3ap-40;
    hone_f64x8 power = (hone_f64x8)(((i64x8)shifted + 1023) << 52), r2 = r * r, r4 = r2 * r2;
    hone_f64x8 a = 0.5 + 1.0 / 6 * r;
    hone_f64x8 b = 1.0 / 24 + 1.0 / 120 * r;
    hone_f64x8 c = 1.0 / 720 + 1.0 / 5040 * r;
    hone_f64x8 d = 1.0 / 40320 + 1.0 / 362880 * r;
    hone_f64x8 e = 1.0 / 3628800 + 1.0 / 39916800 * r;
    hone_f64x8 f = 1.0 / 479001600 + 1.0 / 6227020800 * r;
    hone_f64x8 p = (a + b * r2) + ((c + d * r2) + (e + f * r2) * r4) * r4;
    p = 1.0 + (r + r2 * p);
    *v = (hone_f64x8)(above & (i64x8)(p * power));
}

/* v (each <= 0) becomes 2^v for rounding to float: v = q + r with |r| <= 1/2, 2^r by the polynomial
 * of degree 9 with the least relative error, 1.4e-14, so that about one value in ten million is
 * rounded the other way; what float has no normal number for is 0. */
HONE_INLINE void power_of_two(hone_f64x8 *v) {
    const hone_f64x8 zero = {0};
    i64x8 above = *v > zero - 126.0;
    hone_f64x8 shifted = *v + SHIFT, r = *v - (shifted - SHIFT), r2 = r * r, r4 = r2 * r2;
    hone_f64x8 a = 0x1.0000000000039p+0 + 0x1.62e42fefa3752p-1 * r;
    hone_f64x8 b = 0x1.ebfbdff81570dp-3 + 0x1.c6b08d70d2004p-5 * r;
    hone_f64x8 c = 0x1.3b2ab72a10987p-7 + 0x1.5d87fd9011e35p-10 * r;
    hone_f64x8 d = 0x1.43088fca9a3a7p-13 + 0x1.ffce246111e40p-17 * r;
    hone_f64x8 e = 0x1.63edf105a5f45p-20 + 0x1.b3f42167ca7f8p-24 * r;
    hone_f64x8 p = (a + b * r2) + ((c + d * r2) + e * r4) * r4;
    *v = (hone_f64x8)((u64x8)above & ((u64x8)p + ((u64x8)shifted << 52)));
}

/* v (n) becomes exp(-gamma v). */
HONE_CLONES static void exp_negative(double gamma, double *v, size_t n) {
    for (size_t i = 0; i < n; i += LANES) {
        double last[LANES] = {0}, *at = n - i < LANES ? last : v + i;
        if (at == last)
            memcpy(last, v + i, (n - i) * sizeof *v);
        hone_f64x8 x = *(hone_f64x8_in_memory *)at * -gamma;
        exp_of(&x);
        *(hone_f64x8_in_memory *)at = x;
        if (at == last)
            memcpy(v + i, last, (n - i) * sizeof *v);
    }
}

static const double PER_GAMMA = -0x1.71547652b82fep0; /* 1 / -ln 2 */

/* out (n) = exp(-gamma v), rounded. */
HONE_CLONES static void exp_rounded(double gamma, const double *v, size_t n, float *out) {
    double scale = gamma * PER_GAMMA;
    for (size_t i = 0; i < n; i += LANES) {
        double last[LANES] = {0};
        float rounded[LANES];
        if (n - i < LANES)
            memcpy(last, v + i, (n - i) * sizeof *v);
        hone_f64x8 x = *(const hone_f64x8_in_memory *)(n - i < LANES ? last : v + i) * scale;
        power_of_two(&x);
        if (n - i >= LANES) {
            *(f32x8_in_memory *)(out + i) = __builtin_convertvector(x, f32x8);
            continue;
        }
        *(f32x8_in_memory *)rounded = __builtin_convertvector(x, f32x8);
        memcpy(out + i, rounded, (n - i) * sizeof *out);
    }
}

/* out (n x 16) = exp(-gamma |x - z|^2) of n rows, a multiple of 4, and a panel, rounded. */
HONE_CLONES static void tiles_of_rbf(const double *const *x, size_t n, const double *panel,
                                     size_t m, double gamma, float *out) {
    double scale = gamma * PER_GAMMA;
    for (size_t i = 0; i < n; i += TILE_ROWS) {
        hone_f64x8 sum[TILE_ROWS][2];
        tile(x + i, panel, m, true, sum);
        for (int r = 0; r < TILE_ROWS; r++)
            for (int h = 0; h < 2; h++) {
                hone_f64x8 v = sum[r][h] * scale;
                power_of_two(&v);
                *(f32x8_in_memory *)(out + (i + (size_t)r) * TILE_COLS + h * LANES) =
                    __builtin_convertvector(v, f32x8);
            }
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
        exp_negative(gamma, v, n);
        break;
    case HONE_SVM_SIGMOID:
        for (size_t i = 0; i < n; i++)
            v[i] = tanh(gamma * v[i] + coef0);
        break;
    default:
        break;
    }
}

void hone_svm_kernel_round(const struct hone_svm_kernel *kernel, double *v, size_t n, float *out) {
    if (kernel->kind == HONE_SVM_RBF) {
        exp_rounded(kernel->gamma, v, n, out);
        return;
    }
    hone_svm_kernel_apply(kernel, v, n);
    for (size_t i = 0; i < n; i++)
        out[i] = (float)v[i];
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

HONE_CLONES static void weigh(const double *k, size_t n_rows, size_t n, size_t ldk,
                              const double *coef, size_t n_out, size_t ldc, double *out) {
    for (size_t i = 0; i < n_rows; i++)
        for (size_t o = 0; o < n_out; o++)
            out[i * n_out + o] = inner(k + i * ldk, coef + o * ldc, n);
}

void hone_svm_weigh(const double *k, size_t n_rows, size_t n, size_t ldk, const double *coef,
                    size_t n_out, size_t ldc, double *out) {
    weigh(k, n_rows, n, ldk, coef, n_out, ldc, out);
}

static bool is_of_distance(const struct hone_svm_kernel *kernel) {
    return kernel->kind == HONE_SVM_RBF || kernel->kind == HONE_SVM_DISTANCE;
}

/* rows[0 .. n - 1] = rows of x, index[0] .. or (NULL) `first` ..., and again the first of them to a
 * whole number of tiles, which is returned. */
static size_t some_rows(hone_view x, const size_t *index, size_t first, size_t n,
                        const double **rows) {
    size_t whole = (n + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
    for (size_t r = 0; r < whole; r++) {
        size_t i = r < n ? r : 0;
        rows[r] = hone_view_row(x, index ? index[i] : first + i);
    }
    return whole;
}

/* Rows of x against one panel that holds rows [first, ...) of z. */
static void panel_block(bool squares, hone_view x, const double *panel, size_t first, size_t b,
                        double *out, size_t ldo) {
    const double *rows[SOME_ROWS];
    double sums[SOME_ROWS * TILE_COLS];
    size_t width = b - first < TILE_COLS ? b - first : TILE_COLS;
    for (size_t i = 0; i < x.rows; i += SOME_ROWS) {
        size_t height = x.rows - i < SOME_ROWS ? x.rows - i : SOME_ROWS;
        size_t whole = some_rows(x, NULL, i, height, rows);
        (squares ? tiles_of_distances : tiles_of_products)(rows, whole, panel, x.cols, sums);
        for (size_t r = 0; r < height; r++)
            memcpy(out + (i + r) * ldo + first, sums + r * TILE_COLS, width * sizeof *out);
    }
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
        const double *rows[TILE_COLS];
        for (size_t c = 0; c < TILE_COLS; c++)
            rows[c] = first + c < z.rows ? hone_view_row(z, first + c) : NULL;
        pack_panel(rows, z.cols, panel);
        panel_block(is_of_distance(kernel), x, panel, first, z.rows, out, ldo);
    }
    for (size_t i = 0; i < x.rows; i++)
        hone_svm_kernel_apply(kernel, out + i * ldo, z.rows);
    hone_release(panel);
    return HONE_OK;
}

/* ---- squares --------------------------------------------------------------------------------- */

#define MIX(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

/* to (8 x 8, ldo) = the transpose of from (8 x 8 of rows of 16). */
HONE_INLINE void turn(const float *from, float *to, size_t ldo) {
    f32x8 r[8], s[8], t[8];
    for (int i = 0; i < 8; i++)
        r[i] = *(const f32x8_in_memory *)(from + i * TILE_COLS);
    for (int i = 0; i < 8; i += 2) {
        s[i] = MIX(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        s[i + 1] = MIX(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int i = 0; i < 8; i += 4)
        for (int k = 0; k < 2; k++) {
            t[i + 2 * k] = MIX(s[i + k], s[i + k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            t[i + 2 * k + 1] = MIX(s[i + k], s[i + k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int i = 0; i < 4; i++) {
        f32x8 low = MIX(t[i], t[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        f32x8 high = MIX(t[i], t[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
        *(f32x8_in_memory *)(to + (size_t)i * ldo) = low;
        *(f32x8_in_memory *)(to + (size_t)(i + 4) * ldo) = high;
    }
}

/* to (16 x height, ldo) = the transpose of k (height x 16), of its first columns. */
HONE_CLONES static void mirror(const float *k, size_t height, size_t width, float *to, size_t ldo) {
    size_t i = 0;
    for (; width == TILE_COLS && i + 8 <= height; i += 8)
        for (size_t c = 0; c < TILE_COLS; c += 8)
            turn(k + i * TILE_COLS + c, to + c * ldo + i, ldo);
    for (size_t c = 0; c < width; c++)
        for (size_t rest = i; rest < height; rest++)
            to[c * ldo + rest] = k[rest * TILE_COLS + c];
}

/* Values k (height x 16) go to rows [row, ...) and columns [col, ...) of out and to their mirror.
 */
static void write_twice(const float *k, size_t row, size_t height, size_t col, size_t width,
                        float *out, size_t ldo) {
    for (size_t i = 0; i < height && width == TILE_COLS; i++)
        memcpy(out + (row + i) * ldo + col, k + i * TILE_COLS, TILE_COLS * sizeof *out);
    for (size_t i = 0; i < height && width < TILE_COLS; i++)
        memcpy(out + (row + i) * ldo + col, k + i * TILE_COLS, width * sizeof *out);
    mirror(k, height, width, out + col * ldo + row, ldo);
}

/* k (n x 16) = values of up to SOME_ROWS rows and a panel, rounded. */
static void round_rows(const struct hone_svm_kernel *kernel, hone_view x, const size_t *index,
                       size_t n, const double *panel, float *k) {
    const double *rows[SOME_ROWS];
    double sums[SOME_ROWS * TILE_COLS];
    size_t whole = some_rows(x, index, 0, n, rows);
    if (kernel->kind == HONE_SVM_RBF) {
        tiles_of_rbf(rows, whole, panel, x.cols, kernel->gamma, k);
        return;
    }
    (is_of_distance(kernel) ? tiles_of_distances : tiles_of_products)(rows, whole, panel, x.cols,
                                                                      sums);
    hone_svm_kernel_round(kernel, sums, n * TILE_COLS, k);
}

hone_status hone_svm_kernel_twice(const struct hone_svm_kernel *kernel, hone_view x,
                                  const size_t *index, size_t n, size_t col, size_t width,
                                  size_t from, float *out, size_t ldo, hone_error *err) {
    const double *rows[TILE_COLS];
    double few[FEW * TILE_COLS], *full = NULL, *panel; /* of few columns: no heap */
    float k[SOME_ROWS * TILE_COLS];
    hone_status status = HONE_OK;
    if (x.cols > FEW && (status = hone_new2(&full, x.cols, TILE_COLS, err)))
        return status;
    panel = full ? full : few;
    for (size_t c = 0; c < TILE_COLS; c++)
        rows[c] = c < width ? hone_view_row(x, index[col + c]) : NULL;
    pack_panel(rows, x.cols, panel);
    for (size_t i = from; i < n; i += SOME_ROWS) {
        size_t height = n - i < SOME_ROWS ? n - i : SOME_ROWS;
        round_rows(kernel, x, index + i, height, panel, k);
        write_twice(k, i, height, col, width, out, ldo);
    }
    hone_release(full);
    return HONE_OK;
}

/* ---- compressed rows ------------------------------------------------------------------------- */

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
    if (kernel->kind == HONE_SVM_RBF)
        return 1;
    for (size_t k = 0; k < m; k++)
        value += x[k] * x[k];
    hone_svm_kernel_apply(kernel, &value, 1);
    return value;
}
