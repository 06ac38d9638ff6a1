/* objective_check.c -- are a caller's derivatives those of its loss?
 *
 *     g ~ (L(F + t) - L(F - t)) / 2t        h ~ (g(F + t) - g(F - t)) / 2t,    t = cbrt(eps) max(1,
 * |F|) one score at a time. The Hessian is compared with the differences of the gradient, which
 * keeps twice the digits of second differences of the loss. Cost: 4 n k calls with n rows each. */
#include "core/alloc.h"
#include "core/error.h"

#include <hone/boosting.h>

#include <float.h>
#include <math.h>
#include <string.h>

struct check {
    hone_objective_fn *fn;
    hone_loss_fn *loss;
    void *user;
    const double *y;
    size_t n, k;
    double *score;                         /* n x k, moved one at a time */
    double *gradient, *hessian;            /* n x k, at the given scores */
    double *moved_gradient, *moved_unused; /* n x k */
};

static hone_status ask(struct check *c, double *gradient, double *hessian, hone_error *err) {
    if (c->fn(c->user, c->y, c->score, c->n, c->k, gradient, hessian) != 0)
        return hone_fail(err, HONE_ECANCELLED, "objective: the function stopped the check");
    return HONE_OK;
}

static bool differ(double said, double found, double tol) {
    return !(fabs(said - found) <= tol * fmax(1, fabs(found)));
}

static hone_status complain(const struct check *c, size_t at, const char *what, double said,
                            double found, hone_error *err) {
    return hone_fail(
        err, HONE_EDATA, "objective: %s of row %zu, output %zu is %g, the differences of %s say %g",
        what, at / c->k, at % c->k, said, *what == 'g' ? "the loss" : "the gradient", found);
}

/* What score number `at` says about its derivatives. */
static hone_status check_score(struct check *c, size_t at, double tol, hone_error *err) {
    double middle = c->score[at], t = cbrt(DBL_EPSILON) * fmax(1, fabs(middle));
    double high = middle + t, low = middle - t, step = high - low; /* as rounded */
    c->score[at] = high;
    double loss = c->loss(c->user, c->y, c->score, c->n, c->k);
    hone_status status = ask(c, c->moved_gradient, c->moved_unused, err);
    double gradient = c->moved_gradient[at];
    c->score[at] = low;
    loss -= c->loss(c->user, c->y, c->score, c->n, c->k);
    if (status == HONE_OK)
        status = ask(c, c->moved_gradient, c->moved_unused, err);
    gradient -= c->moved_gradient[at];
    c->score[at] = middle;
    if (status == HONE_OK && differ(c->gradient[at], loss / step, tol))
        status = complain(c, at, "gradient", c->gradient[at], loss / step, err);
    if (status == HONE_OK && differ(c->hessian[at], gradient / step, tol))
        status = complain(c, at, "hessian", c->hessian[at], gradient / step, err);
    return status;
}

hone_status hone_check_objective(hone_objective_fn *fn, hone_loss_fn *loss, void *user,
                                 const double *y, const double *score, size_t n, size_t k,
                                 double tol, hone_error *err) {
    struct check c = {.fn = fn, .loss = loss, .user = user, .y = y, .n = n, .k = k};
    double *work = NULL;
    size_t cells = n * k;
    if (fn == NULL || loss == NULL || y == NULL || score == NULL || !(tol >= 0))
        return hone_fail(err, HONE_EINVAL,
                         "objective: a check needs a function, its loss, y, scores and tol >= 0");
    hone_status status = hone_new2(&work, cells, 5, err);
    if (status == HONE_OK) {
        c.score = work, c.gradient = work + cells, c.hessian = work + 2 * cells;
        c.moved_gradient = work + 3 * cells, c.moved_unused = work + 4 * cells;
        memcpy(c.score, score, cells * sizeof *score);
        status = ask(&c, c.gradient, c.hessian, err);
    }
    for (size_t at = 0; status == HONE_OK && at < cells; at++)
        status = check_score(&c, at, tol, err);
    hone_release(work);
    return status;
}
