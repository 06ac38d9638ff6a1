/* infer.c -- separation, and standard errors with the tests of Wald.
 *
 * Separation: scores that leave no row behind prove it, however the search ended. Else, where the
 * likelihood grows for ever, each Newton step p = -H^-1 g still moves scores by about 1 when the
 * gradient has vanished, and along p no row's own class loses against another:
 *   t_i'(p_y - p_c) >= 0 for all i and c != y_i,
 * which proves that all but rows on the border are parted. Wald: cov V = H^-1 / W, W the sum of
 * weights (which so count rows); raw coefficients are linear in V. The H of softmax is definite by
 * its shift only, whose share 1 / (k^2 shift) of the inverse goes again: what is left is the
 * covariance of vectors that sum to zero. Shapes: H (k d)^2. Cost: n d^2 k (k - 1) / 2 + (k d)^3
 * flops, 3 (k d)^2 doubles. References: Albert & Anderson 1984; Hosmer, Lemeshow & Sturdivant 2013,
 * section 2.3. */
#include "classic/logistic/infer.h"

#include "core/alloc.h"
#include "inference/special.h"

#include <math.h>
#include <string.h>

#define STILL_MOVES 1e-2  /* of scores, in a step at the end of the search */
#define BORDER      1e-3  /* of the largest move: a row that stays */
#define LEAST_PIVOT 1e-11 /* of the diagonal: what is left of a column beside the others */

/* Evaluates at V and makes Hessian and factor there; *fine tells whether there is one. */
static hone_status look(struct hone_logistic_problem *problem, double *g, bool *fine,
                        const hone_monitor *mon, hone_error *err) {
    struct hone_logistic *f = &problem->f;
    size_t size = f->k * f->rows.d;
    double value;
    hone_status status;
    hone_logistic_free(f);
    if ((status = hone_logistic_create(f, true, err)) != HONE_OK ||
        (status = hone_logistic_value(f, problem->v, &value, g, mon, err)) != HONE_OK ||
        (status = hone_logistic_curvature(f, mon, err)) != HONE_OK)
        return status;
    for (size_t i = 0; i < size; i++) /* a column that says nothing stands alone */
        if (i % f->rows.d < f->rows.m && f->rows.inverse[i % f->rows.d] == 0)
            f->hessian[i * (size + 1)] += 1;
    *fine = hone_logistic_factorise(f);
    return HONE_OK;
}

/* By how much a row's own class leads the best of the others. */
static double lead(const double *z, size_t k, size_t y) {
    double best = -INFINITY;
    if (k == 1)
        return y ? z[0] : -z[0];
    for (size_t c = 0; c < k; c++)
        if (c != y && z[c] > best)
            best = z[c];
    return z[y] - best;
}

/* The smallest and the largest lead of all rows in scores with these vectors (k x d). */
static hone_status leads(const struct hone_logistic *f, const double *v, double *least,
                         double *most, hone_error *err) {
    double *raw = NULL, *z = NULL;
    hone_status status;
    *least = INFINITY, *most = -INFINITY;
    if ((status = hone_new2(&raw, f->k, f->rows.m + 1, err)) != HONE_OK ||
        (status = hone_new2(&z, f->block, f->k, err)) != HONE_OK)
        goto done;
    hone_logistic_raw(&f->rows, f->k, v, raw);
    for (size_t i = 0; i < f->rows.n; i += f->block) {
        size_t n = f->rows.n - i < f->block ? f->rows.n - i : f->block;
        hone_logistic_scores(&f->rows, i, n, f->k, raw, z);
        for (size_t r = 0; r < n; r++) {
            double by = lead(z + r * f->k, f->k, f->y[i + r]);
            *least = fmin(*least, by), *most = fmax(*most, by);
        }
    }
done:
    hone_release(raw);
    hone_release(z);
    return status;
}

static size_t most_used(const struct hone_logistic *f, const double *p) {
    size_t best = 0;
    double top = -1;
    for (size_t i = 0; i < f->k * f->rows.d; i++)
        if (i % f->rows.d < f->rows.m && fabs(p[i]) > top)
            top = fabs(p[i]), best = i % f->rows.d;
    return best;
}

/* A direction along which no row falls behind, from a Newton step. */
static hone_status nearly_separated(struct hone_logistic_problem *problem,
                                    enum hone_logistic_separation *out, size_t *column,
                                    const hone_monitor *mon, hone_error *err) {
    struct hone_logistic *f = &problem->f;
    size_t size = f->k * f->rows.d;
    double *p = NULL, least, most;
    bool fine;
    hone_status status = hone_new(&p, size, err);
    if (status != HONE_OK || (status = look(problem, p, &fine, mon, err)) != HONE_OK || !fine)
        goto done;
    for (size_t i = 0; i < size; i++)
        p[i] = -p[i];
    if ((status = hone_cholesky_solve(f->factor, size, size, p, 1, 1, err)) != HONE_OK ||
        (status = leads(f, p, &least, &most, err)) != HONE_OK)
        goto done;
    if (most > STILL_MOVES && least >= -BORDER * most) {
        *out = HONE_LOGISTIC_QUASI_SEPARATED;
        *column = most_used(f, p);
    }
done:
    hone_release(p);
    return status;
}

hone_status hone_logistic_separated(struct hone_logistic_problem *problem, bool newton,
                                    enum hone_logistic_separation *out, size_t *column,
                                    const hone_monitor *mon, hone_error *err) {
    double least, most;
    *out = HONE_LOGISTIC_OVERLAP;
    hone_status status = leads(&problem->f, problem->v, &least, &most, err);
    if (status == HONE_OK && least > 0) {
        *out = HONE_LOGISTIC_SEPARATED;
        *column = most_used(&problem->f, problem->v);
        return HONE_OK;
    }
    return status == HONE_OK && newton ? nearly_separated(problem, out, column, mon, err) : status;
}

/* Does a column keep something of its own beside those before it? */
static bool stands_alone(const struct hone_logistic *f) {
    size_t size = f->k * f->rows.d;
    for (size_t i = 0; i < size; i++) {
        double pivot = f->factor[i * (size + 1)];
        if (!(pivot * pivot > LEAST_PIVOT * f->hessian[i * (size + 1)]))
            return false;
    }
    return true;
}

/* Variances of the terms of vector c, from the inverse (k d)^2. */
static void variances(const struct hone_logistic_problem *problem, const double *inverse, size_t c,
                      double *out) {
    const struct hone_logistic *f = &problem->f;
    size_t d = f->rows.d, m = f->rows.m, size = f->k * d;
    const double *block = inverse + c * d * (size + 1), *scale = f->rows.inverse;
    double excess = f->k > 1 ? 1 / ((double)(f->k * f->k) * f->shift) : 0, intercept = 0;
    for (size_t j = 0; j < d; j++) {
        double a = j < m ? -problem->mean[j] * scale[j] : 1;
        for (size_t l = 0; l < d; l++) {
            double b = l < m ? -problem->mean[l] * scale[l] : 1;
            intercept += a * b * (block[j * size + l] - (j == l ? excess : 0));
        }
        if (j < m)
            out[j] = scale[j] > 0 ? scale[j] * scale[j] * (block[j * size + j] - excess) : NAN;
    }
    if (d > m)
        out[m] = intercept;
    for (size_t j = 0; j < d; j++)
        out[j] /= problem->total;
}

static void test_terms(double level, size_t d, const double *raw, size_t first,
                       const struct hone_logistic_terms *out) {
    double quantile = hone_normal_quantile(0.5 + level / 2);
    for (size_t j = 0; j < d; j++) {
        size_t at = first + j;
        double se = out->std_err[at] = sqrt(out->std_err[at]);
        out->z[at] = raw[j] / se;
        out->p_value[at] = 2 * hone_normal_cdf(-fabs(out->z[at]));
        out->conf_low[at] = raw[j] - quantile * se;
        out->conf_high[at] = raw[j] + quantile * se;
    }
}

hone_status hone_logistic_wald(const struct hone_logistic_params *p,
                               struct hone_logistic_problem *problem, const double *raw,
                               const struct hone_logistic_terms *out, const hone_monitor *mon,
                               hone_error *err) {
    struct hone_logistic *f = &problem->f;
    size_t d = f->rows.d, size = f->k * d;
    double *g = NULL, *inverse = NULL;
    bool fine;
    hone_status status;
    if ((status = hone_new(&g, size, err)) != HONE_OK ||
        (status = hone_new2(&inverse, size, size, err)) != HONE_OK ||
        (status = look(problem, g, &fine, mon, err)) != HONE_OK)
        goto done;
    for (size_t i = 0; i < size; i++)
        inverse[i * (size + 1)] = 1;
    fine = fine && stands_alone(f);
    if (fine)
        status = hone_cholesky_solve(f->factor, size, size, inverse, size, size, err);
    for (size_t c = 0; status == HONE_OK && c < f->k; c++) {
        if (fine)
            variances(problem, inverse, c, out->std_err + c * d);
        for (size_t j = 0; !fine && j < d; j++)
            out->std_err[c * d + j] = NAN;
        test_terms(p->confidence_level, d, raw + c * (f->rows.m + 1), c * d, out);
    }
done:
    hone_release(g);
    hone_release(inverse);
    return status;
}
