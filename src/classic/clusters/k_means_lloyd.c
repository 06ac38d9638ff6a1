/* k_means_lloyd.c -- rows to their nearest centres, centres to the means of their rows, in turn.
 *
 * Each row has an upper limit u of the distance to its own centre and a lower limit l_g of that to
 * the others of each group g of centres. When centres move by d_k,
 *     u += d_own,   l_g -= max of d_k over g,
 * and only groups with l_g <= u have to be looked at. One group is Hamerly's algorithm, groups of
 * one tile are Yinyang's, none is Lloyd's: the limits save work and never change a label. Rows
 * that many groups have to be looked at for are done several at a time, against all centres.
 *
 * Sums of rows (less the columns' means) are kept for each chunk of rows and changed only by rows
 * that change their centre, in the order of rows; at the end they are made anew.
 * Shapes: X n x m, k centres. Cost: n m k for each of the first iterations, then a small part of
 * it; n (m + groups + 2) numbers in single precision.
 * Reference: Hamerly 2010; Ding et al. 2015. */
#include "classic/clusters/k_means.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

enum { ROWS = HONE_CENTER_ROWS, LANES = HONE_CENTER_LANES, BLOCK = 240 };
#define UP    1.000001F /* covers rounding of a few operations */
#define DOWN  0.999999F
#define DRIFT 1e-9 /* of the spread: centres made anew may be off by so much */

/* ---- a run ----------------------------------------------------------------------------------- */

struct lloyd {
    const hone_means_rows *rows;
    const hone_means_plan *plan;
    hone_means_run *run;
    hone_centers centers;
    hone_means_sums sums;
    bool anew;             /* sums are to be made anew */
    float *upper, *lower;  /* n; n x groups */
    float *moved, *fallen; /* k: what u grows by; groups: what l_g falls by */
    float *origin;         /* m zeros */
    size_t *changed;       /* chunks: rows with a new centre */
    double *inertia;       /* chunks */
};

/* What a chunk needs to look at rows. */
struct desk {
    const struct lloyd *run;
    float *score, *least; /* tiles x ROWS x lanes, tiles x ROWS */
    unsigned char *skip;  /* tiles */
    double *squares;      /* k */
    uint32_t before[BLOCK];
    uint32_t list[BLOCK];
    float norm[BLOCK]; /* of the listed rows */
};

static hone_status desk_make(const struct lloyd *run, struct desk *out, hone_error *err) {
    const hone_centers *c = &run->centers;
    hone_status status;
    out->run = run;
    if ((status = hone_new2(&out->score, c->tiles, ROWS * LANES, err)) ||
        (status = hone_new2(&out->least, c->tiles, ROWS, err)) ||
        (status = hone_new(&out->skip, c->tiles, err)))
        return status;
    return hone_new(&out->squares, c->k, err);
}

static void desk_free(struct desk *desk) {
    hone_release(desk->score);
    hone_release(desk->least);
    hone_release(desk->skip);
    hone_release(desk->squares);
}

static size_t min(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t group_of(const struct lloyd *run, size_t label) {
    return label / LANES / run->plan->group_tiles;
}

/* ---- limits ---------------------------------------------------------------------------------- */

static float limit_below(const struct lloyd *run, float norm, float score) {
    float square = norm * norm * (1 - 2 * run->centers.error) + 2 * score;
    return square > 0 ? DOWN * sqrtf(square) : 0;
}

static float limit_above(const struct lloyd *run, float norm, float score) {
    float square = norm * norm * (1 + 2 * run->centers.error) + 2 * score;
    return square > 0 ? UP * sqrtf(square) : 0;
}

/* The distance to the own centre, from above. */
static float own_limit(const struct lloyd *run, size_t i) {
    size_t m = run->centers.m, label = run->run->label[i];
    float square;
    hone_flat_apart(m, run->rows->flat + i * m, &(uint32_t){0}, 1, run->centers.flat + label * m,
                    &square);
    float apart = sqrtf(square) * (1 + run->centers.error);
    float rounded = apart + 2 * run->centers.norm[label]; /* no less than |x| + |c| */
    return UP * (apart + 3e-7F * rounded);
}

/* Lower limits of the groups that were looked at, without the row's own centre. stride as in
 * hone_centers_judge(); rest: the least of the others in the own tile. */
static void set_limits(const struct desk *desk, size_t i, float norm, size_t label, float rest,
                       const float *score, const float *least, size_t stride,
                       const unsigned char *skip) {
    const struct lloyd *run = desk->run;
    const hone_means_plan *plan = run->plan;
    size_t own = label / LANES, tiles = run->centers.tiles;
    float mine = score[own * stride * LANES + label % LANES];
    run->upper[i] = limit_above(run, norm, hone_centers_most(&run->centers, label, norm, mine));
    for (size_t g = 0; g < plan->groups; g++) {
        size_t first = g * plan->group_tiles, end = min(first + plan->group_tiles, tiles);
        float low = INFINITY;
        if (skip && skip[first])
            continue;
        for (size_t t = first; t < end; t++)
            low = fminf(low, t == own ? rest : least[t * stride]);
        run->lower[i * plan->groups + g] = limit_below(run, norm, low);
    }
}

/* ---- assigning ------------------------------------------------------------------------------- */

/* The label by the scores, or by double precision where they leave a doubt. */
static void settle(const struct desk *desk, size_t i, float norm, const float *score,
                   const float *least, size_t stride, const unsigned char *skip) {
    const struct lloyd *run = desk->run;
    const hone_centers *c = &run->centers;
    hone_verdict v = hone_centers_judge(c, score, least, stride, norm, skip);
    size_t label = v.label;
    float rest = v.rest;
    if (!v.sure) {
        label = hone_centers_exact(c, hone_view_row(run->rows->x, i), desk->squares);
        const float *tile = score + label / LANES * stride * LANES;
        rest = INFINITY;
        for (size_t l = 0; l < LANES; l++)
            if (l != label % LANES)
                rest = fminf(rest, tile[l]);
    }
    run->run->label[i] = (uint32_t)label;
    if (!run->plan->groups)
        return;
    if (skip && skip[label / LANES]) { /* rounding alone: look at all of it the next time */
        run->upper[i] = INFINITY;
        return;
    }
    set_limits(desk, i, norm, label, rest, score, least, stride, skip);
}

/* Listed rows of the block at `first`, against all centres. */
static void look_at_all(const struct desk *desk, size_t first, size_t n) {
    const struct lloyd *run = desk->run;
    size_t m = run->centers.m;
    for (size_t i = 0; i < n; i += ROWS) {
        const float *row[ROWS];
        float norm[ROWS];
        for (size_t r = 0; r < ROWS; r++) {
            size_t l = min(i + r, n - 1);
            row[r] = run->rows->flat + (first + desk->list[l]) * m, norm[r] = desk->norm[l];
        }
        hone_centers_scores(&run->centers, row, norm, desk->score, desk->least);
        for (size_t r = 0; r < ROWS && i + r < n; r++)
            settle(desk, first + desk->list[i + r], norm[r], desk->score + r * LANES,
                   desk->least + r, ROWS, NULL);
    }
}

/* One row, against the groups that its limits do not rule out. */
static void look_at_some(const struct desk *desk, size_t i, float norm) {
    const struct lloyd *run = desk->run;
    const hone_means_plan *plan = run->plan;
    const float *lower = run->lower + i * plan->groups;
    size_t own = group_of(run, run->run->label[i]);
    for (size_t g = 0; g < plan->groups; g++) {
        size_t first = g * plan->group_tiles,
               end = min(first + plan->group_tiles, run->centers.tiles);
        bool look = g == own || !(lower[g] > run->upper[i]);
        memset(desk->skip + first, !look, end - first);
        if (look)
            hone_centers_scores_of(&run->centers, run->rows->flat + i * run->centers.m, norm, first,
                                   end, desk->score, desk->least);
    }
    settle(desk, i, norm, desk->score, desk->least, 1, desk->skip);
}

/* Moves the limits of a row with the centres; may it have a new centre? */
static bool is_open(const struct lloyd *run, size_t i) {
    size_t groups = run->plan->groups;
    float *lower = run->lower + i * groups, low = INFINITY;
    float upper = UP * (run->upper[i] + run->moved[run->run->label[i]]);
    for (size_t g = 0; g < groups; g++) {
        float fallen = lower[g] * DOWN - run->fallen[g];
        lower[g] = fallen > 0 ? fallen : 0;
        low = lower[g] < low ? lower[g] : low;
    }
    if (!(upper < low) && upper < INFINITY)
        upper = own_limit(run, i);
    run->upper[i] = upper;
    return !(upper < low);
}

/* The lengths of the listed rows: distances from the origin. Made here, where the rows are in the
 * cache: to keep them for all rows would cost memory and save little. */
static void list_norms(struct desk *desk, size_t first, size_t n) {
    const struct lloyd *run = desk->run;
    size_t m = run->centers.m;
    hone_flat_apart(m, run->rows->flat + first * m, desk->list, n, run->origin, desk->norm);
    for (size_t l = 0; l < n; l++)
        desk->norm[l] = sqrtf(desk->norm[l]);
}

static void look_at_block(struct desk *desk, size_t first, size_t end) {
    const struct lloyd *run = desk->run;
    size_t n = 0, groups = run->plan->groups, pairs = 0;
    for (size_t i = first; i < end; i++) {
        if (groups && !is_open(run, i))
            continue;
        desk->list[n++] = (uint32_t)(i - first);
        for (size_t g = 0; g < groups; g++)
            pairs += !(run->lower[i * groups + g] > run->upper[i]);
    }
    list_norms(desk, first, n);
    if (!groups || 3 * pairs > n * groups) {
        if (n)
            look_at_all(desk, first, n);
        return;
    }
    for (size_t l = 0; l < n; l++)
        look_at_some(desk, first + desk->list[l], desk->norm[l]);
}

static hone_status assign_chunk(void *context, size_t chunk, hone_error *err) {
    struct lloyd *run = context;
    struct desk desk = {.run = NULL};
    uint32_t *label = run->run->label;
    size_t end = hone_cut_first(run->rows->cut, chunk + 1);
    hone_status status = desk_make(run, &desk, err);
    run->changed[chunk] = 0;
    for (size_t i = hone_cut_first(run->rows->cut, chunk); i < end && !status; i += BLOCK) {
        size_t n = min(BLOCK, end - i);
        memcpy(desk.before, label + i, n * sizeof *label);
        look_at_block(&desk, i, i + n);
        for (size_t r = 0; r < n; r++)
            if (label[i + r] != desk.before[r]) {
                run->changed[chunk]++;
                if (!run->anew)
                    hone_means_move_row(&run->sums, chunk, i + r, desk.before[r], label[i + r]);
            }
    }
    desk_free(&desk);
    return status;
}

/* ---- iterations ------------------------------------------------------------------------------ */

/* Gives each centre without rows the row that is furthest from its own. O(n m) for each. */
static void repair(struct lloyd *run) {
    size_t groups = run->plan->groups, n = run->rows->x.rows;
    uint32_t *label = run->run->label;
    for (size_t c = 0; c < run->plan->k; c++) {
        if (run->sums.rows_of[c])
            continue;
        size_t i = hone_means_furthest(&run->sums, label, run->run->center);
        if (i == n)
            return;
        hone_means_move_row(&run->sums, i / run->rows->cut.chunk_rows, i, label[i], c);
        label[i] = (uint32_t)c;
        run->run->n_repaired++;
        if (groups) {
            run->upper[i] = INFINITY;
            memset(run->lower + i * groups, 0, groups * sizeof *run->lower);
        }
        hone_means_average(&run->sums, run->run->center);
    }
}

/* Centres become means; limits are told by how much. Returns the sum of squares. */
static double advance(struct lloyd *run) {
    size_t m = run->centers.m, k = run->centers.k;
    double sum = 0;
    if (run->plan->groups)
        memset(run->fallen, 0, run->plan->groups * sizeof *run->fallen);
    for (size_t c = 0; c < k; c++) {
        double square = hone_means_square(run->sums.mean + c * m, run->run->center + c * m, m);
        float moved = (float)(sqrt(square) * run->rows->frame.scale) * UP;
        sum += square;
        if (!run->plan->groups)
            continue;
        run->moved[c] = moved;
        run->fallen[group_of(run, c)] = fmaxf(run->fallen[group_of(run, c)], moved);
    }
    memcpy(run->run->center, run->sums.mean, k * m * sizeof *run->sums.mean);
    hone_centers_set(&run->centers, run->run->center);
    return sum;
}

static hone_status assign(struct lloyd *run, size_t *changed, const hone_monitor *mon,
                          hone_error *err) {
    hone_status status = hone_parallel(run->rows->cut.chunks, assign_chunk, run, mon, err);
    *changed = 0;
    for (size_t chunk = 0; chunk < run->rows->cut.chunks; chunk++)
        *changed += run->changed[chunk];
    return status;
}

/* Labels to means. */
static hone_status update(struct lloyd *run, const hone_monitor *mon, hone_error *err) {
    hone_status status =
        run->anew ? hone_means_count(&run->sums, run->run->label, run->run->center, mon, err)
                  : HONE_OK;
    run->anew = false;
    if (status != HONE_OK)
        return status;
    hone_means_average(&run->sums, run->run->center);
    repair(run);
    return HONE_OK;
}

/* No row has changed. Sums that were kept over many changes have lost digits: made anew, do they
 * say the same? */
static hone_status is_final(struct lloyd *run, bool *out, const hone_monitor *mon,
                            hone_error *err) {
    double worst = 0, spread = 0;
    run->anew = true;
    hone_status status = update(run, mon, err);
    for (size_t j = 0; j < run->centers.m; j++)
        spread = fmax(spread, run->rows->frame.spread[j]);
    for (size_t i = 0; i < run->centers.k * run->centers.m; i++)
        worst = fmax(worst, fabs(run->sums.mean[i] - run->run->center[i]));
    *out = worst <= DRIFT * spread;
    advance(run);
    return status;
}

static hone_status iterate(struct lloyd *run, const hone_monitor *mon, hone_error *err) {
    const hone_means_plan *plan = run->plan;
    hone_means_run *out = run->run;
    hone_status status = HONE_OK;
    size_t changed = 0;
    bool first = out->labelled;
    while (out->n_iter < plan->max_iter && !out->converged && status == HONE_OK) {
        out->n_iter++;
        if (!first)
            status = assign(run, &changed, mon, err);
        bool strict = !first && out->n_iter > 1 && changed == 0;
        first = false;
        if (status == HONE_OK && strict)
            status = is_final(run, &out->converged, mon, err);
        else if (status == HONE_OK && !(status = update(run, mon, err)))
            if (advance(run) <= plan->tol) {
                out->converged = true;
                status = assign(run, &changed, mon, err);
            }
        hone_monitor_progress(mon, (double)out->n_iter / plan->max_iter, "k_means");
    }
    return status || out->converged ? status : assign(run, &changed, mon, err);
}

static hone_status inertia_chunk(void *context, size_t chunk, hone_error *err) {
    (void)err;
    struct lloyd *run = context;
    size_t m = run->centers.m, end = hone_cut_first(run->rows->cut, chunk + 1);
    double sum = 0;
    for (size_t i = hone_cut_first(run->rows->cut, chunk); i < end; i++)
        sum += hone_means_weight(run->rows, i) *
               hone_means_square(hone_view_row(run->rows->x, i),
                                 run->run->center + run->run->label[i] * m, m);
    run->inertia[chunk] = sum;
    return HONE_OK;
}

static hone_status lloyd_make(struct lloyd *run, hone_error *err) {
    size_t k = run->plan->k, n = run->rows->x.rows, groups = run->plan->groups;
    hone_status status;
    if ((status = hone_centers_make(&run->rows->frame, k, &run->centers, err)) ||
        (status = hone_means_sums_make(run->rows, k, &run->sums, err)) ||
        (status = hone_new(&run->origin, run->rows->x.cols, err)) ||
        (status = hone_new(&run->changed, run->rows->cut.chunks, err)) ||
        (status = hone_new(&run->inertia, run->rows->cut.chunks, err)))
        return status;
    if (groups && ((status = hone_new(&run->upper, n, err)) ||
                   (status = hone_new2(&run->lower, n, groups, err)) ||
                   (status = hone_new(&run->moved, k, err)) ||
                   (status = hone_new(&run->fallen, groups, err))))
        return status;
    for (size_t i = 0; groups && i < n; i++)
        run->upper[i] = INFINITY;
    hone_centers_set(&run->centers, run->run->center);
    return HONE_OK;
}

static void lloyd_free(struct lloyd *run) {
    hone_centers_free(&run->centers);
    hone_means_sums_free(&run->sums);
    hone_release(run->upper);
    hone_release(run->lower);
    hone_release(run->moved);
    hone_release(run->fallen);
    hone_release(run->origin);
    hone_release(run->changed);
    hone_release(run->inertia);
}

hone_status hone_means_lloyd(const hone_means_rows *rows, const hone_means_plan *plan,
                             hone_means_run *out, const hone_monitor *mon, hone_error *err) {
    struct lloyd run = {.rows = rows, .plan = plan, .run = out, .anew = true};
    out->n_iter = 0, out->n_repaired = 0, out->converged = false, out->inertia = 0;
    hone_status status = lloyd_make(&run, err);
    if (status == HONE_OK)
        status = iterate(&run, mon, err);
    if (status == HONE_OK)
        status = hone_parallel(rows->cut.chunks, inertia_chunk, &run, mon, err);
    for (size_t chunk = 0; chunk < rows->cut.chunks && status == HONE_OK; chunk++)
        out->inertia += run.inertia[chunk];
    lloyd_free(&run);
    return status;
}
