/* boost_rows.c -- rows set aside for early stopping, and the rows that an iteration learns from.
 *
 * Uniform: each row with probability `subsample`. GOSS: the top_rate of rows with the largest
 * sum of |g h| over the outputs, and of the others as many as other_rate of all, at random, whose
 * derivatives are raised by (1 - top_rate) / other_rate: sums stay true on average.
 * Cost: O(rows).   Reference: Ke et al., "LightGBM", NIPS 2017. */
#include "classic/gbdt/booster_impl.h"

#include "core/rng.h"

#include <math.h>
#include <string.h>

enum { ASIDE = 0xA51D, SAMPLE = 0x5A3F, SIZES = 65536 };

/* ---- rows set aside -------------------------------------------------------------------------- */

/* Of each class (of all rows, for values) their share, but never the last row. */
static hone_status aside_by_class(const hone_boost_run *run, bool *aside, hone_error *err) {
    size_t n = run->n, classes = run->classes ? run->state->n_classes : 1, *rows = NULL;
    hone_status status = hone_new(&rows, n, err);
    for (size_t c = 0; status == HONE_OK && c < classes; c++) {
        size_t members = 0;
        for (size_t i = 0; i < n; i++)
            if (!run->classes || (size_t)*hone_view_row(run->data->y, i) == c)
                rows[members++] = i;
        size_t quota = (size_t)(run->p->validation_fraction * (double)members + 0.5);
        quota = members > 0 && quota >= members ? members - 1 : quota;
        hone_rng rng = hone_rng_at(run->p->seed, hone_rng_stream(ASIDE, c));
        hone_rng_shuffle(&rng, rows, members);
        for (size_t i = 0; i < quota; i++)
            aside[rows[i]] = true;
    }
    hone_release(rows);
    return status;
}

/* Whole groups, in a random order, until the share is reached. */
static hone_status aside_by_group(const hone_boost_run *run, bool *aside, hone_error *err) {
    const uint32_t *group = run->data->groups;
    size_t n = run->n, n_groups = 0, taken = 0, *order = NULL, *count = NULL;
    hone_status status;
    for (size_t i = 0; i < n; i++)
        n_groups = group[i] >= n_groups ? (size_t)group[i] + 1 : n_groups;
    if ((status = hone_new(&order, n_groups, err)) == HONE_OK)
        status = hone_new(&count, n_groups, err);
    for (size_t i = 0; status == HONE_OK && i < n; i++)
        count[group[i]]++;
    for (size_t i = 0; status == HONE_OK && i < n_groups; i++)
        order[i] = i;
    if (status == HONE_OK) {
        hone_rng rng = hone_rng_at(run->p->seed, hone_rng_stream(ASIDE, 0));
        double quota = run->p->validation_fraction * (double)n;
        hone_rng_shuffle(&rng, order, n_groups);
        for (size_t i = 0; i < n_groups; i++) {
            size_t rows = count[order[i]];
            bool take = (double)taken < quota && taken + rows < n;
            taken += take ? rows : 0;
            count[order[i]] = take;
        }
        for (size_t i = 0; i < n; i++)
            aside[i] = count[group[i]] == 1;
    }
    hone_release(order);
    hone_release(count);
    return status;
}

/* Rows to learn from come first, in the order of the data; then those set aside. */
static hone_status set_aside(hone_boost_run *run, hone_error *err) {
    bool *aside = NULL;
    size_t at = 0;
    hone_status status = hone_new(&aside, run->n, err);
    if (status == HONE_OK)
        status = hone_new(&run->order, run->n, err);
    if (status == HONE_OK)
        status =
            run->data->groups ? aside_by_group(run, aside, err) : aside_by_class(run, aside, err);
    for (int side = 0; status == HONE_OK && side < 2; side++) {
        for (size_t i = 0; i < run->n; i++)
            if (aside[i] == side)
                run->order[at++] = (uint32_t)i;
        run->n_learn = side == 0 ? at : run->n_learn;
    }
    hone_release(aside);
    if (status == HONE_OK && run->n_learn == run->n)
        status = hone_fail(err, HONE_EDATA,
                           "%s: validation_fraction %g of %zu rows leaves no row for validation; "
                           "give more rows or set early_stopping=false",
                           run->who, run->p->validation_fraction, run->n);
    return status;
}

/* Groups may take all rows of a class away. */
static hone_status check_classes(const hone_boost_run *run, hone_error *err) {
    size_t classes = run->state->n_classes, left = classes;
    bool *met = NULL;
    hone_status status = hone_new(&met, classes, err);
    for (size_t i = 0; status == HONE_OK && i < run->n_learn; i++) {
        left -= !met[(size_t)run->y[i]];
        met[(size_t)run->y[i]] = true;
    }
    hone_release(met);
    if (status == HONE_OK && left > 0)
        status = hone_fail(err, HONE_EDATA,
                           "%s: the groups set aside for early stopping hold all rows of %zu "
                           "classes; give more groups or set early_stopping=false",
                           run->who, left);
    return status;
}

static hone_loss loss_of(const hone_boost_run *run, size_t first, size_t end) {
    const struct gbdt_params *p = run->p;
    return (hone_loss){.kind = hone_objective_of(run->classes, p->loss, run->state->n_classes),
                       .n = end - first,
                       .outputs = run->outputs,
                       .y = run->y + first,
                       .weights = run->weights ? run->weights + first : NULL,
                       .alpha = p->alpha,
                       .power = p->tweedie_variance_power,
                       .fn = p->fn,
                       .user = p->user};
}

static hone_status order_target(hone_boost_run *run, hone_error *err) {
    hone_status status = hone_new(&run->own[0], run->n, err);
    for (size_t i = 0; status == HONE_OK && i < run->n; i++)
        run->own[0][i] = *hone_view_row(run->data->y, run->order ? run->order[i] : i);
    run->y = run->own[0];
    return status;
}

static hone_status order_weights(hone_boost_run *run, hone_error *err) {
    hone_status status = hone_new(&run->own[1], run->n, err);
    for (size_t i = 0; status == HONE_OK && i < run->n; i++)
        run->own[1][i] = run->data->weights[run->order[i]];
    run->weights = run->own[1];
    return status;
}

hone_status hone_boost_rows(hone_boost_run *run, hone_error *err) {
    const hone_dataset *data = run->data;
    hone_status status = HONE_OK;
    run->n = run->n_learn = data->x.rows;
    if (run->p->early_stopping && (status = set_aside(run, err)) != HONE_OK)
        return status;
    run->y = data->y.data, run->weights = data->weights;
    if (run->order != NULL || data->y.ld != 1)
        status = order_target(run, err);
    if (status == HONE_OK && run->order != NULL && data->weights != NULL)
        status = order_weights(run, err);
    if (status == HONE_OK && run->classes && data->groups != NULL && run->order != NULL)
        status = check_classes(run, err);
    if (status == HONE_OK) {
        run->learn = loss_of(run, 0, run->n_learn);
        run->judge = loss_of(run, run->n_learn, run->n);
    }
    return status;
}

/* ---- rows of an iteration -------------------------------------------------------------------- */

/* Draws a row with probability share, 16 bits at a time. */
struct draw {
    hone_rng rng;
    uint64_t bits;
    unsigned left;
    uint32_t limit;
};

static bool drawn(struct draw *draw) {
    if (draw->left == 0)
        draw->bits = hone_rng_next(&draw->rng), draw->left = 4;
    bool yes = (draw->bits & 0xFFFF) < draw->limit;
    draw->bits >>= 16, draw->left--;
    return yes;
}

/* chosen: those that `take` holds, then the others. */
static void line_up(hone_boost_run *run, const bool *take) {
    size_t yes = 0, no = run->n_learn;
    for (size_t i = 0; i < run->n_learn; i++)
        if (take[i])
            run->chosen[yes++] = (uint32_t)i;
    run->n_chosen = yes;
    for (size_t i = run->n_learn; i-- > 0;)
        if (!take[i])
            run->chosen[--no] = (uint32_t)i;
}

/* The leading 16 bits of a number >= 0 grow with it. */
static uint32_t size_class(float size) {
    uint32_t bits;
    memcpy(&bits, &size, sizeof bits);
    return bits >> 16;
}

static float size_of_row(const hone_boost_run *run, size_t i) {
    float size = 0;
    for (size_t k = 0; k < run->outputs; k++)
        size += fabsf(run->g[k * run->n_learn + i] * run->h[k * run->n_learn + i]);
    return size;
}

/* The class of sizes that the smallest of the `want` largest rows is in; *within: how many of that
 * class are among them. */
static uint32_t boundary(const size_t *count, size_t want, size_t *within) {
    uint32_t class = SIZES;
    size_t above = 0;
    while (class > 0 && above < want)
        above += count[--class];
    *within = class < SIZES ? want - (above - count[class]) : 0;
    return class;
}

static void raise_row(hone_boost_run *run, size_t i, float factor) {
    for (size_t k = 0; k < run->outputs; k++) {
        run->g[k * run->n_learn + i] *= factor;
        run->h[k * run->n_learn + i] *= factor;
    }
}

static hone_status choose_goss(hone_boost_run *run, struct draw *draw, bool *take,
                               hone_error *err) {
    const struct gbdt_params *p = run->p;
    size_t *count = NULL, n = run->n_learn, within = 0, want = (size_t)(p->top_rate * (double)n);
    hone_status status = hone_new(&count, SIZES, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        count[size_class(size_of_row(run, i))]++;
    uint32_t least = boundary(count, want > 0 ? want : 1, &within);
    draw->limit = (uint32_t)(65536 * p->other_rate / (1 - p->top_rate));
    for (size_t i = 0; i < n; i++) {
        uint32_t class = size_class(size_of_row(run, i));
        bool large = class > least || (class == least && within > 0);
        within -= large && class == least;
        take[i] = large || drawn(draw);
        if (take[i] && !large)
            raise_row(run, i, (float)((1 - p->top_rate) / p->other_rate));
    }
    hone_release(count);
    return status;
}

hone_status hone_boost_sample(hone_boost_run *run, size_t iteration, hone_error *err) {
    const struct gbdt_params *p = run->p;
    struct draw draw = {.rng = hone_rng_at(p->seed, hone_rng_stream(SAMPLE, iteration)),
                        .limit = (uint32_t)lround(65536 * p->subsample)};
    bool goss = p->sampling == HONE_SAMPLE_GOSS, *take = NULL;
    hone_status status = HONE_OK;
    run->n_chosen = 0;
    if (!goss && p->subsample >= 1)
        return HONE_OK;
    if ((status = hone_new(&take, run->n_learn, err)) != HONE_OK)
        return status;
    if (goss)
        status = choose_goss(run, &draw, take, err);
    else
        for (size_t i = 0; i < run->n_learn; i++)
            take[i] = drawn(&draw);
    if (status == HONE_OK)
        line_up(run, take); /* none drawn: all are taken */
    hone_release(take);
    return status;
}
