/* narrow.c -- the loop of walk.c for few columns, where nothing but waiting takes time.
 *
 * A step is known some operations after the score of its row, and only then can the next row be
 * scored. So the product with the next row is taken before the step, and mended after it:
 *     v_(k+1)'x_(k+1) + b_(k+1) = v_k'(f_k x_(k+1)) + b_k + d_k e_k (x_k'x_(k+1) + 1),
 * where v_(k+1) = f_k v_k + d_k e_k x_k, f_k = max(0, 1 - eta_k l2), e_k is eta_k times the weight
 * of the row and d_k goes against the derivative. All but v, b and d is found beforehand, many rows
 * at a time; then up to LANES vectors go side by side.
 * Shapes: X n x m, m <= MOST; v m x LANES. Cost: O(m) per row for each LANES vectors. */
#include "classic/sgd/walk.h"

#include "core/clones.h"

#include <math.h>
#include <stdint.h>

enum { LANES = 4, MOST = 8, ROOM = HONE_SGD_STRETCH + 8 };
static const double MOST_SLOPE = 1e12; /* beyond: left to the other loop */

/* OF(m) with every m, which the compiler so knows. */
#define WIDTHS(OF) OF(1) OF(2) OF(3) OF(4) OF(5) OF(6) OF(7) OF(MOST)

typedef double lanes __attribute__((vector_size(8 * LANES)));
typedef int64_t words __attribute__((vector_size(8 * LANES)));

/* ---- the rows -------------------------------------------------------------------------------- */

/* A stretch, in its order and by columns; of x and y the last row once more at the end. keep: f,
 * step: e, and from these what a row adds, times d, to a vector (push), to an intercept (lift) and
 * to the score of the next row (move); next: the next row as it meets what is kept. */
struct rows {
    _Alignas(64) double x[MOST][ROOM], y[ROOM], keep[ROOM], step[ROOM];
    _Alignas(64) double push[MOST][ROOM], lift[ROOM], move[ROOM], next[MOST][ROOM];
};

HONE_INLINE void collect(const hone_dataset *data, const hone_sgd_stretch *s, size_t m,
                         struct rows *rows) {
    for (size_t k = 0; k <= s->n; k++) {
        size_t i = s->rows[k < s->n ? k : k - 1];
        const double *x = data->x.data + i * data->x.ld;
        for (size_t j = 0; j < m; j++)
            rows->x[j][k] = x[j];
        rows->y[k] = data->y.data[i * data->y.ld];
    }
    for (size_t k = 0; k < s->n; k++)
        rows->step[k] = s->eta[k] * (data->weights ? data->weights[s->rows[k]] : 1);
}

static void collect_rows(const hone_dataset *data, const hone_sgd_stretch *s, struct rows *rows) {
#define OF(m)                      \
    case m:                        \
        collect(data, s, m, rows); \
        break;
    switch (data->x.cols) { WIDTHS(OF) }
#undef OF
}

HONE_CLONES
static void sgd_narrow_prepare(const hone_sgd_rules *rules, const double *eta, size_t n,
                               struct rows *rows) {
    double unit = rules->fit_intercept;
    for (size_t k = 0; k < n; k++) {
        double keep = 1 - eta[k] * rules->l2;
        rows->keep[k] = keep > 0 ? keep : 0;
        rows->lift[k] = rows->step[k] * unit;
        rows->move[k] = unit;
    }
    for (size_t j = 0; j < rules->m; j++)
        for (size_t k = 0; k < n; k++) {
            double x = rows->x[j][k], next = rows->x[j][k + 1];
            rows->push[j][k] = rows->step[k] * x;
            rows->next[j][k] = rows->keep[k] * next;
            rows->move[k] += x * next;
        }
    for (size_t k = 0; k < n; k++)
        rows->move[k] *= rows->step[k];
}

/* ---- the vectors ----------------------------------------------------------------------------- */

/* Those that go side by side, what a stretch adds to the objective, and whether all went well: no
 * derivative got out of hand. */
struct group {
    lanes v[MOST], b, positive, penalty, value;
    bool well;
};

/* What tells d: of hinge losses, bound - y p and the bits of y's sign (a number times y is the
 * number with y's sign), so that d is y or 0; of squares, d = y - p itself. The product, which
 * takes longest to find, is still to come off of the latter. */
struct stand {
    lanes miss, product;
    words sign;
};

/* Scores are b + product. `hinge`, here and below, is known to the compiler. */
HONE_INLINE void compare(bool hinge, double bound, double y, const lanes *positive, const lanes *b,
                         const lanes *product, struct stand *stand) {
    const words minus = INT64_MIN - (words){0};
    if (hinge) {
        words sign = minus & ~(words)(y - (lanes){0} == *positive);
        stand->miss = (bound - (lanes)((words)*b ^ sign)) - (lanes)((words)*product ^ sign);
        stand->sign = sign;
    } else
        stand->miss = y - *b, stand->product = *product;
}

/* to += d by. */
HONE_INLINE void add(bool hinge, const struct stand *at, double by, lanes *to) {
    if (hinge)
        *to += (lanes)((words)(at->miss >= 0) & ((words)(by - (lanes){0}) ^ at->sign));
    else
        *to += by * at->miss;
}

/* Adds the loss, of squares twice the loss, and what the score of the next row moves by. */
HONE_INLINE void answer(bool hinge, const struct stand *at, double by, lanes *value,
                        struct stand *next) {
    if (hinge) {
        words hit = at->miss >= 0, sign = at->sign ^ next->sign;
        *value += (lanes)(hit & (words)at->miss);
        next->miss -= (lanes)(hit & ((words)(by - (lanes){0}) ^ sign));
    } else {
        *value += at->miss * at->miss;
        next->miss = (next->miss - by * at->miss) - next->product;
    }
}

/* out = v'x in two sums, that less waits for what comes before. */
HONE_INLINE void multiply(size_t m, const lanes *v, double (*x)[ROOM], size_t k, lanes *out) {
    lanes even = v[0] * x[0][k], odd = {0};
    for (size_t j = 1; j < m; j++)
        if (j % 2)
            odd += v[j] * x[j][k];
        else
            even += v[j] * x[j][k];
    *out = even + odd;
}

/* sum += v'v; in parts where one vector stands in all lanes, as it does for squares: its columns
 * go side by side. */
HONE_INLINE void add_square(bool hinge, size_t m, const lanes *v, lanes *sum) {
    const lanes none = {0};
    for (size_t j = 0; j < m && hinge; j++)
        *sum += v[j] * v[j];
    for (size_t j = 0; j < m && !hinge; j += LANES) {
        lanes low = __builtin_shufflevector(v[j], j + 1 < m ? v[j + 1] : none, 0, 5, 2, 7);
        lanes high = __builtin_shufflevector(j + 2 < m ? v[j + 2] : none,
                                             j + 3 < m ? v[j + 3] : none, 0, 5, 2, 7);
        lanes columns = __builtin_shufflevector(low, high, 0, 1, 6, 7);
        *sum += columns * columns;
    }
}

/* m is known to the compiler. */
HONE_INLINE void run(const hone_sgd_rules *rules, struct rows *rows, size_t n, size_t m, bool hinge,
                     struct group *group) {
    lanes v[MOST], b = group->b, positive = group->positive;
    lanes product, square = {0}, value = {0};
    struct stand now, next;
    for (size_t j = 0; j < m; j++)
        v[j] = group->v[j];
    multiply(m, v, rows->x, 0, &product);
    compare(hinge, rules->bound, rows->y[0], &positive, &b, &product, &now);
    if (!hinge)
        now.miss -= now.product;
    for (size_t k = 0; k < n; k++) {
        add_square(hinge, m, v, &square);
        multiply(m, v, rows->next, k, &product);
        compare(hinge, rules->bound, rows->y[k + 1], &positive, &b, &product, &next);
        answer(hinge, &now, rows->move[k], &value, &next);
        for (size_t j = 0; j < m; j++) {
            v[j] *= rows->keep[k];
            add(hinge, &now, rows->push[j][k], &v[j]);
        }
        add(hinge, &now, rows->lift[k], &b);
        now = next;
    }
    for (size_t j = 0; j < m; j++)
        group->v[j] = v[j];
    group->b = b;
    if (!hinge)
        square = (square[0] + square[1]) + (square[2] + square[3]) - (lanes){0};
    group->penalty = rules->l2 / 2 * square;
    group->value = hinge ? value : value / 2;
    group->well = true;
    for (size_t l = 0; l < LANES && !hinge; l++)
        group->well &= value[l] <= MOST_SLOPE * MOST_SLOPE;
}

HONE_INLINE void run_widths(const hone_sgd_rules *rules, struct rows *rows, size_t n, bool hinge,
                            struct group *group) {
#define OF(m)                                 \
    case m:                                   \
        run(rules, rows, n, m, hinge, group); \
        break;
    switch (rules->m) { WIDTHS(OF) }
#undef OF
}

HONE_CLONES
static void sgd_narrow_run(const hone_sgd_rules *rules, struct rows *rows, size_t n,
                           struct group *group) {
    if (rules->classes)
        run_widths(rules, rows, n, true, group);
    else
        run_widths(rules, rows, n, false, group);
}

/* Lanes without a vector repeat the first. */
static void bring(hone_sgd_walk *const *walks, size_t n, size_t m, struct group *group) {
    for (size_t l = 0; l < LANES; l++) {
        hone_sgd_walk *walk = walks[l < n ? l : 0];
        if (walk->scale != 1)
            hone_sgd_settle(walk, m);
        for (size_t j = 0; j < m; j++)
            group->v[j][l] = walk->vector->w[j];
        group->b[l] = walk->vector->intercept, group->positive[l] = walk->vector->positive;
    }
}

static void take_back(const struct group *group, size_t m, hone_sgd_walk *const *walks, size_t n) {
    for (size_t l = 0; l < n; l++) {
        hone_sgd_walk *walk = walks[l];
        for (size_t j = 0; j < m; j++)
            walk->vector->w[j] = group->v[j][l];
        walk->vector->intercept = group->b[l];
        walk->penalty += group->penalty[l], walk->value += group->value[l];
        hone_sgd_measure(walk, m);
    }
}

/* The rates of all these schedules are the same for all vectors. */
static bool is_narrow(const hone_sgd_rules *rules, const hone_dataset *data,
                      const hone_sgd_stretch *s) {
    enum hone_sgd_shape shape = rules->classes ? HONE_SGD_BENT : HONE_SGD_PARABOLA;
    return !data->sparse && rules->m <= MOST && rules->loss->shape == shape &&
           rules->schedule < HONE_SGD_ADAPTIVE && rules->l1 == 0 && s->average_from >= s->n;
}

size_t hone_sgd_walk_narrow(const hone_sgd_rules *rules, const hone_dataset *data,
                            const hone_sgd_stretch *stretch, hone_sgd_walk *const *walks,
                            size_t n) {
    size_t done = 0, m = rules->m;
    struct rows rows;
    if (!is_narrow(rules, data, stretch))
        return 0;
    collect_rows(data, stretch, &rows);
    sgd_narrow_prepare(rules, stretch->eta, stretch->n, &rows);
    while (done < n) {
        struct group group;
        size_t many = n - done < LANES ? n - done : LANES;
        bring(walks + done, many, m, &group);
        sgd_narrow_run(rules, &rows, stretch->n, &group);
        if (!group.well)
            break;
        take_back(&group, m, walks + done, many);
        done += many;
    }
    return done;
}
