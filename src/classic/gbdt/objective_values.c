/* objective_values.c -- losses of values, r = F - y; those with a log link predict e^F.
 *
 *     squared    r^2 / 2                                       g = r                h = 1
 *     absolute   |r|                                           g = sign r           h = 1
 *     huber      r^2 / 2, beyond delta: delta (|r| - delta/2)  g = r cut at +-delta h = 1
 *     quantile   -alpha r (r < 0), (1 - alpha) r (r >= 0)      g = -alpha, 1-alpha  h = 1
 *     poisson    e^F - y F                                     g = e^F - y          h = e^F
 *     gamma      y e^-F + F                                    g = 1 - y e^-F       h = y e^-F
 *     tweedie    -y e^aF / a + e^bF / b                        g = -y e^aF + e^bF   h = -a y e^aF +
 * b e^bF a = 1 - power, b = 2 - power (sums of the y alone are left out). Where h = 1 says nothing
 * of the loss, a leaf takes the quantile of its residuals. F is kept within +-700 before e^F.
 * Reference: Friedman 2001; Jorgensen 1987; Koenker & Bassett 1978. */
#include "classic/gbdt/objective_impl.h"

#include "core/error.h"
#include "core/sum.h"

#include <math.h>

double hone_loss_total_weight(const hone_loss *loss) {
    return loss->weights ? hone_sum_of(loss->weights, loss->n) : (double)loss->n;
}

double hone_loss_target_mean(const hone_loss *loss) {
    hone_sum sum = {0, 0};
    for (size_t i = 0; i < loss->n; i++)
        hone_sum_add(&sum, hone_loss_weight(loss, i) * loss->y[i]);
    return hone_sum_value(sum) / hone_loss_total_weight(loss);
}

/* ---- one point ------------------------------------------------------------------------------- */

/* Loss, first and second derivative at score f of a target y. */
struct point {
    double loss, g, h;
};
typedef struct point point_fn(const hone_loss *loss, double f, double y);

static double bounded_exp(double f) {
    return exp(fmin(fmax(f, -700), 700));
}

static inline struct point squared_at(const hone_loss *loss, double f, double y) {
    double r = f - y;
    (void)loss;
    return (struct point){r * r / 2, r, 1};
}

static inline struct point absolute_at(const hone_loss *loss, double f, double y) {
    double r = f - y;
    (void)loss;
    return (struct point){fabs(r), (r > 0) - (r < 0), 1};
}

static inline struct point huber_at(const hone_loss *loss, double f, double y) {
    double r = f - y, d = loss->delta;
    if (fabs(r) <= d)
        return (struct point){r * r / 2, r, 1};
    return (struct point){d * (fabs(r) - d / 2), r > 0 ? d : -d, 1};
}

static inline struct point quantile_at(const hone_loss *loss, double f, double y) {
    double r = f - y, a = loss->alpha;
    return r < 0 ? (struct point){-a * r, -a, 1} : (struct point){(1 - a) * r, 1 - a, 1};
}

static inline struct point poisson_at(const hone_loss *loss, double f, double y) {
    double e = bounded_exp(f);
    (void)loss;
    return (struct point){e - y * f, e - y, e};
}

static inline struct point gamma_at(const hone_loss *loss, double f, double y) {
    double e = y * bounded_exp(-f);
    (void)loss;
    return (struct point){e + f, 1 - e, e};
}

static inline struct point tweedie_at(const hone_loss *loss, double f, double y) {
    double a = 1 - loss->power, b = 2 - loss->power;
    double ea = y * bounded_exp(a * f), eb = bounded_exp(b * f);
    return (struct point){-ea / a + eb / b, -ea + eb, -a * ea + b * eb};
}

/* ---- rows ------------------------------------------------------------------------------------ */

static inline void derive_with(point_fn *at, const hone_loss *loss, const double *score,
                               size_t first, size_t end, float *g, float *h) {
    for (size_t i = first; i < end; i++) {
        struct point point = at(loss, score[i], loss->y[i]);
        double w = hone_loss_weight(loss, i);
        g[i] = (float)(w * point.g);
        h[i] = (float)(w * point.h);
    }
}

static inline double sum_with(point_fn *at, const hone_loss *loss, const double *score,
                              size_t first, size_t end) {
    hone_sum sum = {0, 0};
    for (size_t i = first; i < end; i++)
        hone_sum_add(&sum, hone_loss_weight(loss, i) * at(loss, score[i], loss->y[i]).loss);
    return hone_sum_value(sum);
}

/* The two loops of a loss, with its point compiled in. */
#define LOOPS_OF(name)                                                                  \
    static void derive_##name(const hone_loss *loss, const double *score, size_t first, \
                              size_t end, float *g, float *h) {                         \
        derive_with(name##_at, loss, score, first, end, g, h);                          \
    }                                                                                   \
    static double loss_##name(const hone_loss *loss, const double *score, size_t first, \
                              size_t end) {                                             \
        return sum_with(name##_at, loss, score, first, end);                            \
    }
LOOPS_OF(squared)
LOOPS_OF(absolute)
LOOPS_OF(huber)
LOOPS_OF(quantile)
LOOPS_OF(poisson)
LOOPS_OF(gamma)
LOOPS_OF(tweedie)

static void link_exp(double *score, size_t n, size_t k) {
    for (size_t i = 0; i < n * k; i++)
        score[i] = bounded_exp(score[i]);
}

/* ---- where it begins ------------------------------------------------------------------------- */

static hone_status start_mean(const hone_loss *loss, double *base, hone_error *err) {
    (void)err;
    base[0] = hone_loss_target_mean(loss);
    return HONE_OK;
}

static hone_status start_log_mean(const hone_loss *loss, double *base, hone_error *err) {
    (void)err;
    base[0] = log(hone_loss_target_mean(loss));
    return HONE_OK;
}

static double half(const hone_loss *loss) {
    (void)loss;
    return 0.5;
}

static double alpha(const hone_loss *loss) {
    return loss->alpha;
}

static hone_status start_quantile(const hone_loss *loss, double *base, hone_error *err) {
    const hone_objective *kind = loss->kind;
    double q = kind->leaf_quantile ? kind->leaf_quantile(loss) : 0.5;
    return hone_loss_quantile(loss, NULL, NULL, loss->n, q, base, err);
}

/* ---- what y must be -------------------------------------------------------------------------- */

static hone_status check_above(const char *who, const char *name, bool zero_too, const double *y,
                               size_t n, hone_error *err) {
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        if (y[i] < 0 || (y[i] == 0 && !zero_too))
            return hone_fail(err, HONE_EDATA, "%s: loss=%s needs targets %s 0, got %g in row %zu",
                             who, name, zero_too ? ">=" : ">", y[i], i);
        most = y[i] > most ? y[i] : most;
    }
    if (most == 0)
        return hone_fail(err, HONE_EDATA, "%s: loss=%s needs a target > 0, all are 0", who, name);
    return HONE_OK;
}

static hone_status check_poisson(const char *who, const double *y, size_t n, hone_error *err) {
    return check_above(who, "poisson", true, y, n, err);
}

static hone_status check_gamma(const char *who, const double *y, size_t n, hone_error *err) {
    return check_above(who, "gamma", false, y, n, err);
}

static hone_status check_tweedie(const char *who, const double *y, size_t n, hone_error *err) {
    return check_above(who, "tweedie", true, y, n, err);
}

/* ---- rows of the table ----------------------------------------------------------------------- */

/* clang-format off */
const hone_objective hone_squared_loss = {.name = "squared_error", .constant_hessian = true,
    .start = start_mean, .derive = derive_squared, .loss = loss_squared};
const hone_objective hone_absolute_loss = {.name = "absolute_error", .constant_hessian = true,
    .start = start_quantile, .derive = derive_absolute, .loss = loss_absolute, .leaf_quantile = half};
const hone_objective hone_huber_loss = {.name = "huber", .constant_hessian = true,
    .start = start_quantile, .derive = derive_huber, .loss = loss_huber};
const hone_objective hone_quantile_loss = {.name = "quantile", .constant_hessian = true,
    .start = start_quantile, .derive = derive_quantile, .loss = loss_quantile, .leaf_quantile = alpha};
const hone_objective hone_poisson_loss = {.name = "poisson", .check = check_poisson,
    .start = start_log_mean, .derive = derive_poisson, .loss = loss_poisson, .link = link_exp};
const hone_objective hone_gamma_loss = {.name = "gamma", .check = check_gamma,
    .start = start_log_mean, .derive = derive_gamma, .loss = loss_gamma, .link = link_exp};
const hone_objective hone_tweedie_loss = {.name = "tweedie", .check = check_tweedie,
    .start = start_log_mean, .derive = derive_tweedie, .loss = loss_tweedie, .link = link_exp};
/* clang-format on */
