/* least_squares_normal.c -- least squares by the normal equations, for columns that are far from
 * depending on one another.
 *
 *   G = diag(inverse) (X' W X - total mean mean') diag(inverse) / total = L L',
 *   G (c / inverse) = inverse (X' W y - total mean y_mean) / total
 * and once more with what is left of y in place of y, summed from X itself: the error then is about
 * that of QR. Refused when a variance inflation (diagonal of G^-1) is above MOST_INFLATION. Shapes:
 * X n x m, G m x m. Cost: n m^2 + m^3 flops.                                      */
#include "classic/linear/least_squares.h"

#include "classic/linear/data_rows.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

#define MOST_INFLATION 1e6

struct normal {
    struct hone_least_squares *ls;
    double *g;        /* m x m: G, then L */
    double *inverse;  /* m x m: L^-1 */
    double *r, *step; /* n, m */
};

static void scale(struct normal *s) {
    const struct hone_least_squares *ls = s->ls;
    for (size_t i = 0; i < ls->m; i++)
        for (size_t j = 0; j <= i; j++)
            s->g[i * ls->m + j] *= ls->inverse[i] * ls->inverse[j] / ls->total;
}

/* Factors G; true when every variance inflation is within bounds. */
static hone_status factor(struct normal *s, bool *fit, hone_error *err) {
    struct hone_least_squares *ls = s->ls;
    size_t m = ls->m;
    *fit = hone_cholesky(s->g, m, m, NULL) == HONE_OK;
    if (!*fit)
        return HONE_OK;
    for (size_t j = 0; j < m; j++)
        s->inverse[j * (m + 1)] = 1;
    hone_status status = hone_lower_solve_rows(false, m, m, s->g, m, s->inverse, m, err);
    if (status != HONE_OK)
        return status;
    for (size_t j = 0; j < m; j++) {
        double sum = 0;
        for (size_t i = j; i < m; i++)
            sum += s->inverse[i * m + j] * s->inverse[i * m + j];
        *fit = *fit && sum <= MOST_INFLATION;
        ls->variance[j] = sum * ls->inverse[j] * ls->inverse[j] / ls->total;
    }
    return status;
}

/* r = w (y - X c - b). */
static hone_status residuals(struct normal *s, const hone_monitor *mon, hone_error *err) {
    const struct hone_least_squares *ls = s->ls;
    hone_status status = hone_data_times(ls->data, ls->coef, s->r, mon, err);
    for (size_t i = 0; status == HONE_OK && i < ls->n; i++)
        s->r[i] = (ls->w ? ls->w[i] : 1) * (*hone_view_row(ls->data->y, i) - s->r[i] - ls->b);
    return status;
}

/* c and b move to where the residuals ask for. */
static hone_status improve(struct normal *s, const hone_monitor *mon, hone_error *err) {
    struct hone_least_squares *ls = s->ls;
    double sum = 0;
    hone_status status = hone_data_back(ls->data, s->r, s->step, mon, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < ls->n; i++)
        sum += s->r[i];
    for (size_t j = 0; j < ls->m; j++)
        s->step[j] = (s->step[j] - ls->mean[j] * sum) * ls->inverse[j] / ls->total;
    if ((status = hone_cholesky_solve(s->g, ls->m, ls->m, s->step, 1, 1, err)) != HONE_OK)
        return status;
    if (ls->intercept)
        ls->b += sum / ls->total;
    for (size_t j = 0; j < ls->m; j++) {
        double change = s->step[j] * ls->inverse[j];
        ls->coef[j] += change;
        ls->b -= change * ls->mean[j];
    }
    return HONE_OK;
}

/* 1 / total + |L^-1 (mean inverse)|^2 / total. */
static void find_b_variance(const struct normal *s) {
    struct hone_least_squares *ls = s->ls;
    double length = 1;
    for (size_t i = 0; i < ls->m; i++) {
        double sum = 0;
        for (size_t j = 0; j <= i; j++)
            sum += s->inverse[i * ls->m + j] * ls->mean[j] * ls->inverse[j];
        length += sum * sum;
    }
    ls->b_variance = ls->intercept ? length / ls->total : NAN;
}

/* Of L' diag(spread): L is what X is but for a rotation. */
static hone_status find_singular(struct normal *s, hone_error *err) {
    struct hone_least_squares *ls = s->ls;
    size_t m = ls->m;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            s->inverse[i * m + j] = j <= i ? s->g[i * m + j] * ls->spread[i] * sqrt(ls->total) : 0;
    ls->n_singular = m;
    return hone_singular_values(s->inverse, m, m, ls->singular, err);
}

static hone_status make_normal(struct hone_least_squares *ls, struct normal *s, hone_error *err) {
    hone_status status;
    *s = (struct normal){.ls = ls};
    if ((status = hone_new2(&s->g, ls->m, ls->m, err)) != HONE_OK ||
        (status = hone_new2(&s->inverse, ls->m, ls->m, err)) != HONE_OK ||
        (status = hone_new(&s->r, ls->n, err)) != HONE_OK)
        return status;
    return hone_new(&s->step, ls->m, err);
}

static void free_normal(struct normal *s) {
    hone_release(s->g);
    hone_release(s->inverse);
    hone_release(s->r);
    hone_release(s->step);
}

hone_status hone_least_squares_normal(struct hone_least_squares *ls, bool *fit,
                                      const hone_monitor *mon, hone_error *err) {
    struct normal s;
    hone_status status = make_normal(ls, &s, err);
    *fit = false;
    if (status != HONE_OK || (status = hone_data_gram_centred(ls->data, ls->w, ls->mean, ls->spread,
                                                              s.g, mon, err)) != HONE_OK)
        goto done;
    scale(&s);
    if ((status = factor(&s, fit, err)) != HONE_OK || !*fit)
        goto done;
    ls->b = ls->y_mean;
    for (int pass = 0; pass < 2 && status == HONE_OK; pass++) {
        status = residuals(&s, mon, err);
        if (status == HONE_OK)
            status = improve(&s, mon, err);
    }
    if (status != HONE_OK || (status = residuals(&s, mon, err)) != HONE_OK)
        goto done;
    for (size_t i = 0; i < ls->n; i++)
        ls->residual[i] = ls->w ? s.r[i] / sqrt(ls->w[i]) : s.r[i];
    ls->rank = (double)ls->m;
    find_b_variance(&s);
    status = find_singular(&s, err);
done:
    free_normal(&s);
    if (!*fit)
        for (size_t j = 0; j < ls->m; j++)
            ls->variance[j] = NAN;
    return status;
}
