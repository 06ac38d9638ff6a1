/* sgd_narrow.c -- the loop of sgd_walk.c for few columns, where nothing but waiting takes time.
 *
 * A step is known some operations after the score of its row, and only then can the next row be
 * scored. So the product with the next row is taken before the step, and mended after it:
 *     p_(k+1) = v_(k+1)'x_(k+1) + b_(k+1) = (s_(k+1) w_k'x_(k+1) + b_k) + c_k (x_k'x_(k+1) + 1),
 * where v = s w shrinks by s alone, w_(k+1) = w_k + c_k / s_(k+1) x_k, and c_k is the step against
 * the derivative. Up to LANES vectors go side by side.
 * Shapes: X n x m, m <= MOST; w m x LANES. Cost: O(m) per row for each LANES vectors. */
#include "classic/sgd_walk.h"

#include "core/clones.h"

#include <math.h>
#include <stdint.h>

enum { LANES = 4, MOST = 8 };
static const double MOST_SLOPE = 1e12, LEAST_SCALE = 1e-9; /* beyond: left to the other loop */

typedef double lanes __attribute__((vector_size(8 * LANES)));
typedef int64_t words __attribute__((vector_size(8 * LANES)));

/* The vectors that go side by side, what a stretch adds to the objective, and whether all went
 * well: no derivative and no scale got out of hand. */
struct group {
    lanes w[MOST], b, positive, penalty, value;
    double scale;
    bool well;
};

/* m and `hinge` are known to the compiler. eta: of each row. */
HONE_INLINE void run(const hone_sgd_rules *rules, const hone_dataset *data,
                     const hone_sgd_stretch *s, const double *eta, size_t m, bool hinge,
                     struct group *group) {
    const words minus = INT64_MIN - (words){0};
    lanes w[MOST], b = group->b, p = b, penalty = {0}, value = {0};
    words wild = {0};
    double scale = group->scale, unit = rules->fit_intercept;
    const double *x = data->x.data + s->rows[0] * data->x.ld;
    for (size_t j = 0; j < m; j++) {
        w[j] = group->w[j];
        p += scale * x[j] * w[j];
    }
    for (size_t k = 0; k < s->n; k++) {
        size_t i = s->rows[k];
        const double *next = data->x.data + s->rows[k + 1 < s->n ? k + 1 : k] * data->x.ld;
        double step = eta[k] * (data->weights ? data->weights[i] : 1), cross = unit;
        double after = scale * (1 - eta[k] * rules->l2), inverse = 1 / after;
        lanes y = data->y.data[i * data->y.ld] - (lanes){0}, miss, c;
        if (hinge) { /* a number times y is the number with y's sign */
            words sign = minus & ~(words)(y == group->positive);
            lanes z = (lanes)((words)p ^ sign);
            c = (lanes)((words)(z <= rules->bound) & ((words)(step - (lanes){0}) ^ sign));
            miss = rules->bound - z;
            value += miss + (lanes)((words)miss & ~minus);
        } else {
            miss = y - p;
            c = step * miss;
            value += miss * miss;
            wild |= ~((words)(miss <= MOST_SLOPE) & (words)(miss >= -MOST_SLOPE));
        }
        lanes ahead = next[0] * w[0], squares = w[0] * w[0];
        cross += next[0] * x[0];
        for (size_t j = 1; j < m; j++) {
            ahead += next[j] * w[j];
            squares += w[j] * w[j];
            cross += next[j] * x[j];
        }
        p = (after * ahead + b) + c * cross;
        penalty += scale * scale * squares;
        b += unit * c;
        for (size_t j = 0; j < m; j++)
            w[j] += c * (inverse * x[j]);
        scale = after, x = next;
    }
    for (size_t j = 0; j < m; j++)
        group->w[j] = w[j];
    group->b = b, group->scale = scale;
    group->penalty = rules->l2 / 2 * penalty, group->value = value / 2;
    group->well = scale >= LEAST_SCALE;
    for (size_t l = 0; l < LANES; l++)
        group->well &= !wild[l];
}

HONE_INLINE void run_columns(const hone_sgd_rules *rules, const hone_dataset *data,
                             const hone_sgd_stretch *s, const double *eta, bool hinge,
                             struct group *group) {
#define OF(m)                                      \
    case m:                                        \
        run(rules, data, s, eta, m, hinge, group); \
        break
    switch (rules->m) {
        OF(1);
        OF(2);
        OF(3);
        OF(4);
        OF(5);
        OF(6);
        OF(7);
        OF(MOST);
    }
#undef OF
}

HONE_CLONES
static void sgd_narrow_run(const hone_sgd_rules *rules, const hone_dataset *data,
                           const hone_sgd_stretch *s, const double *eta, struct group *group) {
    if (rules->classes)
        run_columns(rules, data, s, eta, true, group);
    else
        run_columns(rules, data, s, eta, false, group);
}

/* Lanes without a vector repeat the first. */
static void bring(hone_sgd_walk *const *walks, size_t n, size_t m, struct group *group) {
    group->scale = walks[0]->scale;
    for (size_t l = 0; l < LANES; l++) {
        const hone_sgd_vector *v = walks[l < n ? l : 0]->vector;
        for (size_t j = 0; j < m; j++)
            group->w[j][l] = v->w[j];
        group->b[l] = v->intercept, group->positive[l] = v->positive;
    }
}

static void take_back(const struct group *group, size_t m, hone_sgd_walk *const *walks, size_t n) {
    for (size_t l = 0; l < n; l++) {
        hone_sgd_walk *walk = walks[l];
        for (size_t j = 0; j < m; j++)
            walk->vector->w[j] = group->w[j][l];
        walk->vector->intercept = group->b[l];
        walk->scale = group->scale;
        walk->penalty += group->penalty[l], walk->value += group->value[l];
        hone_sgd_measure(walk, m);
    }
}

/* The rates of all these schedules are the same for all vectors and never grow. */
static bool is_narrow(const hone_sgd_rules *rules, const hone_dataset *data,
                      const hone_sgd_stretch *s, hone_sgd_walk *const *walks, size_t n) {
    double first = rules->etas ? s->eta[0] : walks[0]->eta;
    enum hone_sgd_shape shape = rules->classes ? HONE_SGD_BENT : HONE_SGD_PARABOLA;
    bool fits = !data->sparse && rules->m <= MOST && rules->loss->shape == shape &&
                rules->schedule < HONE_SGD_ADAPTIVE && rules->l1 == 0 && first * rules->l2 < 1 &&
                s->average_from >= s->n;
    for (size_t c = 1; fits && c < n; c++)
        fits = walks[c]->scale == walks[0]->scale;
    return fits;
}

size_t hone_sgd_walk_narrow(const hone_sgd_rules *rules, const hone_dataset *data,
                            const hone_sgd_stretch *stretch, hone_sgd_walk *const *walks,
                            size_t n) {
    double eta[HONE_SGD_STRETCH];
    size_t done = 0, m = rules->m;
    if (!is_narrow(rules, data, stretch, walks, n))
        return 0;
    for (size_t k = 0; k < stretch->n; k++)
        eta[k] = rules->etas ? stretch->eta[k] : walks[0]->eta;
    while (done < n) {
        struct group group;
        size_t many = n - done < LANES ? n - done : LANES;
        bring(walks + done, many, m, &group);
        sgd_narrow_run(rules, data, stretch, eta, &group);
        if (!group.well)
            break;
        take_back(&group, m, walks + done, many);
        done += many;
    }
    return done;
}
