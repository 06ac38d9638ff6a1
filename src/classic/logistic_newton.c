/* logistic_newton.c -- the Newton step of logistic regression: H p = -g by Cholesky.
 *
 * Two classes:  H = X' diag(u p (1 - p)) X + diag(penalty).
 * Softmax: block (a, b) is -G_ab = -X' diag(u p_a p_b) X for a != b, and block (a, a) is
 * sum_b G_ab + diag(penalty) since probabilities sum to 1: K (K - 1) / 2 products make all blocks.
 * Adding the same to all K vectors changes no probability, so H is singular along that shift where
 * nothing is penalised. g has no part along it; neither has p when shift * (1 1') is added to the
 * blocks' diagonals, which makes H definite and changes nothing else.
 * Columns that are (nearly) sums of others get a relative 1e-13 on the diagonal, more if needed:
 * that bends the path, not the end of it.
 * Cost: n d^2 K (K - 1) / 2 + (K d)^3 / 3 flops, 2 (K d)^2 doubles. */
#include "classic/logistic_objective.h"

#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define FIRST_RIDGE 1e-13
#define LAST_RIDGE  1e3

/* Puts G_ab (lower triangle in f->gram) where it belongs; a > b. */
static void place(struct hone_logistic *f, size_t a, size_t b) {
    size_t d = f->x.cols, size = f->k * d;
    double *aa = f->hessian + a * d * (size + 1), *bb = f->hessian + b * d * (size + 1);
    double *ab = f->hessian + a * d * size + b * d;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j <= i; j++) {
            double g = f->gram[i * d + j];
            aa[i * size + j] += g;
            bb[i * size + j] += g;
            ab[i * size + j] = ab[j * size + i] = -g;
        }
}

/* Lower triangle of the Hessian without the penalty; overwrites row_part for softmax. */
static hone_status fill(struct hone_logistic *f, const hone_monitor *mon, hone_error *err) {
    size_t k = f->k, size = k * f->x.cols;
    if (k == 1)
        return hone_gram_weighted(f->x, f->row_part, f->hessian, mon, err);
    memset(f->hessian, 0, size * size * sizeof *f->hessian);
    for (size_t a = 1; a < k; a++)
        for (size_t b = 0; b < a; b++) {
            for (size_t i = 0; i < f->x.rows; i++)
                f->row_part[i] = f->u[i] * f->proba[i * k + a] * f->proba[i * k + b];
            hone_status status = hone_gram_weighted(f->x, f->row_part, f->gram, mon, err);
            if (status != HONE_OK)
                return status;
            place(f, a, b);
        }
    return HONE_OK;
}

static double largest_diagonal(const double *h, size_t size) {
    double top = 0;
    for (size_t i = 0; i < size; i++)
        top = h[i * (size + 1)] > top ? h[i * (size + 1)] : top;
    return top;
}

static void add_penalty(struct hone_logistic *f) {
    size_t d = f->x.cols, k = f->k, size = k * d;
    for (size_t i = 0; i < size; i++)
        f->hessian[i * (size + 1)] += f->penalty[i % d];
    if (k == 1)
        return;
    double shift = largest_diagonal(f->hessian, size) / (double)k;
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b <= a; b++)
            for (size_t j = 0; j < d; j++)
                f->hessian[(a * d + j) * size + b * d + j] += shift;
}

/* Factor of H + ridge I with the smallest ridge that will do; false when none does. */
static bool factorise(struct hone_logistic *f) {
    size_t size = f->k * f->x.cols;
    double top = largest_diagonal(f->hessian, size);
    for (double ridge = FIRST_RIDGE; ridge <= LAST_RIDGE; ridge *= 100) {
        memcpy(f->factor, f->hessian, size * size * sizeof *f->factor);
        for (size_t i = 0; i < size; i++)
            f->factor[i * (size + 1)] += ridge * top;
        if (hone_cholesky(f->factor, size, size, NULL) == HONE_OK)
            return true;
    }
    return false;
}

hone_status hone_logistic_newton(void *context, const double *v, const double *g, double *p,
                                 const hone_monitor *mon, hone_error *err) {
    struct hone_logistic *f = context;
    size_t size = f->k * f->x.cols;
    (void)v; /* the probabilities stem from there */
    hone_status status = fill(f, mon, err);
    if (status != HONE_OK)
        return status;
    add_penalty(f);
    for (size_t i = 0; i < size; i++)
        p[i] = -g[i];
    if (!factorise(f))
        return HONE_OK; /* down the gradient */
    return hone_cholesky_solve(f->factor, size, size, p, 1, 1, err);
}
