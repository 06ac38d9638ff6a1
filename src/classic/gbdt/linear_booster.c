/* linear_booster.c -- boosting of a linear model: an iteration is one round of coordinate steps.
 *
 *     b -= step sum g / sum h,   c_j += step d_j,   d_j the minimiser of
 *     d sum g x_j + d^2/2 sum h x_j^2 + l2/2 (c_j + d)^2 + l1 |c_j + d|
 * with g followed up by h x_j d_j after each step: regularised linear or logistic regression. x_j
 * is less its mean meanwhile, else the steps of b and c_j would work against one another.
 * Missing values count 0. Shapes: X n x m, c K x m. Cost: O(n m K) an iteration, a copy of X.
 * Reference: Friedman, Hastie & Tibshirani 2010; Chen & Guestrin 2016 (gblinear). */
#include "classic/gbdt/booster_impl.h"

#include "core/parallel.h"
#include "core/sum.h"

#include <math.h>

struct steps {
    hone_boost_run *run;
    size_t n, m;  /* rows to learn from, columns */
    double *x;    /* m x rows, without missing values, less the mean */
    double *mean; /* m */
    double *g, *h;
    float *first, *second; /* K x n: as the loss gives them */
};

static hone_status begin(struct steps *s, hone_error *err) {
    hone_boost_run *run = s->run;
    const hone_schema *schema = run->data->schema;
    hone_status status;
    for (size_t j = 0; j < s->m; j++)
        if (schema->columns[j].kind == HONE_CATEGORICAL)
            return hone_fail(err, HONE_EUNSUPPORTED,
                             "%s: booster=linear takes numbers only, column '%s' has categories",
                             run->who, schema->columns[j].name);
    if ((status = hone_new2(&s->x, s->m, run->n, err)) ||
        (status = hone_new(&s->mean, s->m, err)) || (status = hone_new(&s->g, s->n, err)) ||
        (status = hone_new(&s->h, s->n, err)) ||
        (status = hone_new2(&s->first, run->outputs, s->n, err)) ||
        (status = hone_new2(&s->second, run->outputs, s->n, err)))
        return status;
    for (size_t i = 0; i < run->n; i++) {
        const double *row = hone_view_row(run->data->x, run->order ? run->order[i] : i);
        for (size_t j = 0; j < s->m; j++)
            s->x[j * run->n + i] = isnan(row[j]) ? 0 : row[j];
    }
    for (size_t j = 0; j < s->m; j++) {
        double *x = s->x + j * run->n;
        s->mean[j] = hone_sum_of(x, s->n) / (double)s->n;
        for (size_t i = 0; i < run->n; i++)
            x[i] -= s->mean[j];
    }
    return HONE_OK;
}

/* How far coefficient c goes, by its sums g = sum g x and h = sum h x^2. */
static double step_of(const struct gbdt_params *p, double c, double g, double h) {
    double size = h + p->l2_regularization, slope = g + p->l2_regularization * c;
    if (!(h > 1e-12) || !isfinite(size))
        return 0;
    double to = c - slope / size;
    return copysign(fmax(fabs(to) - p->l1_regularization / size, 0), to) - c;
}

static void move_scores(struct steps *s, size_t k, const double *x, double d) {
    hone_boost_run *run = s->run;
    for (size_t i = 0; i < s->n; i++)
        s->g[i] += s->h[i] * d * (x ? x[i] : 1);
    for (size_t i = 0; i < run->n; i++)
        run->score[i * run->outputs + k] += d * (x ? x[i] : 1);
}

static void round_of(struct steps *s, size_t k) {
    const struct gbdt_params *p = s->run->p;
    struct gbdt_state *state = s->run->state;
    double g = 0, h = 0;
    for (size_t i = 0; i < s->n; i++) {
        g += s->g[i] = (double)s->first[k * s->n + i];
        h += s->h[i] = (double)s->second[k * s->n + i];
    }
    double d = h > 0 ? -p->learning_rate * g / h : 0;
    state->trees.base[k] += d;
    move_scores(s, k, NULL, d);
    for (size_t j = 0; j < s->m; j++) {
        const double *x = s->x + j * s->run->n;
        double *coef = state->coef + k * s->m + j;
        g = h = 0;
        for (size_t i = 0; i < s->n; i++)
            g += s->g[i] * x[i], h += s->h[i] * x[i] * x[i];
        d = p->learning_rate * step_of(p, *coef, g, h);
        *coef += d;
        state->trees.base[k] -= d * s->mean[j];
        if (d != 0)
            move_scores(s, k, x, d);
    }
}

/* What a warm start goes on from. */
static void score_coefs(struct steps *s) {
    hone_boost_run *run = s->run;
    for (size_t k = 0; k < run->outputs; k++)
        for (size_t j = 0; j < s->m; j++)
            for (size_t i = 0; i < run->n; i++)
                run->score[i * run->outputs + k] +=
                    run->state->coef[k * s->m + j] * (s->x[j * run->n + i] + s->mean[j]);
}

static hone_status rounds(struct steps *s, size_t first, hone_error *err) {
    hone_boost_run *run = s->run;
    hone_status status = HONE_OK;
    bool stop = false;
    for (size_t t = first; t < (size_t)run->p->n_estimators && status == HONE_OK && !stop; t++) {
        if ((status = hone_monitor_poll(run->mon, err)) ||
            (status = hone_loss_tune(&run->learn, run->score, err)) ||
            (status = hone_loss_derive(run->who, &run->learn, run->score, t, s->first, s->second,
                                       run->mon, err)))
            return status;
        for (size_t k = 0; k < run->outputs; k++)
            round_of(s, k);
        run->state->n_iter = t + 1;
        if (run->p->early_stopping)
            status = hone_boost_judge(run, &stop, err);
    }
    return status;
}

hone_status hone_boost_linear(hone_boost_run *run, size_t first, hone_error *err) {
    struct steps s = {.run = run, .n = run->n_learn, .m = run->data->x.cols};
    hone_status status = begin(&s, err);
    if (status == HONE_OK && run->state->n_coefs == 0) {
        status = hone_new2(&run->state->coef, run->outputs, s.m, err);
        run->state->n_coefs = s.m;
    }
    if (status == HONE_OK) {
        score_coefs(&s);
        status = rounds(&s, first, err);
    }
    hone_release(s.x);
    hone_release(s.mean);
    hone_release(s.g);
    hone_release(s.h);
    hone_release(s.first);
    hone_release(s.second);
    return status;
}
