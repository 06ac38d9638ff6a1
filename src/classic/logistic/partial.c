/* partial.c -- one batch of rows more, by one pass of gradient descent over it.
 *
 * Columns stay as they are, since the first batch need not know their scales: bring them to a like
 * one. Whatever the solver, steps are those of mini_batch_gd (of sgd if that is asked for); they
 * shrink like 1 / sqrt of the batches, and the penalty counts against the weight seen so far.
 * Cost: O(n m k) for n rows, on one thread. */
#include "classic/logistic/logistic.h"

#include "classic/linear/linear.h"
#include "core/alloc.h"
#include "core/error.h"
#include "core/estimator_impl.h"

/* What the pass needs, in columns of scale 1. */
struct columns {
    double *inverse, *mean, *penalty, *penalty1, *u, *raw, *v;
    uint32_t *y;
};

static void free_columns(struct columns *c) {
    hone_release(c->inverse);
    hone_release(c->mean);
    hone_release(c->penalty);
    hone_release(c->penalty1);
    hone_release(c->u);
    hone_release(c->raw);
    hone_release(c->v);
    hone_release(c->y);
}

static hone_status make_columns(size_t n, size_t m, size_t k, struct columns *c, hone_error *err) {
    hone_status status;
    if ((status = hone_new(&c->inverse, m, err)) != HONE_OK ||
        (status = hone_new(&c->mean, m, err)) != HONE_OK ||
        (status = hone_new(&c->penalty, m + 1, err)) != HONE_OK ||
        (status = hone_new(&c->penalty1, m + 1, err)) != HONE_OK ||
        (status = hone_new(&c->u, n, err)) != HONE_OK ||
        (status = hone_new2(&c->raw, k, m + 1, err)) != HONE_OK ||
        (status = hone_new2(&c->v, k, m + 1, err)) != HONE_OK)
        return status;
    return hone_new(&c->y, n, err);
}

static void fill_columns(const struct hone_logistic_params *p, const hone_dataset *data,
                         struct hone_logistic_state *s, struct columns *c) {
    size_t n = hone_dataset_rows(data), m = s->lines.n_columns;
    double total = 0, squares, absolute;
    for (size_t i = 0; i < n; i++)
        total += data->weights ? data->weights[i] : 1;
    for (size_t i = 0; i < n; i++) {
        c->u[i] = (data->weights ? data->weights[i] : 1) / total;
        c->y[i] = (uint32_t)*hone_view_row(data->y, i);
    }
    s->weight_seen += total;
    hone_logistic_penalties(p, s->weight_seen, &squares, &absolute);
    for (size_t j = 0; j < m; j++)
        c->inverse[j] = 1, c->penalty[j] = squares, c->penalty1[j] = absolute;
}

hone_status hone_logistic_partial(const void *params, const hone_dataset *data,
                                  const hone_monitor *mon, void *state, hone_error *err) {
    const struct hone_logistic_params *p = params;
    struct hone_logistic_state *s = state;
    struct columns c = {0};
    size_t n = hone_dataset_rows(data), m = hone_dataset_cols(data);
    size_t k = hone_linear_vectors(hone_fit_classes(data));
    double passes = s->n_iter + 1;
    if (p->penalty == HONE_LOGISTIC_FIRTH || (p->multi_class == HONE_LOGISTIC_OVR && k > 1))
        return hone_fail(err, HONE_EUNSUPPORTED,
                         "logistic_regression: partial_fit does neither penalty=firth nor "
                         "multi_class=ovr");
    hone_status status = hone_logistic_make_state(data, s, err);
    if (status != HONE_OK || (status = make_columns(n, m, k, &c, err)) != HONE_OK)
        goto done;
    fill_columns(p, data, s, &c);
    struct hone_logistic f = {.y = c.y, .u = c.u, .penalty = c.penalty, .k = k};
    f.penalty1 = c.penalty1;
    f.rows = (struct hone_logistic_rows){.full = data->x,
                                         .sparse = data->sparse,
                                         .n = n,
                                         .m = m,
                                         .d = m + p->fit_intercept,
                                         .mean = c.mean,
                                         .inverse = c.inverse};
    hone_logistic_pack(s, c.raw);
    hone_logistic_from_raw(&f.rows, k, c.raw, c.v);
    if ((status = hone_logistic_pass(&f, p, (size_t)passes, &s->eta, c.v, mon, err)) != HONE_OK)
        goto done;
    hone_logistic_raw(&f.rows, k, c.v, c.raw);
    hone_logistic_unpack(c.raw, s);
    s->n_iter = passes;
    s->n_inferred = 0, s->n_terms = m + p->fit_intercept; /* what was said of them has passed */
done:
    free_columns(&c);
    return status;
}
