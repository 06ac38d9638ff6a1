/* svm_smo_dense.c -- steps of two variables on a small problem whose matrix is at hand.
 *
 * A step moves b_i up and b_j down by t = (f_j - f_i) / (K_ii + K_jj - 2 K_ij), cut at the bounds:
 * i has the least f of those that may go up, j the largest gain (f_j - f_i)^2 / (...) of those that
 * may go down. Penalties of +-inf stand for "may not", so that the loops have no branches and run
 * over eight lanes; equal values go to the lowest place of the lowest lane.
 * Shapes: K columns x columns in float, all else double of n.   Cost: O(n) per step.
 * Reference: Fan, Chen & Lin 2005; Platt 1998. */
#include "classic/svm_smo.h"

#include "core/clones.h"

#include <math.h>
#include <stdint.h>

enum { LANES = HONE_SMO_LANES };
static const double LEAST_CURVATURE = 1e-12; /* of a matrix that is not positive definite */

typedef int64_t i64x8 __attribute__((vector_size(64)));
typedef float f32x8_in_memory __attribute__((vector_size(32), aligned(4), may_alias));
typedef hone_f64x8_in_memory lanes;

#define LOAD(a)  (*(const lanes *)(a))
#define WIDEN(a) __builtin_convertvector(*(const f32x8_in_memory *)(a), hone_f64x8)
/* where the mask is set a, else b */
#define BLEND(mask, a, b) ((hone_f64x8)(((mask) & (i64x8)(a)) | (~(mask) & (i64x8)(b))))

/* Of one part: the least f that may go up and where it is, the most that may go down. */
struct extremes {
    double least, most;
    size_t at;
};

static const struct extremes NOTHING = {(double)INFINITY, -(double)INFINITY, 0};

/* The lanes in another order: two by two, four by four and eight by eight they change places, so
 * that after the three each lane has seen all. */
#define SWAP(v, by)                                                                           \
    __builtin_shufflevector(v, v, 0 ^ (by), 1 ^ (by), 2 ^ (by), 3 ^ (by), 4 ^ (by), 5 ^ (by), \
                            6 ^ (by), 7 ^ (by))

struct lowest {
    hone_f64x8 value, at;
};

HONE_INLINE void take_lower(struct lowest *l, const hone_f64x8 *value, const hone_f64x8 *at) {
    i64x8 less = *value < l->value;
    l->value = BLEND(less, *value, l->value);
    l->at = BLEND(less, *at, l->at);
}

HONE_INLINE struct extremes gather_lanes(struct lowest *least, hone_f64x8 *most) {
    struct lowest swapped;
    hone_f64x8 other;
    swapped = (struct lowest){SWAP(least->value, 4), SWAP(least->at, 4)};
    take_lower(least, &swapped.value, &swapped.at);
    swapped = (struct lowest){SWAP(least->value, 2), SWAP(least->at, 2)};
    take_lower(least, &swapped.value, &swapped.at);
    swapped = (struct lowest){SWAP(least->value, 1), SWAP(least->at, 1)};
    take_lower(least, &swapped.value, &swapped.at);
    other = SWAP(*most, 4), *most = BLEND(other > *most, other, *most);
    other = SWAP(*most, 2), *most = BLEND(other > *most, other, *most);
    other = SWAP(*most, 1), *most = BLEND(other > *most, other, *most);
    return (struct extremes){least->value[0], (*most)[0], (size_t)least->at[0]};
}

/* f (8) += t (ki - kj). */
HONE_INLINE void advance(double *f, const float *ki, const float *kj, double t, const double *up,
                         const double *down, const hone_f64x8 *place, struct lowest *least,
                         hone_f64x8 *most) {
    hone_f64x8 g = LOAD(f) + t * (WIDEN(ki) - WIDEN(kj));
    hone_f64x8 u = g + LOAD(up), d = g + LOAD(down);
    *(lanes *)f = g;
    take_lower(least, &u, place);
    *most = BLEND(d > *most, d, *most);
}

/* f (n) += t (ki - kj), and its new extremes; `at` counts from 0. Two vectors at a time: a
 * comparison need not wait for the one before. */
HONE_CLONES static void sweep(double *f, const float *ki, const float *kj, double t,
                              const double *up, const double *down, size_t n,
                              struct extremes *out) {
    hone_f64x8 zero = {0}, first = {0, 1, 2, 3, 4, 5, 6, 7}, most = zero - (double)INFINITY;
    struct lowest least = {zero + (double)INFINITY, first}, odd = least;
    hone_f64x8 odd_most = most, place;
    size_t v = 0;
    for (; v + 2 * LANES <= n; v += 2 * LANES) {
        size_t w = v + LANES;
        place = first + (double)v;
        advance(f + v, ki + v, kj + v, t, up + v, down + v, &place, &least, &most);
        place = first + (double)w;
        advance(f + w, ki + w, kj + w, t, up + w, down + w, &place, &odd, &odd_most);
    }
    if (v < n) {
        place = first + (double)v;
        advance(f + v, ki + v, kj + v, t, up + v, down + v, &place, &least, &most);
    }
    take_lower(&least, &odd.value, &odd.at);
    most = BLEND(odd_most > most, odd_most, most);
    *out = gather_lanes(&least, &most);
}

/* gain / curvature is what steps with the variables `at` gain. Fractions are compared by cross
 * products. */
struct candidates {
    hone_f64x8 gain, curvature, at;
};

HONE_INLINE void take_better(struct candidates *best, const struct candidates *other) {
    i64x8 more = other->gain * best->curvature > best->gain * other->curvature;
    best->gain = BLEND(more, other->gain, best->gain);
    best->curvature = BLEND(more, other->curvature, best->curvature);
    best->at = BLEND(more, other->at, best->at);
}

/* Variables v to v + 7 of partner(). */
HONE_INLINE void weigh_up(const double *f, const double *down, const float *ki,
                          const double *diagonal, double fi, double kii, struct candidates *out) {
    hone_f64x8 zero = {0}, floor = zero + LEAST_CURVATURE;
    hone_f64x8 gain = LOAD(f) + LOAD(down) - fi;
    out->curvature = LOAD(diagonal) + kii - 2 * WIDEN(ki);
    out->curvature = BLEND(out->curvature > floor, out->curvature, floor);
    gain = BLEND(gain > zero, gain, zero);
    out->gain = gain * gain;
}

/* Of one variable. */
struct candidate {
    double gain, curvature;
    size_t at;
};

/* The j of n with the largest (f_j - f_i)^2 / (K_ii + K_jj - 2 K_ij). */
HONE_CLONES static void partner(const double *f, const double *down, const float *ki,
                                const double *diagonal, double fi, double kii, size_t n,
                                struct candidate *out) {
    hone_f64x8 zero = {0}, place = {0, 1, 2, 3, 4, 5, 6, 7};
    struct candidates best = {zero, zero + 1.0, place}, odd = best, next;
    size_t v = 0;
    for (; v + 2 * LANES <= n; v += 2 * LANES) {
        weigh_up(f + v, down + v, ki + v, diagonal + v, fi, kii, &next);
        next.at = place + (double)v;
        take_better(&best, &next);
        size_t w = v + LANES;
        weigh_up(f + w, down + w, ki + w, diagonal + w, fi, kii, &next);
        next.at = place + (double)w;
        take_better(&odd, &next);
    }
    if (v < n) {
        weigh_up(f + v, down + v, ki + v, diagonal + v, fi, kii, &next);
        next.at = place + (double)v;
        take_better(&best, &next);
    }
    take_better(&best, &odd);
    next = (struct candidates){SWAP(best.gain, 4), SWAP(best.curvature, 4), SWAP(best.at, 4)};
    take_better(&best, &next);
    next = (struct candidates){SWAP(best.gain, 2), SWAP(best.curvature, 2), SWAP(best.at, 2)};
    take_better(&best, &next);
    next = (struct candidates){SWAP(best.gain, 1), SWAP(best.curvature, 1), SWAP(best.at, 1)};
    take_better(&best, &next);
    *out = (struct candidate){best.gain[0], best.curvature[0], (size_t)best.at[0]};
}

/* f (n) += b k. */
HONE_CLONES static void add_kernel_row(double *f, const float *k, double b, size_t n) {
    for (size_t v = 0; v < n; v++)
        f[v] += b * (double)k[v];
}

/* ---- halves -----------------------------------------------------------------------------------
 */

/* Variables [first, end) and the column of K that the first of them has. */
struct half {
    size_t first, end, column;
};

/* The second may be empty. */
static struct half half_of(const struct hone_smo_dense *p, int h) {
    size_t cut = p->columns < p->n ? p->columns : p->middle;
    if (h == 0)
        return (struct half){0, cut, 0};
    return (struct half){cut, p->n, p->columns < p->n ? 0 : cut};
}

static const float *row_of(const struct hone_smo_dense *p, size_t v) {
    return p->k + (v < p->columns ? v : v - p->columns) * p->columns;
}

static double entry(const struct hone_smo_dense *p, size_t i, size_t j) {
    return (double)row_of(p, i)[j < p->columns ? j : j - p->columns];
}

void hone_smo_dense_begin(struct hone_smo_dense *p) {
    for (size_t v = 0; v < p->n; v++)
        for (size_t first = 0; first < p->n && p->b[v] != 0; first += p->columns)
            add_kernel_row(p->f + first, row_of(p, v), p->b[v], p->columns);
}

static void mark(struct hone_smo_dense *p, size_t v) {
    p->up[v] = p->b[v] < p->hi[v] ? 0 : (double)INFINITY;
    p->down[v] = p->b[v] > p->lo[v] ? 0 : -(double)INFINITY;
}

/* Moves b_i up and b_j down as far as gains, at most to a bound, which it then is to the bit. */
static double step(struct hone_smo_dense *p, size_t i, size_t j) {
    double curvature = p->diagonal[i] + p->diagonal[j] - 2 * entry(p, i, j);
    double t = (p->f[j] - p->f[i]) / fmax(curvature, LEAST_CURVATURE);
    double room_i = p->hi[i] - p->b[i], room_j = p->b[j] - p->lo[j];
    t = fmin(t, fmin(room_i, room_j));
    p->b[i] = t < room_i ? p->b[i] + t : p->hi[i];
    p->b[j] = t < room_j ? p->b[j] - t : p->lo[j];
    mark(p, i), mark(p, j);
    return t;
}

/* sweep() over all; with one sum for all only part[0] is in use. */
static void look(const struct hone_smo_dense *p, size_t i, size_t j, double t,
                 struct extremes part[2]) {
    const float *ki = row_of(p, i), *kj = row_of(p, j);
    for (int h = 0; h < 2; h++) {
        struct half half = half_of(p, h);
        size_t at = half.first;
        part[h] = NOTHING;
        if (at < half.end)
            sweep(p->f + at, ki + half.column, kj + half.column, t, p->up + at, p->down + at,
                  half.end - at, &part[h]);
        part[h].at += at;
    }
    if (p->middle < p->n)
        return;
    if (part[1].least < part[0].least)
        part[0].least = part[1].least, part[0].at = part[1].at;
    part[0].most = fmax(part[0].most, part[1].most);
    part[1] = NOTHING;
}

/* The best partner for i within its part. */
static size_t choose_partner(const struct hone_smo_dense *p, size_t i, int part) {
    struct candidate best = {0, 1, i};
    for (int h = 0; h < 2; h++) {
        struct half half = half_of(p, h);
        struct candidate found;
        size_t at = half.first;
        if (at == half.end || (p->middle < p->n && h != part))
            continue;
        partner(p->f + at, p->down + at, row_of(p, i) + half.column, p->diagonal + at, p->f[i],
                p->diagonal[i], half.end - at, &found);
        found.at += at;
        if (found.gain * best.curvature > best.gain * found.curvature)
            best = found;
    }
    return best.at;
}

size_t hone_smo_dense_solve(struct hone_smo_dense *p, double tol, size_t max_steps) {
    struct extremes part[2];
    size_t steps = 0;
    for (size_t v = 0; v < p->n; v++)
        mark(p, v);
    look(p, 0, 0, 0, part);
    for (; steps < max_steps; steps++) {
        int k = part[1].most - part[1].least > part[0].most - part[0].least;
        if (!(part[k].most - part[k].least > tol))
            break;
        size_t i = part[k].at, j = choose_partner(p, i, k);
        look(p, i, j, step(p, i, j), part);
    }
    return steps;
}
