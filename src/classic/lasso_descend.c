/* lasso_descend.c -- coordinate descent on a part of the columns, with jumps.
 *
 *   c_j = S(s_j + h_jj c_j, a) / (h_jj + b),  S(u, a) = sign(u) max(|u| - a, 0);  s -= h_j dc_j
 * Sweeps go over all columns of the part, then over those in use until these are done. Where many
 * sweeps move little (columns that are much alike), a jump solves for the columns in use at once,
 *   (H + b I) d = s - b c - a sign(c),
 * and goes along d until a coefficient reaches 0: P falls all the way, and once signs are right
 * one jump ends the search.
 * Shapes: H p x p. Cost: p per coordinate that moves, k^3 / 3 + p k per jump of k in use.
 * Reference: Friedman, Hastie & Tibshirani 2010.                                               */
#include "classic/lasso_impl.h"
#include "core/alloc.h"
#include "core/clones.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

#define SWEEPS_PER_JUMP 12
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

/* As far along d as signs hold; the coefficient that is first to reach 0 is 0 then. */
static void go(struct hone_lasso_part *part, const size_t *use, size_t k, const double *d) {
    double length = 1;
    size_t first = k;
    for (size_t i = 0; i < k; i++) {
        double c = part->c[use[i]], end = c + length * d[i];
        if ((c > 0 && end < 0) || (c < 0 && end > 0))
            length = -c / d[i], first = i;
    }
    for (size_t i = 0; i < k; i++) {
        double *c = &part->c[use[i]], before = *c;
        *c = i == first ? 0 : *c + length * d[i];
        move_slopes(part->p, *c - before, part->h + use[i] * part->ld, part->s);
    }
}

static hone_status jump(struct hone_lasso_part *part, hone_error *err) {
    size_t k = 0, *use = NULL;
    double *g = NULL, *d = NULL;
    hone_status status = hone_new(&use, part->p, err);
    for (size_t j = 0; status == HONE_OK && j < part->p; j++)
        if (part->c[j] != 0)
            use[k++] = j;
    if (status != HONE_OK || k == 0 || k > MOST_JUMPED ||
        (status = hone_new2(&g, k, k, err)) != HONE_OK ||
        (status = hone_new(&d, k, err)) != HONE_OK)
        goto done;
    restrict_to(part, use, k, g, d);
    if (hone_cholesky(g, k, k, NULL) == HONE_OK &&
        (status = hone_cholesky_solve(g, k, k, d, 1, 1, err)) == HONE_OK)
        go(part, use, k, d);
done:
    hone_release(use);
    hone_release(g);
    hone_release(d);
    return status;
}

/* ---- until done ------------------------------------------------------------------------------ */

hone_status hone_lasso_descend(struct hone_lasso_part *part, double eps, size_t most,
                               size_t *n_iter, const hone_monitor *mon, hone_error *err) {
    hone_status status = HONE_OK;
    bool all = true;
    for (size_t k = 1; status == HONE_OK && k <= most; k++) {
        double worst = sweep(part, all);
        ++*n_iter;
        if (worst <= eps && all)
            break;
        all = worst <= eps;
        if (k % SWEEPS_PER_JUMP == 0)
            status = jump(part, err);
        if (status == HONE_OK)
            status = hone_monitor_poll(mon, err);
    }
    return status;
}
