/* dummy_regressor.c -- looks at y only: what any real regressor has to beat.
 *
 *   mean      sum w y / sum w;
 *   median    the quantile 1/2;
 *   quantile  the smallest y with a sum of weights up to it >= q W (W the sum of all), averaged
 *             with the next y when that sum is just q W: weight 2 means the row twice, and
 *             the median of unweighted rows is the usual one. scikit-learn interpolates
 *             unweighted quantiles between two rows instead;
 *   constant  the parameter of that name.
 * Cost: O(n log n) to fit.   Reference: Hyndman & Fan 1996, definition 2.                     */
#include "classic/classic.h"

#include "core/sum.h"

#include <math.h>
#include <stdlib.h>

enum strategy { MEAN, MEDIAN, QUANTILE, CONSTANT };
static const char *const STRATEGIES[] = {"mean", "median", "quantile", "constant", NULL};

struct params {
    int strategy;
    double quantile, constant;
};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_ENUM(params, strategy, "mean", STRATEGIES, "which value every row gets"),
    HONE_REAL(params, quantile, 0.5, "[0, 1]",      "which quantile, for strategy quantile"),
    HONE_REAL(params, constant, 0, "(-inf, inf)",   "which value, for strategy constant"),
    HONE_PARAM_END
};

struct state {
    double constant;
};

static const hone_attr ATTRS[] = {
    HONE_NUMBER(state, constant,                    "value that every row gets"),
    HONE_ATTR_END
};
/* clang-format on */

struct item {
    double y, w;
};

static int by_y(const void *a, const void *b) {
    double x = ((const struct item *)a)->y, y = ((const struct item *)b)->y;
    return (x > y) - (x < y);
}

static double weight_of(const hone_dataset *data, size_t i) {
    return data->weights ? data->weights[i] : 1;
}

static double total_weight(const hone_dataset *data) {
    hone_sum sum = {0, 0};
    for (size_t i = 0; i < data->y.rows; i++)
        hone_sum_add(&sum, weight_of(data, i));
    return hone_sum_value(sum);
}

static double mean(const hone_dataset *data) {
    hone_sum sum = {0, 0};
    for (size_t i = 0; i < data->y.rows; i++)
        hone_sum_add(&sum, weight_of(data, i) * *hone_view_row(data->y, i));
    return hone_sum_value(sum) / total_weight(data);
}

static hone_status quantile(const hone_dataset *data, double q, double *out, hone_error *err) {
    size_t n = data->y.rows;
    struct item *items = NULL;
    hone_status status = hone_new(&items, n, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        items[i] = (struct item){*hone_view_row(data->y, i), weight_of(data, i)};
    qsort(items, n, sizeof *items, by_y);
    double want = q * total_weight(data);
    hone_sum sum = {items[0].w, 0};
    size_t at = 0;
    while (at + 1 < n && hone_sum_value(sum) < want)
        hone_sum_add(&sum, items[++at].w);
    bool between = at + 1 < n && q > 0 && hone_sum_value(sum) == want;
    *out = between ? items[at].y / 2 + items[at + 1].y / 2 : items[at].y;
    hone_release(items);
    return HONE_OK;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct params *p = params;
    struct state *s = state;
    (void)mon;
    s->constant = p->constant;
    if (p->strategy == MEAN)
        s->constant = mean(data);
    if (p->strategy == MEDIAN || p->strategy == QUANTILE)
        return quantile(data, p->strategy == MEDIAN ? 0.5 : p->quantile, &s->constant, err);
    return HONE_OK;
}

static hone_status predict(const void *params, const void *state, hone_view x, double *out,
                           hone_error *err) {
    const struct state *s = state;
    (void)params, (void)err;
    for (size_t i = 0; i < x.rows; i++)
        out[i] = s->constant;
    return HONE_OK;
}

const hone_class hone_dummy_regressor = {
    .name = "dummy_regressor",
    .summary = "answers the mean (or a quantile) of the target, whatever the row",
    .alias = "dummy",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS | HONE_TAG_MISSING | HONE_TAG_CATEGORIES,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .predict = predict,
};
