/* least_squares_qr.c -- least squares by QR with column pivots.
 *
 *   A P = Q R,  A = diag(root w) (1, (X - mean) diag(inverse)), the column of ones first
 * Full rank: Bjorck's refinement of solution and residual together,
 *   f = d - r - A x,  g = -A'r;   u = R'^-1 P'g,  (h1, h2) = Q'f;
 *   r += Q (u, h2),  x += P R^-1 (h1 - u)
 * with f and g summed in long double from X itself (64 bits of fraction where double has 53), so
 * that neither centring nor scaling costs a digit. Columns that depend on others (pivots below
 * max(n, m) roundings) are given up, and of all solutions of the triangle the one of least norm in
 * the columns of X comes from a second QR, of the triangle's transpose.
 * Shapes: A n x p, p = m + 1 with an intercept. Cost: 2 n p^2, and 4 n p per refinement.
 * Reference: Bjorck 1967; Golub & Van Loan 2013, sections 5.3, 5.5.                            */
#include "classic/linear/least_squares.h"

#include "core/parallel.h"
#include "linalg/linalg.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MOST_STEPS  12
#define POLL_ROWS   1024
#define INDEPENDENT 1e-8 /* share of a given-up column that is rounding */

struct qr {
    struct hone_least_squares *ls;
    size_t k, p, rank;       /* k = 1 with an intercept; rank counts it */
    double *a, *tau;         /* p columns of n, min(n, p) */
    size_t *pivot;           /* p */
    double *x, *r;           /* p (by columns of A), n */
    double *f, *g;           /* max(n, p), max(n, p) */
    double *step;            /* p */
    long double *sum;        /* p */
    double *back, *back_tau; /* of the triangle's transpose: rank - k columns of m */
};

static void free_qr(struct qr *s) {
    hone_release(s->a);
    hone_release(s->tau);
    hone_release(s->pivot);
    hone_release(s->x);
    hone_release(s->r);
    hone_release(s->f);
    hone_release(s->g);
    hone_release(s->step);
    hone_release(s->sum);
    hone_release(s->back);
    hone_release(s->back_tau);
}

static hone_status make_qr(struct hone_least_squares *ls, struct qr *s, hone_error *err) {
    size_t n = ls->n, p = ls->m + ls->intercept, side = n > p ? n : p;
    hone_status status;
    *s = (struct qr){.ls = ls, .k = ls->intercept, .p = p};
    if ((status = hone_new2(&s->a, n, p, err)) != HONE_OK ||
        (status = hone_new(&s->tau, n < p ? n : p, err)) != HONE_OK ||
        (status = hone_new(&s->pivot, p, err)) != HONE_OK ||
        (status = hone_new(&s->x, p, err)) != HONE_OK ||
        (status = hone_new(&s->r, n, err)) != HONE_OK ||
        (status = hone_new(&s->f, side, err)) != HONE_OK ||
        (status = hone_new(&s->g, side, err)) != HONE_OK ||
        (status = hone_new(&s->step, p, err)) != HONE_OK)
        return status;
    return hone_new(&s->sum, p, err);
}

static double root_weight(const struct hone_least_squares *ls, size_t i) {
    return ls->w ? sqrt(ls->w[i]) : 1;
}

static void fill(struct qr *s) {
    const struct hone_least_squares *ls = s->ls;
    for (size_t i = 0; i < ls->n; i++) {
        const double *row = hone_view_row(ls->data->x, i);
        double root = root_weight(ls, i);
        if (s->k)
            s->a[i] = root;
        for (size_t j = 0; j < ls->m; j++)
            s->a[(j + s->k) * ls->n + i] = root * ((row[j] - ls->mean[j]) * ls->inverse[j]);
    }
}

/* Pivots that are not rounding. */
static size_t find_rank(const struct qr *s) {
    size_t n = s->ls->n, most = n < s->p ? n : s->p, rank = s->k;
    double top = s->k < most ? fabs(s->a[s->k * (n + 1)]) : 0;
    double least = DBL_EPSILON * (double)(n > s->p ? n : s->p) * top;
    while (rank < most && fabs(s->a[rank * (n + 1)]) > least)
        rank++;
    return rank;
}

/* ---- residuals ------------------------------------------------------------------------------- */

/* f = d - r - A x and sum = A'r, from X itself. */
static hone_status residuals(struct qr *s, const hone_monitor *mon, hone_error *err) {
    const struct hone_least_squares *ls = s->ls;
    hone_status status = HONE_OK;
    memset(s->sum, 0, s->p * sizeof *s->sum);
    for (size_t i = 0; i < ls->n && status == HONE_OK; i++) {
        const double *row = hone_view_row(ls->data->x, i);
        long double root = root_weight(ls, i), at = *hone_view_row(ls->data->y, i);
        long double back = root * s->r[i];
        if (s->k) {
            at -= s->x[0];
            s->sum[0] += back;
        }
        for (size_t j = 0; j < ls->m; j++) {
            long double cell = ((long double)row[j] - ls->mean[j]) * ls->inverse[j];
            at -= cell * s->x[j + s->k];
            s->sum[j + s->k] += cell * back;
        }
        s->f[i] = (double)(root * at - s->r[i]);
        if (i % POLL_ROWS == 0)
            status = hone_monitor_poll(mon, err);
    }
    return status;
}

/* The same where x and r are 0. */
static void first_residuals(struct qr *s) {
    const struct hone_least_squares *ls = s->ls;
    memset(s->sum, 0, s->p * sizeof *s->sum);
    for (size_t i = 0; i < ls->n; i++)
        s->f[i] = root_weight(ls, i) * *hone_view_row(ls->data->y, i);
}

/* ---- full rank ------------------------------------------------------------------------------- */

/* One refinement by f and g: x and r move; *moved is the largest change of x against its largest
 * entry. */
static hone_status refine(struct qr *s, double *moved, hone_error *err) {
    size_t n = s->ls->n, p = s->p;
    hone_status status;
    if ((status = hone_qr_apply(true, s->a, n, p, s->tau, s->f, err)) != HONE_OK)
        return status;
    for (size_t q = 0; q < p; q++)
        s->g[q] = -(double)s->sum[s->pivot[q]];
    hone_upper_solve(true, s->a, p, n, s->g);
    for (size_t q = 0; q < p; q++) {
        s->step[q] = s->f[q] - s->g[q];
        s->f[q] = s->g[q];
    }
    hone_upper_solve(false, s->a, p, n, s->step);
    if ((status = hone_qr_apply(false, s->a, n, p, s->tau, s->f, err)) != HONE_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        s->r[i] += s->f[i];
    double change = 0, top = 0;
    for (size_t q = 0; q < p; q++) {
        double *x = &s->x[s->pivot[q]];
        *x += s->step[q];
        change = fmax(change, fabs(s->step[q]));
        top = fmax(top, fabs(*x));
    }
    *moved = top > 0 ? change / top : 0;
    return HONE_OK;
}

/* Until x moves no more, or one step on would not move it: each step is shorter than the one before
 * by about the same factor. */
static hone_status solve_full(struct qr *s, const hone_monitor *mon, hone_error *err) {
    double moved = 1, last = 1;
    hone_status status = HONE_OK;
    for (int step = 0; step < MOST_STEPS; step++) {
        if (step == 0)
            first_residuals(s);
        else
            status = residuals(s, mon, err);
        if (status != HONE_OK || (status = refine(s, &moved, err)) != HONE_OK ||
            moved * fmin(moved / last, 1) <= DBL_EPSILON / 4 || (step > 1 && moved > last / 2))
            break;
        last = moved;
    }
    return status;
}

/* ---- least norm ------------------------------------------------------------------------------ */

/* QR of the transpose of the triangle's rows, in the columns of X as they are. */
static hone_status factor_back(struct qr *s, hone_error *err) {
    size_t n = s->ls->n, rows = s->rank - s->k, m = s->ls->m;
    hone_status status = hone_new2(&s->back, rows, m, err);
    if (status == HONE_OK)
        status = hone_new(&s->back_tau, rows, err);
    for (size_t c = 0; status == HONE_OK && c < m; c++)
        for (size_t q = 0; q < rows && q <= c; q++)
            s->back[q * m + c] =
                s->a[(c + s->k) * n + q + s->k] * s->ls->spread[s->pivot[c + s->k] - s->k];
    return status == HONE_OK ? hone_qr(s->back, m, rows, s->back_tau, err) : status;
}

/* x moves by the solution of least norm for what is left of d. */
static hone_status step_back(struct qr *s, const hone_monitor *mon, hone_error *err) {
    size_t n = s->ls->n, m = s->ls->m, rows = s->rank - s->k;
    hone_status status = residuals(s, mon, err);
    if (status != HONE_OK ||
        (status = hone_qr_apply(true, s->a, n, n < s->p ? n : s->p, s->tau, s->f, err)))
        return status;
    memset(s->g, 0, m * sizeof *s->g);
    memcpy(s->g, s->f + s->k, rows * sizeof *s->g);
    hone_upper_solve(true, s->back, rows, m, s->g);
    if ((status = hone_qr_apply(false, s->back, m, rows, s->back_tau, s->g, err)) != HONE_OK)
        return status;
    double left = s->f[0];
    for (size_t c = 0; c < m; c++) {
        size_t j = s->pivot[c + s->k] - s->k;
        double change = s->g[c] * s->ls->spread[j];
        if (s->k)
            left -= s->a[(c + 1) * n] * change;
        s->x[j + s->k] += change;
    }
    if (s->k)
        s->x[0] += left / s->a[0];
    return HONE_OK;
}

static hone_status solve_least_norm(struct qr *s, const hone_monitor *mon, hone_error *err) {
    hone_status status = factor_back(s, err);
    for (int step = 0; step < 2 && status == HONE_OK; step++)
        status = step_back(s, mon, err);
    if (status == HONE_OK)
        status = residuals(s, mon, err);
    memcpy(s->r, s->f, s->ls->n * sizeof *s->r);
    return status;
}

/* ---- what is known of the solution ---------------------------------------------------------- */

/* settled (rank): does no given-up column share in this one? T = R11^-1 R12. */
static hone_status find_settled(struct qr *s, bool *settled, hone_error *err) {
    size_t n = s->ls->n, rank = s->rank, rest = s->p - rank;
    double *t = NULL;
    hone_status status = hone_new2(&t, rank, rest, err);
    if (status != HONE_OK)
        return status;
    for (size_t c = 0; c < rest; c++)
        memcpy(t + c * rank, s->a + (rank + c) * n, rank * sizeof *t);
    double *r11 = NULL;
    if ((status = hone_new2(&r11, rank, rank, err)) == HONE_OK) {
        for (size_t c = 0; c < rank; c++)
            memcpy(r11 + c * rank, s->a + c * n, rank * sizeof *t);
        hone_upper_solve_columns(r11, rank, rank, t, rest);
        for (size_t q = 0; q < rank; q++) {
            settled[q] = true;
            for (size_t c = 0; c < rest; c++)
                settled[q] = settled[q] && fabs(t[c * rank + q]) <= INDEPENDENT;
        }
    }
    hone_release(r11);
    hone_release(t);
    return status;
}

/* Squared lengths of the rows of R11^-1, and of R11'^-1 (1, -mean inverse) for the intercept. */
static hone_status find_variances(struct qr *s, hone_error *err) {
    struct hone_least_squares *ls = s->ls;
    size_t rank = s->rank, n = ls->n;
    double *inverse = NULL;
    bool *settled = NULL, all = true;
    hone_status status;
    if ((status = hone_new2(&inverse, rank, rank, err)) != HONE_OK ||
        (status = hone_new(&settled, rank, err)) != HONE_OK ||
        (status = find_settled(s, settled, err)) != HONE_OK)
        goto done;
    for (size_t q = 0; q < rank; q++) {
        memset(s->step, 0, rank * sizeof *s->step);
        s->step[q] = 1;
        hone_upper_solve(false, s->a, q + 1, n, s->step);
        memcpy(inverse + q * rank, s->step, (q + 1) * sizeof *inverse);
    }
    for (size_t q = s->k; q < rank; q++) {
        double length = 0;
        size_t j = s->pivot[q] - s->k;
        for (size_t c = q; c < rank; c++)
            length = hypot(length, inverse[c * rank + q]);
        if (settled[q])
            ls->variance[j] = length * ls->inverse[j] * length * ls->inverse[j];
        all = all && (settled[q] || ls->mean[j] == 0);
    }
    for (size_t q = rank; q < s->p; q++)
        all = all && ls->inverse[s->pivot[q] - s->k] == 0;
    for (size_t c = 0; s->k && all && c < rank; c++) {
        double sum = inverse[c * rank];
        for (size_t q = 1; q <= c; q++)
            sum -= inverse[c * rank + q] * ls->mean[s->pivot[q] - 1] * ls->inverse[s->pivot[q] - 1];
        ls->b_variance = (c ? ls->b_variance : 0) + sum * sum;
    }
done:
    hone_release(inverse);
    hone_release(settled);
    return status;
}

/* Of the triangle without the row and column of ones, in the columns of X as they are. */
static hone_status find_singular(struct qr *s, hone_error *err) {
    struct hone_least_squares *ls = s->ls;
    size_t n = ls->n, m = ls->m, rows = (n < s->p ? n : s->p) - s->k;
    double *r = NULL;
    ls->n_singular = rows < m ? rows : m;
    hone_status status = hone_new2(&r, rows, m, err);
    for (size_t c = 0; status == HONE_OK && c < m; c++)
        for (size_t q = 0; q < rows && q <= c; q++)
            r[c * rows + q] =
                s->a[(c + s->k) * n + q + s->k] * ls->spread[s->pivot[c + s->k] - s->k];
    if (status == HONE_OK)
        status = hone_singular_values(r, rows, m, ls->singular, err);
    hone_release(r);
    return status;
}

static void take_solution(const struct qr *s) {
    struct hone_least_squares *ls = s->ls;
    long double b = s->k ? s->x[0] : 0;
    for (size_t j = 0; j < ls->m; j++) {
        ls->coef[j] = s->x[j + s->k] * ls->inverse[j];
        b -= (long double)s->x[j + s->k] * ls->inverse[j] * ls->mean[j];
    }
    ls->b = (double)b;
    ls->rank = (double)(s->rank - s->k);
    memcpy(ls->residual, s->r, ls->n * sizeof *s->r);
}

hone_status hone_least_squares_qr(struct hone_least_squares *ls, const hone_monitor *mon,
                                  hone_error *err) {
    struct qr s;
    hone_status status = make_qr(ls, &s, err);
    if (status != HONE_OK)
        goto done;
    fill(&s);
    if ((status = hone_qr_pivoted(s.a, ls->n, s.p, s.k, s.tau, s.pivot, err)) != HONE_OK)
        goto done;
    s.rank = find_rank(&s);
    if ((status = s.rank == s.p ? solve_full(&s, mon, err) : solve_least_norm(&s, mon, err)) ||
        (status = find_variances(&s, err)) != HONE_OK ||
        (status = find_singular(&s, err)) != HONE_OK)
        goto done;
    take_solution(&s);
done:
    free_qr(&s);
    return status;
}
