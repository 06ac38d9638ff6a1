/* bagging_fit.c -- the bags of the members, and what each learns from its own.
 *
 * Shapes: a bag is a count per row; a member's rows are a copy, of its columns alone where it has
 * not all.   Cost: the members' fits and one such copy per thread. */
#include "selection/bagging.h"

#include "core/parallel.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

/* One fit. */
struct bagging {
    const char *who;
    const hone_bagging_params *p;
    const hone_dataset *data;
    const hone_monitor *mon, *inner;
    size_t n_classes, first; /* first: members that were there */
    hone_bag bag;
    uint8_t *in_bag; /* n_members x n, or NULL */
    hone_bagging_state *s;
    atomic_size_t finished;
};

/* ---- what a member learns from --------------------------------------------------------------- */

/* A member's rows and columns. Owns what its pointers name, but for `data`. */
struct part {
    hone_dataset *taken;
    double *x, *weights;
    hone_column *columns;
    hone_schema schema;
    hone_dataset data;
};

static void part_free(struct part *part) {
    hone_dataset_free(part->taken);
    hone_release(part->x);
    hone_release(part->weights);
    hone_release(part->columns);
}

/* Where weight 2 is the row twice, a row that was drawn twice is learnt from once: less work. */
static bool counts_as_weights(const struct bagging *b) {
    return b->p->bootstrap && (hone_estimator_tags(b->p->estimator.at[0]) & HONE_TAG_EXACT_WEIGHTS);
}

static hone_status take_rows(const struct bagging *b, const uint32_t *count, struct part *out,
                             hone_error *err) {
    size_t n = b->bag.n, at = 0, *rows = NULL;
    bool weigh = counts_as_weights(b);
    hone_dataset source = *b->data;
    if (b->p->bootstrap)
        source.weights = NULL; /* they have had their say in the draw */
    hone_status status = hone_new(&rows, b->bag.rows, err);
    if (status == HONE_OK && weigh)
        status = hone_new(&out->weights, b->bag.rows, err);
    for (size_t i = 0; status == HONE_OK && i < n; i++) {
        if (weigh && count[i]) {
            out->weights[at] = (double)count[i];
            rows[at++] = i;
        }
        for (uint32_t c = 0; !weigh && c < count[i]; c++)
            rows[at++] = i;
    }
    if (status == HONE_OK)
        status = hone_dataset_take(&source, rows, at, &out->taken, err);
    hone_release(rows);
    if (status != HONE_OK)
        return status;
    out->data = *out->taken;
    if (weigh)
        out->data.weights = out->weights;
    return HONE_OK;
}

static hone_status take_columns(const struct bagging *b, const int32_t *columns, struct part *part,
                                hone_error *err) {
    size_t f = b->bag.columns, n = part->data.x.rows;
    hone_status status;
    if (hone_bagging_takes_all(b->p, f, b->bag.m))
        return HONE_OK;
    if ((status = hone_new2(&part->x, n, f, err)) != HONE_OK ||
        (status = hone_new(&part->columns, f, err)) != HONE_OK)
        return status;
    hone_bagging_gather(part->data.x, columns, f, part->x);
    for (size_t j = 0; j < f; j++)
        part->columns[j] = b->data->schema->columns[columns[j]];
    part->schema = *b->data->schema;
    part->schema.n_columns = f, part->schema.columns = part->columns;
    part->data.x = hone_view_of(part->x, n, f);
    part->data.schema = &part->schema;
    return HONE_OK;
}

/* ---- fit ------------------------------------------------------------------------------------- */

static hone_status fit_member(void *context, size_t i, hone_error *err) {
    struct bagging *b = context;
    hone_bagging_state *s = b->s;
    size_t member = b->first + i, n = b->bag.n;
    int32_t *columns = s->features + member * s->n_features;
    struct part part = {.taken = NULL};
    uint32_t *count = NULL;
    hone_status status;
    if ((status = hone_new(&count, n, err)) ||
        (status = hone_bag_rows(&b->bag, member, count, err)) ||
        (status = hone_bag_columns(&b->bag, member, columns, err)) ||
        (status = take_rows(b, count, &part, err)) ||
        (status = take_columns(b, columns, &part, err)))
        goto done;
    for (size_t row = 0; b->in_bag && row < n; row++)
        b->in_bag[member * n + row] = count[row] > 0;
    status =
        hone_members_fit_seeded(b->p->estimator.at[0], hone_bag_seed(&b->bag, member), &part.data,
                                NULL, NULL, b->inner, &s->estimators.at[member], err);
    if (status != HONE_OK)
        status = hone_fail_within(err, status, "%s: member %zu", b->who, member + 1);
    size_t finished = atomic_fetch_add(&b->finished, 1) + 1;
    hone_monitor_progress(b->mon, (double)finished / (double)(s->n_members - b->first), b->who);
done:
    hone_release(count);
    part_free(&part);
    return status;
}

/* A share up to 1, an amount beyond. */
static size_t amount(double value, size_t n) {
    size_t some = value <= 1 ? (size_t)(value * (double)n) : (size_t)value;
    return some ? some : 1;
}

static hone_status set_bag(struct bagging *b, hone_error *err) {
    const hone_bagging_params *p = b->p;
    size_t n = b->data->x.rows, m = b->data->x.cols;
    bool needs_two =
        b->n_classes && !(hone_estimator_tags(p->estimator.at[0]) & HONE_TAG_ONE_CLASS);
    if (p->max_samples > 1 && p->max_samples > (double)n)
        return hone_fail(err, HONE_EDATA, "%s: max_samples is %.0f, but there are %zu rows", b->who,
                         p->max_samples, n);
    if (p->max_features > 1 && p->max_features > (double)m)
        return hone_fail(err, HONE_EDATA, "%s: max_features is %.0f, but there are %zu columns",
                         b->who, p->max_features, m);
    b->bag = (hone_bag){.seed = p->seed,
                        .n = n,
                        .rows = amount(p->max_samples, n),
                        .m = m,
                        .columns = amount(p->max_features, m),
                        .repeats_rows = p->bootstrap,
                        .repeats_columns = p->bootstrap_features,
                        .weights = p->bootstrap ? b->data->weights : NULL,
                        .y = needs_two ? b->data->y.data : NULL};
    return HONE_OK;
}

/* Room for all members, beside those that a warm start has brought. */
static hone_status make_room(struct bagging *b, hone_error *err) {
    hone_bagging_state *s = b->s;
    size_t all = (size_t)b->p->n_estimators, f = b->bag.columns;
    b->first = s->n_members;
    if (b->first > all)
        return hone_fail(err, HONE_EINVAL,
                         "%s: n_estimators is %zu, but warm_start goes on from %zu members", b->who,
                         all, b->first);
    if (b->first && s->n_features != f)
        return hone_fail(err, HONE_EINVAL,
                         "%s: max_features asks for %zu columns, but warm_start goes on from "
                         "members of %zu",
                         b->who, f, s->n_features);
    hone_status status = hone_grow(&s->estimators.at, b->first, all, err);
    if (status == HONE_OK)
        status = hone_grow(&s->features, b->first * f, all * f, err);
    if (status == HONE_OK && b->p->oob_score)
        status = hone_new2(&b->in_bag, all, b->bag.n, err);
    if (status != HONE_OK)
        return status;
    s->estimators.n = s->n_members = all;
    s->n_features = f;
    s->n_answers = b->n_classes ? b->n_classes : 1;
    s->oob_score = NAN;
    return HONE_OK;
}

hone_status hone_bagging_fit(const char *who, const hone_bagging_params *p,
                             const hone_dataset *data, const hone_monitor *mon,
                             hone_bagging_state *s, hone_error *err) {
    hone_monitor inner = mon ? *mon : (hone_monitor){.threads = 0};
    struct bagging b = {.who = who, .p = p, .data = data, .mon = mon, .s = s};
    inner.progress = NULL;
    b.inner = &inner;
    b.n_classes = hone_fit_classes(data);
    hone_status status;
    if ((status = set_bag(&b, err)) == HONE_OK && (status = make_room(&b, err)) == HONE_OK &&
        (status = hone_parallel(s->n_members - b.first, fit_member, &b, mon, err)) == HONE_OK &&
        p->oob_score)
        status = hone_bagging_judge(who, p, data, b.n_classes, b.in_bag, &inner, s, err);
    hone_release(b.in_bag);
    return status;
}
