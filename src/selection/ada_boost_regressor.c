/* ada_boost_regressor.c -- regressors that are each fitted more on rows that were far off before.
 *
 *     member t learns from n rows drawn with probabilities w;   d_i = |f_t(x_i) - y_i| / max d
 *     l_i = d_i | d_i^2 | 1 - exp(-d_i)        e_t = sum_i w_i l_i       b = e_t / (1 - e_t)
 *     a_t = learning_rate log(1 / b),          w_i *= b^(learning_rate (1 - l_i))
 *     predict: the median of f_t(x) with weights a_t
 * AdaBoost.R2. It ends early where a member is exact (a_t = 1) or e_t >= 1/2 (left out, unless it
 * is the first).
 * Shapes: w n.   Cost: a fit and a prediction of all rows per member.
 * Reference: Drucker 1997. */
#include "selection/bag.h"
#include "selection/boost.h"

#include "core/rng.h"

#include <math.h>
#include <string.h>

static const char *const LOSSES[] = {"linear", "square", "exponential", NULL};
enum { LINEAR, SQUARE, EXPONENTIAL };

enum { DRAW_STREAM = 0x626f02 };

static const hone_param PARAMS[] = {
    HONE_STEPS_OR(hone_boost_params, estimator, "decision_tree_regressor:max_depth=3",
                  "the regressor that is boosted"),
    HONE_INT(hone_boost_params, n_estimators, 50, "[1, inf)", "the most members"),
    HONE_REAL(hone_boost_params, learning_rate, 1.0, "(0, inf)",
              "how fast the weights of rows far off grow"),
    HONE_ENUM(hone_boost_params, loss, "linear", LOSSES, "of a row that is off by its share"),
    HONE_SEED(hone_boost_params, seed, "draws the rows of each member"),
    HONE_PARAM_END,
};

static const char WHO[] = "ada_boost_regressor";

/* ---- fit ------------------------------------------------------------------------------------- */

/* n rows drawn with probabilities w, in order. */
static hone_status draw_rows(const hone_boosting *b, hone_dataset **out, hone_error *err) {
    size_t n = b->data->x.rows, t = b->s->n_members, *rows = NULL, *count = NULL;
    hone_rng rng = hone_rng_at(b->p->seed, hone_rng_stream(DRAW_STREAM, t));
    double *sums = NULL;
    hone_status status;
    if ((status = hone_new(&sums, n, err)) || (status = hone_new(&rows, n, err)) ||
        (status = hone_new(&count, n, err)))
        goto done;
    hone_bag_totals(b->w, n, sums);
    for (size_t i = 0; i < n; i++)
        count[hone_bag_pick(sums, n, hone_rng_uniform(&rng))]++;
    for (size_t i = 0, at = 0; i < n; i++)
        for (size_t c = 0; c < count[i]; c++)
            rows[at++] = i;
    status = hone_dataset_take(b->data, rows, n, out, err);
done:
    hone_release(sums);
    hone_release(rows);
    hone_release(count);
    return status;
}

/* says (n) become losses in [0, 1]; returns their weighted mean. */
static double losses_of(const double *y, const double *w, int loss, double *says, size_t n) {
    double most = 0, sum = 0, total = 0;
    for (size_t i = 0; i < n; i++) {
        says[i] = fabs(says[i] - y[i]);
        most = fmax(most, says[i]);
    }
    for (size_t i = 0; i < n; i++) {
        double d = most > 0 ? says[i] / most : 0;
        says[i] = loss == LINEAR ? d : loss == SQUARE ? d * d : 1 - exp(-d);
        sum += w[i] * says[i];
        total += w[i];
    }
    return sum / total;
}

static hone_status boost(hone_boosting *b, bool *more, hone_error *err) {
    size_t n = b->data->x.rows, t = b->s->n_members;
    double rate = b->p->learning_rate;
    hone_dataset *rows = NULL;
    hone_status status = draw_rows(b, &rows, err);
    if (status == HONE_OK)
        status = hone_boost_fit_member(b, rows, NULL, err);
    hone_dataset_free(rows);
    if (status != HONE_OK)
        return status;
    double error = losses_of(b->data->y.data, b->w, b->p->loss, b->says, n);
    *more = error > 0 && error < 0.5;
    if (error >= 0.5 && t > 0) {
        hone_boost_drop_member(b);
        return HONE_OK;
    }
    double beta = error / (1 - error);
    b->s->errors[t] = error;
    b->s->weights[t] = *more ? rate * log(1 / beta) : 1; /* one that stands alone counts anyhow */
    b->s->n_members++;
    for (size_t i = 0; *more && i < n; i++)
        b->w[i] *= pow(beta, rate * (1 - b->says[i]));
    return HONE_OK;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    return hone_boost_fit(WHO, params, data, boost, mon, state, err);
}

/* ---- use ------------------------------------------------------------------------------------- */

/* Sorts n places by their values, equal ones by place (Shell's sort: no memory, no recursion). */
static void sort_places(const double *value, size_t *place, size_t n) {
    size_t gap = 1;
    while (gap < n / 3)
        gap = 3 * gap + 1;
    for (; gap > 0; gap /= 3)
        for (size_t i = gap; i < n; i++) {
            size_t own = place[i], j = i;
            for (; j >= gap && (value[place[j - gap]] > value[own] ||
                                (value[place[j - gap]] == value[own] && place[j - gap] > own));
                 j -= gap)
                place[j] = place[j - gap];
            place[j] = own;
        }
}

/* The first value from below at which half of the weight is reached. */
static double weighted_median(const double *value, const double *weight, size_t *place, size_t n,
                              double total) {
    double sum = 0;
    for (size_t t = 0; t < n; t++)
        place[t] = t;
    sort_places(value, place, n);
    for (size_t t = 0; t < n; t++)
        if ((sum += weight[place[t]]) >= 0.5 * total)
            return value[place[t]];
    return value[place[n - 1]];
}

static hone_status predict(const void *params, const void *state, hone_view x, double *out,
                           hone_error *err) {
    (void)params;
    const hone_boost_state *s = state;
    size_t members = s->n_members, *place = NULL;
    double *says = NULL, *row = NULL, total = 0;
    hone_status status;
    if ((status = hone_new2(&says, members, x.rows, err)) ||
        (status = hone_new(&row, members, err)) || (status = hone_new(&place, members, err)))
        goto done;
    for (size_t t = 0; status == HONE_OK && t < members; t++) {
        total += s->weights[t];
        status = hone_members_ask(s->estimators.at[t], x, 0, false, says + t * x.rows, err);
    }
    for (size_t i = 0; status == HONE_OK && i < x.rows; i++) {
        for (size_t t = 0; t < members; t++)
            row[t] = says[t * x.rows + i];
        out[i] = weighted_median(row, s->weights, place, members, total);
    }
done:
    hone_release(says);
    hone_release(row);
    hone_release(place);
    return status;
}

/* ---- what it is ------------------------------------------------------------------------------ */

static hone_status check(const void *params, hone_error *err) {
    return hone_members_check(&((const hone_boost_params *)params)->estimator, 1, HONE_REGRESSOR,
                              err);
}

const hone_class hone_ada_boost_regressor = {
    .name = WHO,
    .summary = "regressors that are each fitted more on rows that were far off (AdaBoost.R2)",
    .alias = "ada_boost",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_INTERNAL | HONE_TAG_WEIGHTS,
    .params = PARAMS,
    .params_size = sizeof(hone_boost_params),
    .attrs = hone_boost_attrs,
    .state_size = sizeof(hone_boost_state),
    .fit = fit,
    .predict = predict,
    .validate = hone_boost_validate,
    .check = check,
    .tags_of = hone_boost_tags,
};
