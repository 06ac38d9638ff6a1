/* walk.c -- see walk.h. For a row x with target y and weight r, v = scale * w:
 *
 *     p = v'x + b,   c = -eta r loss'(p, y),   v = max(0, 1 - eta l2) v + c x,   b = b + c,
 *     then penalty l1 draws each column of the row towards 0 by what all rows so far would have
 *     drawn (Tsuruoka, Tsujii, Ananiadou 2009), and the running means take v and b in.
 * Shapes: w, average, paid m; x one row, full (at == NULL) or its n stored cells.
 * Cost: O(cells) per row and vector. Rows that come next are fetched ahead: in shuffled order the
 * processor cannot foresee them, and waits three times as long as it computes. */
#include "classic/sgd/walk.h"

#include "core/clones.h"

#include <math.h>

#define LANES 8

enum {
    AHEAD = 16,     /* rows fetched before their turn */
    LINE = 8,       /* numbers that come with one fetch */
    FEW_CELLS = 32, /* to add nothing to so many takes less time than to find out */
};
static const double MOST_SLOPE = 1e12; /* larger derivatives are cut down to it */
static const double LEAST_SCALE = 1e-9;
static const double SIDES[] = {-1, 1}; /* by a table: a branch could not be foreseen */

struct row {
    const double *x;
    const uint32_t *at; /* columns of the cells, or NULL: all in order */
    size_t n;
};

HONE_INLINE struct row row_of(const hone_dataset *data, size_t i, bool sparse) {
    if (!sparse)
        return (struct row){data->x.data + i * data->x.ld, NULL, data->x.cols};
    const hone_csr *csr = data->sparse;
    size_t first = csr->starts[i];
    return (struct row){csr->values + first, csr->columns + first, csr->starts[i + 1] - first};
}

HONE_INLINE void fetch(const hone_dataset *data, size_t i, bool sparse) {
    struct row x = row_of(data, i, sparse);
    for (size_t j = 0; j < x.n; j += LINE)
        __builtin_prefetch(x.x + j);
    for (size_t j = 0; sparse && j < x.n; j += 2 * LINE)
        __builtin_prefetch(x.at + j);
    __builtin_prefetch(data->y.data + i * data->y.ld);
    if (data->weights)
        __builtin_prefetch(data->weights + i);
}

/* ---- products and sums over the cells of a row ---------------------------------------------- */

#define CELLS(p) (*(const hone_f64x8_in_memory *)(p))

HONE_INLINE double total(const hone_f64x8 *lanes) {
    const double *v = (const double *)lanes;
    return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/* Of fewer than LANES cells. */
HONE_INLINE double dot_few(size_t n, const double *x, const double *w) {
    double low = 0, high = 0;
    size_t j = 0;
    for (; j + 4 <= n; j += 4) {
        low += x[j] * w[j] + x[j + 1] * w[j + 1];
        high += x[j + 2] * w[j + 2] + x[j + 3] * w[j + 3];
    }
    for (; j < n; j++)
        low += x[j] * w[j];
    return low + high;
}

HONE_INLINE double dot(struct row x, const double *w, bool sparse) {
    double sum = 0;
    size_t j = 0;
    for (; sparse && j < x.n; j++)
        sum += x.x[j] * w[x.at[j]];
    if (sparse)
        return sum;
    if (x.n < LANES)
        return dot_few(x.n, x.x, w);
    hone_f64x8 even = {0}, odd = {0};
    for (; j + 2 * LANES <= x.n; j += 2 * LANES) {
        even += CELLS(x.x + j) * CELLS(w + j);
        odd += CELLS(x.x + j + LANES) * CELLS(w + j + LANES);
    }
    for (; j + LANES <= x.n; j += LANES)
        even += CELLS(x.x + j) * CELLS(w + j);
    even += odd;
    return total(&even) + dot_few(x.n - j, x.x + j, w + j);
}

HONE_INLINE double norm2(struct row x) {
    return dot((struct row){x.x, NULL, x.n}, x.x, false);
}

/* w += c x. */
HONE_INLINE void add(struct row x, double c, double *w, bool sparse) {
    for (size_t j = 0; j < x.n; j++)
        w[sparse ? x.at[j] : j] += c * x.x[j];
}

/* The same for a full row; gives |w|^2 after it. */
HONE_INLINE double add_full(struct row x, double c, double *w) {
    hone_f64x8 squares = {0};
    size_t j = 0;
    for (; j + LANES <= x.n; j += LANES) {
        hone_f64x8 sum = CELLS(w + j) + c * CELLS(x.x + j);
        *(hone_f64x8_in_memory *)(w + j) = sum;
        squares += sum * sum;
    }
    double rest = 0;
    for (; j < x.n; j++) {
        w[j] += c * x.x[j];
        rest += w[j] * w[j];
    }
    return x.n < LANES ? rest : total(&squares) + rest;
}

HONE_INLINE double sum_absolute(size_t m, const double *w) {
    typedef long long bits __attribute__((vector_size(64)));
    hone_f64x8 sums = {0};
    size_t j = 0;
    for (; j + LANES <= m; j += LANES)
        sums += (hone_f64x8)((bits)CELLS(w + j) & 0x7fffffffffffffff);
    double rest = 0;
    for (; j < m; j++)
        rest += fabs(w[j]);
    return total(&sums) + rest;
}

/* ---- one vector ------------------------------------------------------------------------------ */

/* A column of compressed rows changes, and with it the norms. */
HONE_INLINE void change(hone_sgd_walk *v, double *w, double to) {
    v->square += (to * to - *w * *w) * v->scale * v->scale;
    v->absolute += (fabs(to) - fabs(*w)) * v->scale;
    *w = to;
}

/* w += c x, and the norms follow. */
HONE_INLINE void add_watched(const hone_sgd_rules *rules, hone_sgd_walk *v, struct row x, double c,
                             bool sparse) {
    double *w = v->vector->w;
    for (size_t j = 0; sparse && j < x.n; j++)
        change(v, w + x.at[j], w[x.at[j]] + c * x.x[j]);
    if (sparse)
        return;
    v->square = add_full(x, c, w) * v->scale * v->scale;
    if (rules->l1 > 0)
        v->absolute = sum_absolute(x.n, w) * v->scale;
}

HONE_INLINE void add_to_vector(const hone_sgd_rules *rules, hone_sgd_walk *v, struct row x,
                               double c, bool sparse) {
    if (rules->watch)
        add_watched(rules, v, x, c, sparse);
    else
        add(x, c, v->vector->w, sparse);
    if (v->vector->average && v->a != 0)
        add(x, -c * v->a, v->vector->average, sparse);
}

HONE_INLINE void shrink(hone_sgd_walk *v, double factor, size_t m) {
    factor = factor > 0 ? factor : 0;
    v->scale *= factor;
    v->square *= factor * factor;
    v->absolute *= factor;
    if (v->scale < LEAST_SCALE)
        hone_sgd_settle(v, m);
}

/* The running means take in what the vector is now. */
HONE_INLINE void take_in(hone_sgd_walk *v) {
    double n = v->vector->averaged += 1;
    if (n > 1)
        v->b *= n / (n - 1);
    v->a += v->b * v->scale / n;
    v->vector->average_intercept += (v->vector->intercept - v->vector->average_intercept) / n;
}

/* ---- penalty l1 ------------------------------------------------------------------------------ */

/* Draws a column towards 0 by what is due and not paid yet. */
HONE_INLINE double draw(double w, double due, double *paid, double scale, double inverse) {
    double down = w - (due + *paid) * inverse, up = w + (due - *paid) * inverse;
    double drawn = w > 0 ? (down > 0 ? down : 0) : w < 0 ? (up < 0 ? up : 0) : w;
    *paid += scale * (drawn - w);
    return drawn;
}

/* Of all columns. Means of the past stay what they were. */
HONE_INLINE void draw_all(hone_sgd_walk *v, size_t m) {
    double *w = v->vector->w, *mean = v->vector->average, *paid = v->paid;
    double due = v->due, scale = v->scale, inverse = 1 / scale;
    for (size_t j = 0; mean && j < m; j++)
        mean[j] += v->a * w[j];
    for (size_t j = 0; j < m; j++)
        w[j] = draw(w[j], due, paid + j, scale, inverse);
    for (size_t j = 0; mean && j < m; j++)
        mean[j] -= v->a * w[j];
}

/* Of the columns of a compressed row, before it is looked at: as if each row had drawn all. */
HONE_INLINE void draw_stored(hone_sgd_walk *v, struct row x) {
    double inverse = 1 / v->scale;
    for (size_t j = 0; j < x.n; j++) {
        double *w = v->vector->w + x.at[j];
        double drawn = draw(*w, v->due, v->paid + x.at[j], v->scale, inverse);
        if (v->vector->average)
            v->vector->average[x.at[j]] -= v->a * (drawn - *w);
        change(v, w, drawn);
    }
}

/* ---- one row --------------------------------------------------------------------------------- */

/* How far to go against the derivative. Passive-aggressive: as far as mends this row. */
HONE_INLINE double rate(const hone_sgd_rules *rules, struct row x, double p, double y, double eta) {
    if (rules->schedule < HONE_SGD_PA1)
        return eta;
    double value = rules->loss->sum(1, &p, &y, rules->bound), square = norm2(x);
    if (rules->schedule == HONE_SGD_PA2)
        return value / (square + 0.5 / eta);
    return square > 0 ? fmin(eta, value / square) : 0;
}

HONE_INLINE double slope_at(const hone_sgd_rules *rules, hone_sgd_walk *v, double p, double y) {
    double slope = rules->loss->slope(p, y, rules->bound);
    if (fabs(slope) <= MOST_SLOPE)
        return slope;
    v->clipped++;
    return copysign(MOST_SLOPE, slope);
}

/* A row and what belongs to it. */
struct lesson {
    struct row x;
    double y, weight, eta;
    bool average;
};

HONE_INLINE void see(const hone_sgd_rules *rules, hone_sgd_walk *v, const struct lesson *lesson,
                     size_t at, bool sparse) {
    struct row x = lesson->x;
    double eta = rules->etas ? lesson->eta : v->eta;
    double y = rules->classes ? SIDES[lesson->y == v->vector->positive] : lesson->y;
    if (sparse && rules->l1 > 0)
        draw_stored(v, x);
    double p = v->scale * dot(x, v->vector->w, sparse) + v->vector->intercept;
    double c = -(rate(rules, x, p, y, eta) * lesson->weight) * slope_at(rules, v, p, y);
    v->p[at] = p, v->y[at] = y;
    v->penalty += rules->l2 / 2 * v->square + rules->l1 * v->absolute;
    if (rules->l2 > 0)
        shrink(v, 1 - eta * rules->l2, rules->m);
    if ((x.n <= FEW_CELLS && rules->l1 == 0) || c != 0)
        add_to_vector(rules, v, x, c * (1 / v->scale), sparse);
    if (rules->fit_intercept)
        v->vector->intercept += c;
    if (lesson->average)
        take_in(v);
    v->due += eta * rules->l1;
    if (!sparse && rules->l1 > 0)
        draw_all(v, rules->m);
}

HONE_INLINE void walk(const hone_sgd_rules *rules, const hone_dataset *data,
                      const hone_sgd_stretch *s, hone_sgd_walk *const *walks, size_t n,
                      bool sparse) {
    for (size_t k = 0; k < s->n; k++) {
        size_t i = s->rows[k];
        if (k + AHEAD < s->n_known)
            fetch(data, s->rows[k + AHEAD], sparse);
        struct lesson lesson = {row_of(data, i, sparse), data->y.data[i * data->y.ld],
                                data->weights ? data->weights[i] : 1, s->eta[k],
                                k >= s->average_from};
        for (size_t c = 0; c < n; c++)
            see(rules, walks[c], &lesson, k, sparse);
    }
}

HONE_CLONES
static void walk_full(const hone_sgd_rules *rules, const hone_dataset *data,
                      const hone_sgd_stretch *s, hone_sgd_walk *const *walks, size_t n) {
    walk(rules, data, s, walks, n, false);
}

static void walk_stored(const hone_sgd_rules *rules, const hone_dataset *data,
                        const hone_sgd_stretch *s, hone_sgd_walk *const *walks, size_t n) {
    walk(rules, data, s, walks, n, true);
}

void hone_sgd_walk_rows(const hone_sgd_rules *rules, const hone_dataset *data,
                        const hone_sgd_stretch *stretch, hone_sgd_walk *const *walks, size_t n) {
    size_t done = hone_sgd_walk_narrow(rules, data, stretch, walks, n);
    if (done == n)
        return;
    (data->sparse ? walk_stored : walk_full)(rules, data, stretch, walks + done, n - done);
    for (size_t c = done; rules->value && c < n; c++)
        walks[c]->value += rules->loss->sum(stretch->n, walks[c]->p, walks[c]->y, rules->bound);
}

/* ---- between stretches ----------------------------------------------------------------------- */

void hone_sgd_settle(hone_sgd_walk *walk, size_t m) {
    double *w = walk->vector->w, *mean = walk->vector->average;
    for (size_t j = 0; mean && j < m; j++)
        mean[j] = (mean[j] + walk->a * w[j]) / walk->b;
    for (size_t j = 0; j < m; j++)
        w[j] *= walk->scale;
    walk->a = 0, walk->b = walk->scale = 1;
}

void hone_sgd_measure(hone_sgd_walk *walk, size_t m) {
    const double *w = walk->vector->w;
    walk->square = norm2((struct row){w, NULL, m}) * walk->scale * walk->scale;
    walk->absolute = sum_absolute(m, w) * walk->scale;
}

void hone_sgd_draw(hone_sgd_walk *walk, size_t m) {
    draw_all(walk, m);
}

void hone_sgd_score(const hone_sgd_walk *walk, const hone_dataset *data, const size_t *rows,
                    size_t n, double *p) {
    bool sparse = data->sparse != NULL;
    for (size_t k = 0; k < n; k++)
        p[k] = walk->scale * dot(row_of(data, rows[k], sparse), walk->vector->w, sparse) +
               walk->vector->intercept;
}
