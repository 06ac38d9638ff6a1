/* lasso_descend.c -- coordinate descent on a part of the columns, with jumps.
 *
 *   c_j = S(s_j + h_jj c_j, a) / (h_jj + b),  S(u, a) = sign(u) max(|u| - a, 0);  s -= h_j dc_j
 * Sweeps go over all columns of the part, then over those in use until these are nearly done. Where
 * many sweeps move little (columns that are much alike), a jump solves for the columns in use at
 * once, (H + b I) d = s - b c - a sign(c), and goes to c + d, with 0 for coefficients that would
 * change their sign, where P is less there; else along d until the first of them reaches 0. Once
 * signs are right one jump ends the search. Shapes: H p x p. Cost: p per coordinate that moves, k^3
 * / 3 + p k per jump of k in use. Reference: Friedman, Hastie & Tibshirani 2010. */
#include "classic/linear/lasso_impl.h"
#include "core/alloc.h"
#include "core/clones.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

#define SWEEPS_PER_JUMP 12
#define STEP            0.1 /* of the worst offence, which columns in use are brought to by themselves */
#define MOST_JUMPED     ((size_t)2000)

/* s -= change h. */
HONE_CLONES
static void move_slopes(size_t p, double change, const double *restrict h, double *restrict s) {
    for (size_t i = 0; i < p; i++)
        s[i] -= change * h[i];
}

static double shrunk(double u, double a, bool positive) {
    if (u > a)
        return u - a;
    return u < -a && !positive ? u + a : 0;
}

/* The minimum along coefficient j; tells how far its condition was off. */
static double descend(struct hone_lasso_part *part, size_t j) {
    const double *h = part->h + j * part->ld;
    double curve = h[j] + part->b;
    if (!(curve > 0))
        return 0;
    double next = shrunk(part->s[j] + h[j] * part->c[j], part->a, part->positive) / curve;
    double change = next - part->c[j];
    if (change == 0)
        return 0;
    move_slopes(part->p, change, h, part->s);
    part->c[j] = next;
    return fabs(change) * curve;
}

static double sweep(struct hone_lasso_part *part, bool all) {
    double worst = 0;
    size_t k = 0;
    for (size_t j = 0; j < part->p; j++)
        if (all || part->c[j] != 0)
            part->order[k++] = j;
    if (part->random)
        hone_rng_shuffle(part->random, part->order, k);
    for (size_t i = 0; i < k; i++)
        worst = fmax(worst, descend(part, part->order[i]));
    return worst;
}

/* ---- jumps ----------------------------------------------------------------------------------- */

/* use (k): the columns in use; G = H + b I of them; d = s - b c - a sign(c). */
static void restrict_to(const struct hone_lasso_part *part, const size_t *use, size_t k, double *g,
                        double *d) {
    for (size_t i = 0; i < k; i++) {
        const double *h = part->h + use[i] * part->ld;
        double c = part->c[use[i]];
        for (size_t j = 0; j <= i; j++)
            g[i * k + j] = h[use[j]];
        g[i * (k + 1)] += part->b;
        d[i] = part->s[use[i]] - part->b * c - copysign(part->a, c);
    }
}

/* P after the move to `end` (k) less P before. */
static double change_of(const struct hone_lasso_part *part, const size_t *use, size_t k,
                        const double *end) {
    double change = 0;
    for (size_t i = 0; i < k; i++) {
        const double *h = part->h + use[i] * part->ld;
        double c = part->c[use[i]], move = end[i] - c, bent = part->b * move;
        for (size_t j = 0; move != 0 && j < k; j++)
            bent += h[use[j]] * (end[j] - part->c[use[j]]);
        change +=
            move * (bent / 2 - part->s[use[i]] + part->b * c) + part->a * (fabs(end[i]) - fabs(c));
    }
    return change;
}

/* Where the way along d ends, in its place: at its far end with 0 for each coefficient that would
 * change its sign if P is less there, else as far as signs hold. */
static void find_end(const struct hone_lasso_part *part, const size_t *use, size_t k, double *d,
                     double *end) {
    double length = 1;
    size_t first = k;
    for (size_t i = 0; i < k; i++) {
        double c = part->c[use[i]];
        bool over = (c > 0) != (c + d[i] > 0);
        end[i] = over ? 0 : c + d[i];
        if (over && -c / d[i] < length)
            length = -c / d[i], first = i;
    }
    if (first == k || change_of(part, use, k, end) < 0)
        return;
    for (size_t i = 0; i < k; i++)
        end[i] = i == first ? 0 : part->c[use[i]] + length * d[i];
}

static hone_status jump(struct hone_lasso_part *part, hone_error *err) {
    size_t k = 0, *use = NULL;
    double *g = NULL, *d = NULL, *end = NULL;
    hone_status status = hone_new(&use, part->p, err);
    for (size_t j = 0; status == HONE_OK && j < part->p; j++)
        if (part->c[j] != 0)
            use[k++] = j;
    if (status != HONE_OK || k == 0 || k > MOST_JUMPED ||
        (status = hone_new2(&g, k, k, err)) != HONE_OK ||
        (status = hone_new(&d, k, err)) != HONE_OK || (status = hone_new(&end, k, err)) != HONE_OK)
        goto done;
    restrict_to(part, use, k, g, d);
    if (hone_cholesky(g, k, k, NULL) == HONE_OK &&
        (status = hone_cholesky_solve(g, k, k, d, 1, 1, err)) == HONE_OK) {
        find_end(part, use, k, d, end);
        for (size_t i = 0; i < k; i++) {
            move_slopes(part->p, end[i] - part->c[use[i]], part->h + use[i] * part->ld, part->s);
            part->c[use[i]] = end[i];
        }
    }
done:
    hone_release(use);
    hone_release(g);
    hone_release(d);
    hone_release(end);
    return status;
}

/* ---- until done ------------------------------------------------------------------------------ */

/* y'r = |r|^2 + c's. */
double hone_lasso_gap(const struct hone_lasso_part *part, double r2) {
    double top = 0, absolute = 0, squares = 0, fitted = 0, a = part->a, b = part->b;
    for (size_t j = 0; j < part->p; j++) {
        double c = part->c[j], g = part->s[j] - b * c;
        top = fmax(top, part->positive ? g : fabs(g));
        absolute += fabs(c);
        squares += c * c;
        fitted += c * part->s[j];
    }
    double t = top > a ? a / top : 1;
    double gap = (1 + t * t) / 2 * (r2 + b * squares) + a * absolute - t * (r2 + fitted);
    return part->y2 > 0 ? fmax(gap, 0) / part->y2 : 0;
}

/* |r|^2 = |y|^2 - c'(X'y) - c's. */
static bool is_enough(const struct hone_lasso_part *part) {
    double both = 0;
    for (size_t k = 0; part->q && k < part->p; k++)
        both += part->c[k] * (part->q[k] + part->s[k]);
    return part->q && hone_lasso_gap(part, fmax(part->y2 - both, 0)) <= part->gap;
}

hone_status hone_lasso_descend(struct hone_lasso_part *part, double eps, size_t most,
                               size_t *n_iter, const hone_monitor *mon, hone_error *err) {
    hone_status status = HONE_OK;
    bool all = true;
    double goal = eps;
    for (size_t k = 1; status == HONE_OK && k <= most; k++) {
        double worst = sweep(part, all);
        ++*n_iter;
        if ((worst <= eps && all) || is_enough(part))
            break;
        goal = all ? fmax(eps, worst * STEP) : goal;
        all = worst <= goal;
        if (k % SWEEPS_PER_JUMP == 0) {
            status = jump(part, err);
            all = true;
        }
        if (status == HONE_OK)
            status = hone_monitor_poll(mon, err);
    }
    return status;
}
