/* engine.c -- see engine.h: epochs, schedules, and when to stop.
 *
 * A vector stops when n_iter_no_change epochs in a row have not bettered its best objective by tol
 * (the mean of loss and penalty over the epoch as it went), or, with early_stopping, its best score
 * on the validation rows: accuracy, or R^2.
 * Reference: Bottou 2012, "Stochastic gradient descent tricks"; Crammer et al. 2006, "Online
 * passive-aggressive algorithms". */
#include "classic/sgd/engine.h"

#include "classic/sgd/walk.h"
#include "core/alloc.h"
#include "core/clones.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

enum { SHUFFLE_STREAM = 0x73676473, POLL_CELLS = 1 << 22 };

const char *const hone_sgd_penalty_names[] = {"l2", "l1", "elasticnet", "none", NULL};
const char *const hone_sgd_schedule_names[] = {"constant", "optimal", "invscaling", "adaptive",
                                               "pa1",      "pa2",     NULL};

/* Some of the vectors, on one thread. */
struct team {
    const hone_sgd_plan *plan;
    const hone_sgd_rows *rows;
    hone_sgd_rules rules;
    size_t stretch;            /* rows between two polls */
    double t;                  /* number of the next row, from 1 */
    size_t n, n_active;        /* vectors; those that still learn come first in `active` */
    hone_sgd_walk *walks;      /* n */
    struct progress *progress; /* n */
    hone_sgd_walk **active;    /* n */
    double *paid;              /* n x m with penalty l1 */
    size_t *order;             /* n_train */
    double *scores;            /* n_validation */
};

/* How a vector has come along. */
struct progress {
    double best;
    size_t stale; /* epochs in a row without a better one */
};

/* ---- setting out ----------------------------------------------------------------------------- */

static hone_sgd_rules rules_of(const hone_sgd_plan *plan, const hone_dataset *data) {
    double share = plan->penalty == HONE_SGD_L1           ? 1
                   : plan->penalty == HONE_SGD_ELASTICNET ? plan->l1_ratio
                                                          : 0;
    double alpha = plan->penalty == HONE_SGD_NO_PENALTY ? 0 : plan->alpha;
    return (hone_sgd_rules){
        .loss = plan->loss,
        .bound = isnan(plan->loss->bound) ? plan->epsilon : plan->loss->bound,
        .l1 = alpha * share,
        .l2 = alpha * (1 - share),
        .schedule = plan->schedule,
        .etas = plan->schedule == HONE_SGD_OPTIMAL || plan->schedule == HONE_SGD_INVSCALING,
        .watch = !plan->early_stopping && !isinf(plan->tol) && plan->schedule < HONE_SGD_PA1,
        .value = !plan->early_stopping,
        .classes = plan->classes,
        .fit_intercept = plan->fit_intercept,
        .m = hone_dataset_cols(data),
    };
}

static hone_status open_team(struct team *team, hone_sgd_vector *vectors, hone_error *err) {
    size_t n = team->n, m = team->rules.m, n_train = team->rows->n_train;
    hone_status status;
    if ((status = hone_new(&team->walks, n, err)) || (status = hone_new(&team->progress, n, err)) ||
        (status = hone_new(&team->active, n, err)) ||
        (status = hone_new(&team->order, n_train, err)) ||
        (status = hone_new(&team->scores, team->rows->n_validation, err)) ||
        (team->rules.l1 > 0 && (status = hone_new2(&team->paid, n, m, err))))
        return status;
    memcpy(team->order, team->rows->train, n_train * sizeof *team->order);
    for (size_t c = 0; c < n; c++) {
        hone_sgd_walk *walk = &team->walks[c];
        walk->vector = &vectors[c];
        walk->scale = walk->b = 1;
        walk->eta = team->plan->eta0;
        walk->paid = team->paid ? team->paid + c * m : NULL;
        hone_sgd_measure(walk, m);
        team->progress[c].best = INFINITY;
        team->active[team->n_active++] = walk;
    }
    size_t rows = POLL_CELLS / (m * n);
    team->stretch = rows < 1 ? 1 : rows < HONE_SGD_STRETCH ? rows : HONE_SGD_STRETCH;
    return HONE_OK;
}

static void close_team(struct team *team) {
    hone_release(team->walks);
    hone_release(team->progress);
    hone_release(team->active);
    hone_release(team->paid);
    hone_release(team->order);
    hone_release(team->scores);
}

/* ---- an epoch -------------------------------------------------------------------------------- */

/* eta0 / t^power, by roots where that is the same: they take a tenth of the time. */
HONE_CLONES
static void scale_inversely(double eta0, double power, double t, int n, double *eta) {
    for (int i = 0; power == 0.25 && i < n; i++)
        eta[i] = eta0 / sqrt(sqrt(t + i));
    for (int i = 0; power == 0.5 && i < n; i++)
        eta[i] = eta0 / sqrt(t + i);
    for (int i = 0; power != 0.25 && power != 0.5 && i < n; i++)
        eta[i] = eta0 / pow(t + i, power);
}

/* Bottou's rule: the first eta is that of a vector as long as is typical at the end. */
static double first_t(double alpha) {
    double typical = sqrt(1 / sqrt(alpha));
    return 1 / (typical * alpha);
}

HONE_CLONES
static void go_optimally(double alpha, double t, int n, double *eta) {
    double t0 = first_t(alpha);
    for (int i = 0; i < n; i++)
        eta[i] = 1 / (alpha * (t0 + (t + i) - 1));
}

static void fill_etas(const hone_sgd_plan *plan, double t, size_t n, double *eta) {
    if (plan->schedule == HONE_SGD_OPTIMAL)
        go_optimally(plan->alpha, t, (int)n, eta);
    else if (plan->schedule == HONE_SGD_INVSCALING)
        scale_inversely(plan->eta0, plan->power_t, t, (int)n, eta);
    else
        for (size_t k = 0; k < n; k++)
            eta[k] = plan->eta0;
}

/* How many of the next n rows come before averaging begins. */
static size_t before_average(const hone_sgd_plan *plan, double t, size_t n) {
    double rows = plan->average ? (double)plan->average - t : (double)n;
    return rows <= 0 ? 0 : rows < (double)n ? (size_t)rows : n;
}

static hone_status run_epoch(struct team *team, const hone_monitor *mon, hone_error *err) {
    const hone_sgd_plan *plan = team->plan;
    const hone_dataset *data = team->rows->data;
    size_t n = team->rows->n_train;
    double eta[HONE_SGD_STRETCH];
    for (size_t from = 0, many; from < n; from += many, team->t += (double)many) {
        hone_status status = hone_monitor_poll(mon, err);
        if (status)
            return status;
        many = n - from < team->stretch ? n - from : team->stretch;
        fill_etas(plan, team->t, many, eta);
        hone_sgd_stretch stretch = {team->order + from, many, n - from, eta,
                                    before_average(plan, team->t, many)};
        hone_sgd_walk_rows(&team->rules, data, &stretch, team->active, team->n_active);
    }
    return HONE_OK;
}

/* ---- when to stop ---------------------------------------------------------------------------- */

/* Compressed rows leave some of penalty l1 and some rounding behind. */
static hone_status check_vector(const struct team *team, hone_sgd_walk *walk, size_t epoch,
                                hone_error *err) {
    size_t m = team->rules.m;
    bool finite = isfinite(walk->vector->intercept);
    if (team->rows->data->sparse) {
        if (team->rules.l1 > 0)
            hone_sgd_draw(walk, m);
        hone_sgd_measure(walk, m);
    }
    for (size_t j = 0; finite && j < m; j++)
        finite = isfinite(walk->vector->w[j]);
    if (finite)
        return HONE_OK;
    return hone_fail(err, HONE_ENUMERIC,
                     "%s: the coefficients overflowed in epoch %zu; bring the columns to a like "
                     "scale (standard_scaler) or lower eta0, now %g",
                     team->plan->who, epoch, team->plan->eta0);
}

static double weight_of(const hone_dataset *data, size_t row) {
    return data->weights ? data->weights[row] : 1;
}

/* Share of the weight of validation rows that is on the right side. */
static double accuracy(const struct team *team, const hone_sgd_walk *walk) {
    const hone_sgd_rows *rows = team->rows;
    double right = 0, all = 0;
    for (size_t k = 0; k < rows->n_validation; k++) {
        size_t i = rows->validation[k];
        double w = weight_of(rows->data, i);
        bool positive = *hone_view_row(rows->data->y, i) == walk->vector->positive;
        all += w;
        right += (team->scores[k] > 0) == positive ? w : 0;
    }
    return right / all;
}

static double r_squared(const struct team *team) {
    const hone_sgd_rows *rows = team->rows;
    double all = 0, mean = 0, spread = 0, rest = 0;
    for (size_t k = 0; k < rows->n_validation; k++) {
        double w = weight_of(rows->data, rows->validation[k]);
        all += w;
        mean += w / all * (*hone_view_row(rows->data->y, rows->validation[k]) - mean);
    }
    for (size_t k = 0; k < rows->n_validation; k++) {
        double y = *hone_view_row(rows->data->y, rows->validation[k]), miss = team->scores[k] - y;
        double w = weight_of(rows->data, rows->validation[k]);
        spread += w * (y - mean) * (y - mean);
        rest += w * miss * miss;
    }
    return spread > 0 ? 1 - rest / spread : -rest;
}

/* What an epoch came to; less is better. */
static double outcome(const struct team *team, hone_sgd_walk *walk) {
    const hone_sgd_rows *rows = team->rows;
    double sum = walk->value + (team->rules.watch ? walk->penalty : 0);
    walk->value = walk->penalty = 0;
    if (!team->plan->early_stopping)
        return sum / (double)rows->n_train;
    hone_sgd_score(walk, rows->data, rows->validation, rows->n_validation, team->scores);
    return -(team->plan->classes ? accuracy(team, walk) : r_squared(team));
}

/* Does this vector go on? */
static bool goes_on(const hone_sgd_plan *plan, hone_sgd_walk *walk, struct progress *progress,
                    double now) {
    bool stale = now > progress->best - plan->tol;
    progress->stale = stale ? progress->stale + 1 : 0;
    progress->best = now < progress->best ? now : progress->best;
    if (progress->stale < plan->n_iter_no_change)
        return true;
    if (plan->schedule != HONE_SGD_ADAPTIVE || walk->eta <= 1e-6)
        return false;
    walk->eta /= 5;
    progress->stale = 0;
    return true;
}

static hone_status end_epoch(struct team *team, size_t epoch, hone_error *err) {
    size_t kept = 0;
    for (size_t c = 0; c < team->n_active; c++) {
        hone_sgd_walk *walk = team->active[c];
        hone_status status = check_vector(team, walk, epoch, err);
        if (status)
            return status;
        walk->vector->n_iter = epoch;
        if (goes_on(team->plan, walk, &team->progress[walk - team->walks], outcome(team, walk)))
            team->active[kept++] = walk;
        else
            walk->vector->converged = true;
    }
    team->n_active = kept;
    return HONE_OK;
}

static hone_status run_team(struct team *team, hone_sgd_vector *vectors, const hone_monitor *mon,
                            hone_error *err) {
    hone_status status = open_team(team, vectors, err);
    size_t clipped = 0;
    for (size_t epoch = 1; status == HONE_OK && team->n_active && epoch <= team->plan->max_iter;
         epoch++) {
        hone_rng rng =
            hone_rng_at(team->plan->seed, hone_rng_stream(SHUFFLE_STREAM, (uint64_t)team->t));
        if (team->plan->shuffle)
            hone_rng_reshuffle(&rng, team->order, team->rows->n_train);
        status = run_epoch(team, mon, err);
        if (status == HONE_OK)
            status = end_epoch(team, epoch, err);
    }
    for (size_t c = 0; status == HONE_OK && c < team->n; c++) {
        hone_sgd_settle(&team->walks[c], team->rules.m);
        clipped += team->walks[c].clipped;
    }
    if (clipped)
        hone_monitor_warn(mon,
                          "%s: %zu derivatives above 1e12 were cut down: the coefficients run "
                          "away; bring the columns to a like scale (standard_scaler) or lower eta0",
                          team->plan->who, clipped);
    return status;
}

/* ---- sharing the vectors out ----------------------------------------------------------------- */

struct job {
    const hone_sgd_plan *plan;
    const hone_sgd_rows *rows;
    double t;
    size_t n, n_teams;
    hone_sgd_vector *vectors;
    const hone_monitor *mon;
};

static hone_status run_chunk(void *context, size_t chunk, hone_error *err) {
    const struct job *job = context;
    size_t first = job->n * chunk / job->n_teams, end = job->n * (chunk + 1) / job->n_teams;
    struct team team = {
        .plan = job->plan,
        .rows = job->rows,
        .rules = rules_of(job->plan, job->rows->data),
        .t = job->t,
        .n = end - first,
    };
    hone_status status = run_team(&team, job->vectors + first, job->mon, err);
    close_team(&team);
    return status;
}

hone_status hone_sgd_run(const hone_sgd_plan *plan, const hone_sgd_rows *rows, double t, size_t n,
                         hone_sgd_vector *vectors, const hone_monitor *mon, hone_error *err) {
    size_t threads = (size_t)hone_monitor_threads(mon);
    struct job job = {plan, rows, t, n, n < threads ? n : threads, vectors, mon};
    return hone_parallel(job.n_teams, run_chunk, &job, mon, err);
}
