/* svm_smo_dense.c -- steps of two variables on a small problem whose matrix is at hand.
 *
 * A step moves b_i up and b_j down by t = (f_j - f_i) / (K_ii + K_jj - 2 K_ij), cut at the bounds:
 * i has the least f of those that may go up, j the largest gain (f_j - f_i)^2 / (...) of those that
 * may go down. Penalties of +-inf stand for "may not", so that the loops have no branches and run
 * over eight lanes; equal values go to the lowest place of the lowest lane.
 * Shapes: K n x n in float, all else double of n.   Cost: O(n) per step.
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

HONE_INLINE struct extremes gather_lanes(const double *least, const double *at,
                                         const double *most) {
    struct extremes e = {least[0], most[0], (size_t)at[0]};
    for (int l = 1; l < LANES; l++) {
        if (least[l] < e.least)
            e.least = least[l], e.at = (size_t)at[l];
        if (most[l] > e.most)
            e.most = most[l];
    }
    return e;
}

/* f += t (ki - kj) over [begin, end), and its new extremes. */
HONE_CLONES static void sweep(double *f, const float *ki, const float *kj, double t,
                              const double *up, const double *down, size_t begin, size_t end,
                              struct extremes *out) {
    hone_f64x8 least = {0}, most, place = {0, 1, 2, 3, 4, 5, 6, 7}, at;
    place += (double)begin;
    least += (double)INFINITY, most = -least, at = place;
    for (size_t v = begin; v < end; v += LANES) {
        hone_f64x8 g = LOAD(f + v) + t * (WIDEN(ki + v) - WIDEN(kj + v));
        hone_f64x8 u = g + LOAD(up + v), d = g + LOAD(down + v);
        i64x8 less = u < least;
        *(lanes *)(f + v) = g;
        least = BLEND(less, u, least);
        at = BLEND(less, place, at);
        most = BLEND(d > most, d, most);
        place += (double)LANES;
    }
    *out = gather_lanes((const double *)&least, (const double *)&at, (const double *)&most);
}

/* The j of [begin, end) with the largest (f_j - f_i)^2 / (K_ii + K_jj - 2 K_ij). Fractions are
 * compared by cross products. */
HONE_CLONES static void partner(const double *f, const double *down, const float *ki,
                                const double *diagonal, size_t i, size_t begin, size_t end,
                                size_t *out) {
    hone_f64x8 place = {0, 1, 2, 3, 4, 5, 6, 7}, zero = {0}, top = zero, bottom = zero + 1.0, at;
    hone_f64x8 floor = zero + LEAST_CURVATURE;
    double fi = f[i], kii = diagonal[i];
    place += (double)begin, at = place;
    for (size_t v = begin; v < end; v += LANES) {
        hone_f64x8 gain = LOAD(f + v) + LOAD(down + v) - fi;
        hone_f64x8 curvature = LOAD(diagonal + v) + kii - 2 * WIDEN(ki + v);
        gain = BLEND(gain > zero, gain, zero);
        gain *= gain;
        curvature = BLEND(curvature > floor, curvature, floor);
        i64x8 better = gain * bottom > top * curvature;
        top = BLEND(better, gain, top);
        bottom = BLEND(better, curvature, bottom);
        at = BLEND(better, place, at);
        place += (double)LANES;
    }
    const double *tops = (const double *)&top, *bottoms = (const double *)&bottom;
    int best = 0;
    for (int l = 1; l < LANES; l++)
        if (tops[l] * bottoms[best] > tops[best] * bottoms[l])
            best = l;
    *out = (size_t)((const double *)&at)[best];
}

static void mark(struct hone_smo_dense *p, size_t v) {
    p->up[v] = p->b[v] < p->hi[v] ? 0 : (double)INFINITY;
    p->down[v] = p->b[v] > p->lo[v] ? 0 : -(double)INFINITY;
}

/* Moves b_i up and b_j down as far as gains, at most to a bound, which it then is to the bit. */
static double step(struct hone_smo_dense *p, size_t i, size_t j) {
    double curvature = p->diagonal[i] + p->diagonal[j] - 2 * (double)p->k[i * p->n + j];
    double t = (p->f[j] - p->f[i]) / fmax(curvature, LEAST_CURVATURE);
    double room_i = p->hi[i] - p->b[i], room_j = p->b[j] - p->lo[j];
    t = fmin(t, fmin(room_i, room_j));
    p->b[i] = t < room_i ? p->b[i] + t : p->hi[i];
    p->b[j] = t < room_j ? p->b[j] - t : p->lo[j];
    mark(p, i), mark(p, j);
    return t;
}

/* sweep() over both parts; the one with the wider gap comes first. */
static void look(const struct hone_smo_dense *p, size_t i, size_t j, double t,
                 struct extremes part[2]) {
    size_t cut[] = {0, p->middle, p->n};
    for (int k = 0; k < 2; k++) {
        part[k] = (struct extremes){(double)INFINITY, -(double)INFINITY, 0};
        if (cut[k] < cut[k + 1])
            sweep(p->f, p->k + i * p->n, p->k + j * p->n, t, p->up, p->down, cut[k], cut[k + 1],
                  &part[k]);
    }
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
        size_t i = part[k].at, j;
        partner(p->f, p->down, p->k + i * p->n, p->diagonal, i, k ? p->middle : 0,
                k ? p->n : p->middle, &j);
        look(p, i, j, step(p, i, j), part);
    }
    return steps;
}
