/* newton.c -- the Newton step of logistic regression: H p = -g by Cholesky.
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
#include "classic/logistic/objective.h"

#include "core/alloc.h"
#include "optim/line_search.h"

#include <math.h>
#include <string.h>

#define FIRST_RIDGE 1e-13
#define LAST_RIDGE  1e3
#define KEEP_FACTOR 0.05

/* Puts G_ab (p x p, lower triangle) where it belongs; a > b. */
static void place(const double *gram, size_t p, size_t k, size_t a, size_t b, double *h) {
    size_t size = k * p;
    double *aa = h + a * p * (size + 1), *bb = h + b * p * (size + 1);
    double *ab = h + a * p * size + b * p;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j <= i; j++) {
            double g = gram[i * p + j];
            aa[i * size + j] += g;
            bb[i * size + j] += g;
            ab[i * size + j] = ab[j * size + i] = -g;
        }
}

static hone_status gram_of(const struct hone_logistic *f, const size_t *pick, size_t p, double *out,
                           const hone_monitor *mon, hone_error *err) {
    return pick ? hone_logistic_gram_of(&f->rows, f->row_part, pick, p, out, mon, err)
                : hone_logistic_gram(&f->rows, f->row_part, out, mon, err);
}

hone_status hone_logistic_hessian(struct hone_logistic *f, const size_t *pick, size_t p,
                                  double *out, const hone_monitor *mon, hone_error *err) {
    size_t k = f->k;
    double *gram = NULL;
    if (k == 1)
        return gram_of(f, pick, p, out, mon, err);
    memset(out, 0, k * p * k * p * sizeof *out);
    hone_status status = hone_new2(&gram, p, p, err);
    for (size_t a = 1; status == HONE_OK && a < k; a++)
        for (size_t b = 0; status == HONE_OK && b < a; b++) {
            for (size_t i = 0; i < f->rows.n; i++)
                f->row_part[i] = f->u[i] * f->proba[i * k + a] * f->proba[i * k + b];
            status = gram_of(f, pick, p, gram, mon, err);
            if (status == HONE_OK)
                place(gram, p, k, a, b, out);
        }
    hone_release(gram);
    return status;
}

static double largest_diagonal(const double *h, size_t size) {
    double top = 0;
    for (size_t i = 0; i < size; i++)
        top = h[i * (size + 1)] > top ? h[i * (size + 1)] : top;
    return top;
}

static void add_penalty(struct hone_logistic *f) {
    size_t d = f->rows.d, k = f->k, size = k * d;
    for (size_t i = 0; i < size; i++)
        f->hessian[i * (size + 1)] += f->penalty[i % d];
    if (k == 1)
        return;
    double shift = f->shift = largest_diagonal(f->hessian, size) / (double)k;
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b <= a; b++)
            for (size_t j = 0; j < d; j++)
                f->hessian[(a * d + j) * size + b * d + j] += shift;
}

bool hone_logistic_factorise(struct hone_logistic *f) {
    size_t size = f->k * f->rows.d;
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

hone_status hone_logistic_curvature(struct hone_logistic *f, const hone_monitor *mon,
                                    hone_error *err) {
    size_t size = f->k * f->rows.d;
    hone_status status = HONE_OK;
    if (!f->hessian)
        status = hone_new2(&f->hessian, size, size, err);
    if (status == HONE_OK && !f->factor)
        status = hone_new2(&f->factor, size, size, err);
    if (status == HONE_OK)
        status = hone_logistic_hessian(f, NULL, f->rows.d, f->hessian, mon, err);
    if (status == HONE_OK)
        add_penalty(f);
    return status;
}

/* A factor that has just brought the gradient down so far will do so once more: near the end H
 * hardly changes, and costs more than an evaluation. */
static bool old_factor_will_do(struct hone_logistic *f, const double *g) {
    double gradient = hone_max_abs(f->k * f->rows.d, g);
    bool fine = gradient < KEEP_FACTOR * f->last_gradient;
    f->last_gradient = gradient;
    return fine;
}

hone_status hone_logistic_newton(void *context, const double *v, const double *g, double *p,
                                 const hone_monitor *mon, hone_error *err) {
    struct hone_logistic *f = context;
    size_t size = f->k * f->rows.d;
    bool fine = old_factor_will_do(f, g);
    (void)v; /* the probabilities stem from there */
    for (size_t i = 0; i < size; i++)
        p[i] = -g[i];
    if (!fine) {
        hone_status status = hone_logistic_curvature(f, mon, err);
        if (status != HONE_OK)
            return status;
        if (!hone_logistic_factorise(f)) {
            f->last_gradient = 0; /* down the gradient */
            return HONE_OK;
        }
    }
    return hone_cholesky_solve(f->factor, size, size, p, 1, 1, err);
}
