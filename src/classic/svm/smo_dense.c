/* smo_dense.c -- steps of two variables on a small problem whose matrix is at hand.
 *
 * A step moves b_i up and b_j down by t = (f_j - f_i) / (K_ii + K_jj - 2 K_ij), cut at the bounds:
 * i has the least f of those that may go up, j the largest gain (f_j - f_i)^2 / (...) of those that
 * may go down. Where one of the two is between its bounds, t is taken too far on purpose
 * (successive over-relaxation): later steps go on in its direction more often than back.
 * Penalties of +-inf stand for "may not", so that the loops have no branches and run over eight
 * lanes; equal values go to the lowest place of the lowest lane.
 * Shapes: K rows x rows in float, all else double of n.   Cost: O(n) per step.
 * Reference: Fan, Chen & Lin 2005; Platt 1998; Mangasarian & Musicant 1999. */
#include "classic/svm/smo.h"

#include "core/clones.h"

#include <math.h>
#include <stdint.h>

enum { LANES = HONE_SMO_LANES };
static const double LEAST_CURVATURE = 5e-13; /* of a matrix that is not positive definite */
static const double RELAXED = 1.3;           /* any factor below 2 gains */

typedef int64_t i64x8 __attribute__((vector_size(64)));
typedef hone_f64x8_in_memory lanes;

#define LOAD(a) (*(const lanes *)(a))
/* where the mask is set a, else b */
#define BLEND(mask, a, b) ((hone_f64x8)(((mask) & (i64x8)(a)) | (~(mask) & (i64x8)(b))))

/* Places of one run: f and what stands beside it, and the column of K of the first. */
struct run {
    size_t n, first, column;
    double *f;
    const double *up, *down, *half;
};

/* Of one part: the least f that may go up and where it is, the most that may go down. */
struct extremes {
    double least, most;
    size_t at;
};

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

struct running {
    struct lowest least, odd;
    hone_f64x8 most, odd_most, place;
};

HONE_INLINE void begin(struct running *r) {
    const hone_f64x8 zero = {0}, first = {0, 1, 2, 3, 4, 5, 6, 7};
    r->least = r->odd = (struct lowest){zero + (double)INFINITY, first};
    r->most = r->odd_most = zero - (double)INFINITY;
    r->place = first;
}

HONE_INLINE void take(const hone_f64x8 *f, const double *up, const double *down,
                      const hone_f64x8 *place, struct lowest *least, hone_f64x8 *most) {
    hone_f64x8 u = *f + LOAD(up), d = *f + LOAD(down);
    take_lower(least, &u, place);
    *most = BLEND(d > *most, d, *most);
}

/* f (8) += t (ki - kj). */
HONE_INLINE void advance(double *f, const float *ki, const float *kj, double t, hone_f64x8 *out) {
    hone_f64x8 a, b;
    hone_smo_widen(ki, &a), hone_smo_widen(kj, &b);
    *out = LOAD(f) + t * (a - b);
    *(lanes *)f = *out;
}

/* The extremes of a run, behind those of earlier ones; with `moves` f += t (ki - kj) before. Two
 * vectors at a time: a comparison need not wait for the one before. */
HONE_INLINE void look_at(const struct run *run, bool moves, const float *ki, const float *kj,
                         double t, struct running *r) {
    const double *up = run->up, *down = run->down;
    double *f = run->f;
    size_t n = run->n, v = 0;
    hone_f64x8 now, next;
    for (; v + 2 * LANES <= n; v += 2 * LANES) {
        size_t w = v + LANES;
        now = LOAD(f + v), next = LOAD(f + w);
        if (moves) {
            advance(f + v, ki + v, kj + v, t, &now);
            advance(f + w, ki + w, kj + w, t, &next);
        }
        take(&now, up + v, down + v, &r->place, &r->least, &r->most);
        r->place += LANES;
        take(&next, up + w, down + w, &r->place, &r->odd, &r->odd_most);
        r->place += LANES;
    }
    if (v < n) {
        now = LOAD(f + v);
        if (moves)
            advance(f + v, ki + v, kj + v, t, &now);
        take(&now, up + v, down + v, &r->place, &r->least, &r->most);
        r->place += LANES;
    }
}

HONE_INLINE void end(struct running *r, size_t first, struct extremes *out) {
    take_lower(&r->least, &r->odd.value, &r->odd.at);
    r->most = BLEND(r->odd_most > r->most, r->odd_most, r->most);
    *out = gather_lanes(&r->least, &r->most);
    out->at += first;
}

/* The extremes of n_runs neighbours; with `moves` f += t (ki - kj) before. */
HONE_INLINE void sweep(const struct run *run, size_t n_runs, bool moves, const float *ki,
                       const float *kj, double t, struct extremes *out) {
    struct running r;
    begin(&r);
    for (size_t h = 0; h < n_runs; h++)
        if (moves)
            look_at(run + h, true, ki + run[h].column, kj + run[h].column, t, &r);
        else
            look_at(run + h, false, NULL, NULL, 0, &r);
    end(&r, run->first, out);
}

/* gain / curvature is four times what steps with the variables `at` gain; below 0 where they lose.
 * Fractions are compared by cross products. */
struct candidates {
    hone_f64x8 gain, curvature, at;
};

HONE_INLINE void take_better(struct candidates *best, const struct candidates *other) {
    i64x8 more = other->gain * best->curvature > best->gain * other->curvature;
    best->gain = BLEND(more, other->gain, best->gain);
    best->curvature = BLEND(more, other->curvature, best->curvature);
    best->at = BLEND(more, other->at, best->at);
}

/* Variables v to v + 7 of a run. */
HONE_INLINE void weigh_up(const struct run *run, const float *ki, double fi, double half, size_t v,
                          const hone_f64x8 *place, struct candidates *best) {
    const hone_f64x8 zero = {0}, floor = zero + LEAST_CURVATURE;
    struct candidates next = {.at = *place};
    hone_f64x8 slope = LOAD(run->f + v) + LOAD(run->down + v) - fi, k;
    hone_smo_widen(ki + v, &k);
    next.curvature = LOAD(run->half + v) + half - k;
    next.curvature = BLEND(next.curvature > floor, next.curvature, floor);
    next.gain = slope * (hone_f64x8)((i64x8)slope & INT64_MAX);
    take_better(best, &next);
}

/* The place j in n_runs neighbours with the largest (f_j - f_i)^2 / (K_ii + K_jj - 2 K_ij). */
HONE_INLINE void partner(const struct run *run, size_t n_runs, const float *ki, double fi,
                         double half, size_t *out) {
    const hone_f64x8 zero = {0};
    hone_f64x8 place = {0, 1, 2, 3, 4, 5, 6, 7};
    struct candidates best = {zero, zero + 1.0, place}, odd = best, other;
    for (size_t h = 0; h < n_runs; h++) {
        const struct run here = run[h];
        size_t v = 0;
        for (; v + 2 * LANES <= here.n; v += 2 * LANES) {
            weigh_up(&here, ki + here.column, fi, half, v, &place, &best);
            place += LANES;
            weigh_up(&here, ki + here.column, fi, half, v + LANES, &place, &odd);
            place += LANES;
        }
        if (v < here.n) {
            weigh_up(&here, ki + here.column, fi, half, v, &place, &best);
            place += LANES;
        }
    }
    take_better(&best, &odd);
    other = (struct candidates){SWAP(best.gain, 4), SWAP(best.curvature, 4), SWAP(best.at, 4)};
    take_better(&best, &other);
    other = (struct candidates){SWAP(best.gain, 2), SWAP(best.curvature, 2), SWAP(best.at, 2)};
    take_better(&best, &other);
    other = (struct candidates){SWAP(best.gain, 1), SWAP(best.curvature, 1), SWAP(best.at, 1)};
    take_better(&best, &other);
    *out = run->first + (size_t)best.at[0];
}

/* f (n) += b k. */
HONE_CLONES static void add_kernel_row(double *f, const float *k, double b, size_t n) {
    for (size_t v = 0; v < n; v++)
        f[v] += b * (double)k[v];
}

/* ---- steps ----------------------------------------------------------------------------------- */

struct solver {
    const struct hone_smo_dense *p;
    struct run run[2]; /* the second may be empty */
    size_t n_runs;
};

static struct solver runs_of(const struct hone_smo_dense *p) {
    struct solver s = {.p = p, .n_runs = p->middle < p->n ? 2 : 1};
    for (size_t h = 0; h < s.n_runs; h++) {
        size_t at = h ? p->middle : 0, end = h ? p->n : p->middle;
        s.run[h] = (struct run){end - at,   at,           p->column[h], p->f + (p->shared ? 0 : at),
                                p->up + at, p->down + at, p->half + at};
    }
    return s;
}

HONE_INLINE const struct run *run_with(const struct solver *s, size_t v) {
    return &s->run[s->n_runs > 1 && v >= s->p->middle];
}

/* Where row and column of v stand in K. */
HONE_INLINE size_t column_of(const struct solver *s, size_t v) {
    const struct run *run = run_with(s, v);
    return run->column + v - run->first;
}

HONE_INLINE const float *row_of(const struct solver *s, size_t v) {
    size_t row = column_of(s, v);
    return s->p->rows ? s->p->rows[row] : s->p->k + row * s->p->ld;
}

HONE_INLINE double gradient(const struct solver *s, size_t v) {
    const struct run *run = run_with(s, v);
    return run->f[v - run->first];
}

void hone_smo_dense_begin(struct hone_smo_dense *p) {
    struct solver s = runs_of(p);
    for (size_t v = 0; v < p->n; v++)
        for (size_t h = 0; h < (p->shared ? 1 : s.n_runs) && p->b[v] != 0; h++)
            add_kernel_row(s.run[h].f, row_of(&s, v) + s.run[h].column, p->b[v], s.run[h].n);
}

/* What is added to f of v to tell what a way up or down costs. */
HONE_INLINE void mark(const struct hone_smo_dense *p, size_t v) {
    double b = p->b[v], kink = p->kink[v];
    p->up[v] = b < p->hi[v] ? (b < 0 ? -kink : kink) : (double)INFINITY;
    p->down[v] = b > p->lo[v] ? (b > 0 ? kink : -kink) : -(double)INFINITY;
}

HONE_INLINE bool is_free(const struct hone_smo_dense *p, size_t v) {
    return p->b[v] != p->lo[v] && p->b[v] != p->hi[v] && p->b[v] != 0;
}

/* Moves b_i up and b_j down as far as gains, at most to a bound or to 0, which they then are to
 * the bit. */
HONE_INLINE double step(const struct solver *s, size_t i, size_t j) {
    const struct hone_smo_dense *p = s->p;
    double curvature = p->half[i] + p->half[j] - (double)row_of(s, i)[column_of(s, j)];
    double slope = (gradient(s, j) + p->down[j]) - (gradient(s, i) + p->up[i]);
    double t =
        slope > 0 ? slope / 2 / (curvature > LEAST_CURVATURE ? curvature : LEAST_CURVATURE) : 0;
    if (is_free(p, i) || is_free(p, j))
        t *= RELAXED;
    double high = p->b[i] < 0 && p->hi[i] > 0 ? 0 : p->hi[i];
    double low = p->b[j] > 0 && p->lo[j] < 0 ? 0 : p->lo[j];
    double room_i = high - p->b[i], room_j = p->b[j] - low;
    t = t < room_i ? t : room_i;
    t = t < room_j ? t : room_j;
    p->b[i] = t < room_i ? p->b[i] + t : high;
    p->b[j] = t < room_j ? p->b[j] - t : low;
    mark(p, i), mark(p, j);
    return t;
}

/* The extremes of each part (one sum for all has one), after a step if there was one. */
HONE_INLINE void look(const struct solver *s, bool moves, size_t i, size_t j, double t,
                      struct extremes part[2]) {
    const float *ki = row_of(s, i), *kj = row_of(s, j);
    sweep(s->run, s->p->split ? 1 : s->n_runs, moves, ki, kj, t, &part[0]);
    if (s->p->split && s->n_runs > 1)
        sweep(&s->run[1], 1, moves && !s->p->shared, ki, kj, t, &part[1]);
}

HONE_INLINE bool is_missing(const struct solver *s, size_t v, size_t *missing) {
    *missing = s->p->rows && !row_of(s, v) ? column_of(s, v) : HONE_SMO_ALL_THERE;
    return *missing != HONE_SMO_ALL_THERE;
}

/* One function, so that nothing between two passes over the places waits for a call. */
HONE_CLONES static void take_steps(const struct solver *s, double tol, size_t max_steps,
                                   size_t *out, size_t *missing) {
    struct extremes part[2] = {{0}, {(double)INFINITY, -(double)INFINITY, 0}};
    size_t steps = 0, i = 0, j = 0;
    double t = 0;
    *missing = HONE_SMO_ALL_THERE;
    for (;; steps++) {
        look(s, steps > 0, i, j, t, part);
        int k = part[1].most - part[1].least > part[0].most - part[0].least;
        i = part[k].at;
        if (steps == max_steps || !(part[k].most - part[k].least > tol) ||
            is_missing(s, i, missing))
            break;
        partner(&s->run[k], s->p->split ? 1 : s->n_runs, row_of(s, i), part[k].least, s->p->half[i],
                &j);
        if (is_missing(s, j, missing))
            break;
        t = step(s, i, j);
    }
    *out = steps;
}

void hone_smo_dense_mark(struct hone_smo_dense *p) {
    for (size_t v = 0; v < p->n; v++)
        mark(p, v);
}

size_t hone_smo_dense_solve(struct hone_smo_dense *p, double tol, size_t max_steps) {
    struct solver s = runs_of(p);
    size_t steps;
    take_steps(&s, tol, max_steps, &steps, &p->missing);
    return steps;
}
