/* cv_auc.c -- the AUC averaged over the folds of a cross-validation, by influence curves.
 *
 *   theta = mean over folds v of AUC_v
 *   IC_i = (V10_i - AUC_v) / P(Y = 1) for a positive of fold v, (V01_i - AUC_v) / P(Y = 0) for a
 *     negative, V the shares within the fold (ties half), P the shares of the classes in all rows
 *   cov(theta_r, theta_s) = mean_v mean_(i in v) IC_ri IC_si / N
 * The paper has many rows in mind. Folds have few: as in DeLong's variance, squares are divided by
 * m_v - 1, n_v - 1 and not by the counts m_v, n_v of the fold's classes; with one fold it is
 * DeLong's. Over R repeats a row's deviations from the means of its folds are averaged, and the
 * others of its folds, m - 1 of M - 1 drawn anew each time, average out: of the square
 *     (1 - 1/m)^2 + (m - 1)/m^2 (p + (1 - p)/R),  p = (m - 1)/(M - 1)
 * is left, which is what squares are divided by; (m - 1)/m when R = 1.
 * The mean over folds is put into the rows, I_i = IC_i sqrt(N / (folds n_v)), so that the
 * covariance is sum_i I_ri I_si / N^2; clusters add up the I of their rows first, and with several
 * repeats I is their mean: the average of R estimates has the average of their influences.
 * Cost: O(models repeats n + models^2 n).   Reference: LeDell, Petersen & van der Laan 2015. */
#include "inference/delong.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/sort.h"
#include "core/sum.h"

#include <math.h>

enum { FEW_ROWS = 1 << 14 };
static const char WHO[] = "cross-validated AUC";

void hone_cv_auc_free(hone_cv_auc *cv) {
    if (!cv)
        return;
    hone_release(cv->auc);
    hone_release(cv->fold_auc);
    hone_release(cv->covariance);
    hone_release(cv->influence);
    *cv = (hone_cv_auc){0};
}

/* One repeat: the rows of fold v are list[start[v]] .. list[start[v + 1] - 1]. */
struct repeat {
    const hone_scored *scores;
    size_t which;
    size_t *start; /* folds + 1 */
    size_t *list;  /* n */
    hone_cv_auc *out;
    double *influence; /* models x n: this repeat's share is added */
};

/* ---- one fold -------------------------------------------------------------------------------- */

/* Copies the fold's rows; score: models x rows of the fold. */
static void gather(const struct repeat *r, const size_t *rows, size_t n, double *truth,
                   double *score) {
    const hone_scored *all = r->scores;
    for (size_t i = 0; i < n; i++)
        truth[i] = all->truth[rows[i]];
    for (size_t m = 0; m < all->models; m++) {
        const double *from = all->score + (m * r->out->repeats + r->which) * all->n;
        for (size_t i = 0; i < n; i++)
            score[m * n + i] = from[rows[i]];
    }
}

/* Deviations from the mean of a fold's m of all values are too small by this, on the whole: see
 * above. */
static double few(double m, double all, double repeats) {
    if (m < 2)
        return 1;
    double own = 1 - 1 / m, shared = (m - 1) / (all - 1);
    return 1 / sqrt(own * own + own / m * (shared + (1 - shared) / repeats));
}

static void spread(const struct repeat *r, const size_t *rows, size_t n, size_t fold,
                   const double *truth, const hone_delong *d) {
    hone_cv_auc *out = r->out;
    double all = (double)out->rows, share = 1 / (double)out->repeats;
    double weight = share * sqrt(all / ((double)out->folds * (double)n));
    double repeats = (double)out->repeats, p = (double)out->positives, q = (double)out->negatives;
    double up = weight * all / p * few((double)d->positives, p, repeats);
    double down = weight * all / q * few((double)d->negatives, q, repeats);
    for (size_t m = 0; m < out->models; m++) {
        double *to = r->influence + m * out->rows;
        const double *v10 = d->up + m * d->length_up, *v01 = d->down + m * d->length_down;
        for (size_t i = 0; i < n; i++)
            to[rows[i]] += truth[i] != 0 ? up * *v10++ : down * *v01++;
        out->fold_auc[(m * out->repeats + r->which) * out->folds + fold] = d->auc[m];
    }
}

static hone_status run_fold(void *context, size_t fold, hone_error *err) {
    const struct repeat *r = context;
    const size_t *rows = r->list + r->start[fold];
    size_t n = r->start[fold + 1] - r->start[fold];
    double *truth = NULL, *score = NULL;
    hone_delong d = {0};
    hone_status status = hone_new(&truth, n, err);
    if (!status)
        status = hone_new2(&score, r->scores->models, n, err);
    if (status)
        goto done;
    gather(r, rows, n, truth, score);
    hone_scored part = {.n = n, .models = r->scores->models, .truth = truth, .score = score};
    hone_cases cases = {0};
    status = hone_cases_make(WHO, &part, NULL, &cases, err);
    if (!status)
        status = hone_delong_of(&cases, &d, err);
    hone_cases_free(&cases);
    if (status == HONE_EDATA)
        status = hone_fail_within(err, status, "fold %zu of repeat %zu", fold + 1, r->which + 1);
    if (!status)
        spread(r, rows, n, fold, truth, &d);
done:
    hone_release(truth);
    hone_release(score);
    hone_delong_free(&d);
    return status;
}

/* ---- all folds ------------------------------------------------------------------------------- */

/* Lists the rows by fold. */
static void deal(const uint32_t *fold_of, size_t n, size_t folds, size_t *start, size_t *list) {
    for (size_t v = 0; v <= folds; v++)
        start[v] = 0;
    for (size_t i = 0; i < n; i++)
        start[fold_of[i] + 1]++;
    for (size_t v = 0; v < folds; v++)
        start[v + 1] += start[v];
    for (size_t i = 0; i < n; i++)
        list[start[fold_of[i]]++] = i;
    for (size_t v = folds; v > 0; v--)
        start[v] = start[v - 1];
    start[0] = 0;
}

/* Threads are for many rows only. */
static hone_status run_folds(struct repeat *r, const hone_monitor *mon, hone_error *err) {
    hone_status status = hone_monitor_poll(mon, err);
    if (r->scores->n >= FEW_ROWS)
        return hone_parallel(r->out->folds, run_fold, r, mon, err);
    for (size_t v = 0; v < r->out->folds && !status; v++)
        status = run_fold(r, v, err);
    return status;
}

static hone_status run_repeats(const hone_scored *scores, const uint32_t *fold_of,
                               const hone_monitor *mon, double *influence, hone_cv_auc *out,
                               hone_error *err) {
    struct repeat r = {.scores = scores, .out = out, .influence = influence};
    hone_status status = hone_new(&r.start, out->folds + 1, err);
    if (!status)
        status = hone_new(&r.list, scores->n, err);
    for (; !status && r.which < out->repeats; r.which++) {
        deal(fold_of + r.which * scores->n, scores->n, out->folds, r.start, r.list);
        status = run_folds(&r, mon, err);
    }
    hone_release(r.start);
    hone_release(r.list);
    return status;
}

/* Codes of clusters in the order of their numbers; *units gets how many there are. */
static hone_status clusters_of(const double *cluster, size_t n, size_t *code, size_t *units,
                               hone_error *err) {
    uint64_t *key = NULL;
    size_t *row = NULL;
    hone_status status = hone_new(&key, n, err);
    if (!status)
        status = hone_new(&row, n, err);
    if (status)
        goto done;
    for (size_t i = 0; i < n; i++) {
        key[i] = hone_sort_key(cluster[i]);
        row[i] = i;
    }
    status = hone_sort_keys(key, row, n, err);
    *units = 0;
    for (size_t i = 0; !status && i < n; i++) {
        *units += i == 0 || key[i] != key[i - 1];
        code[row[i]] = *units - 1;
    }
done:
    hone_release(key);
    hone_release(row);
    return status;
}

/* From rows (rows of the scores, or sums over clusters) to out->influence and the covariance. */
static hone_status gather_units(const hone_scored *scores, const double *rows, hone_cv_auc *out,
                                hone_error *err) {
    size_t n = out->rows, k = out->models, *code = NULL;
    hone_status status = HONE_OK;
    out->units = n;
    if (scores->cluster) {
        status = hone_new(&code, n, err);
        if (!status)
            status = clusters_of(scores->cluster, n, code, &out->units, err);
    }
    if (!status)
        status = hone_new2(&out->influence, k, out->units, err);
    for (size_t r = 0; r < k && !status; r++)
        for (size_t i = 0; i < n; i++)
            out->influence[r * out->units + (code ? code[i] : i)] += rows[r * n + i];
    for (size_t r = 0; r < k && !status; r++)
        for (size_t s = 0; s < k; s++)
            out->covariance[r * k + s] =
                hone_dot_differences(out->influence + r * out->units, NULL,
                                     out->influence + s * out->units, NULL, out->units) /
                ((double)n * (double)n);
    hone_release(code);
    return status;
}

static hone_status check(const hone_scored *s, const uint32_t *fold_of, size_t folds,
                         size_t repeats, hone_error *err) {
    size_t runs = s->models * repeats;
    if (runs == 0 || folds == 0)
        return hone_fail(err, HONE_EINVAL,
                         "%s: needs a model, a fold and a repeat, got %zu, %zu, %zu", WHO,
                         s->models, folds, repeats);
    if (s->weight)
        return hone_fail(err, HONE_EINVAL, "%s: takes no weights", WHO);
    for (size_t i = 0; i < s->n; i++)
        if (isnan(s->truth[i]) || (s->cluster && isnan(s->cluster[i])))
            return hone_fail(err, HONE_EDATA, "%s: the %s of row %zu must be a number, got nan",
                             WHO, isnan(s->truth[i]) ? "truth" : "cluster", i + 1);
    for (size_t i = 0; i < repeats * s->n; i++)
        if (fold_of[i] >= folds)
            return hone_fail(err, HONE_EDATA, "%s: the fold of row %zu must be below %zu, got %u",
                             WHO, i % s->n + 1, folds, (unsigned)fold_of[i]);
    for (size_t i = 0; i < runs * s->n; i++)
        if (isnan(s->score[i]))
            return hone_fail(err, HONE_EDATA,
                             "%s: the score of row %zu of model %zu must be a number, got nan", WHO,
                             i % s->n + 1, i / s->n / repeats + 1);
    return HONE_OK;
}

hone_status hone_cv_auc_make(const hone_scored *scores, const uint32_t *fold_of, size_t folds,
                             size_t repeats, const hone_monitor *mon, hone_cv_auc *out,
                             hone_error *err) {
    size_t k = scores->models, parts = repeats * folds;
    double *influence = NULL;
    hone_cv_auc cv = {.models = k, .rows = scores->n, .folds = folds, .repeats = repeats};
    hone_status status = check(scores, fold_of, folds, repeats, err);
    if (!status)
        status = hone_new(&cv.auc, k, err);
    if (!status)
        status = hone_new2(&cv.fold_auc, k, parts, err);
    if (!status)
        status = hone_new2(&cv.covariance, k, k, err);
    if (!status)
        status = hone_new2(&influence, k, scores->n, err);
    if (status)
        goto done;
    for (size_t i = 0; i < scores->n; i++)
        cv.positives += scores->truth[i] != 0;
    cv.negatives = scores->n - cv.positives;
    status = run_repeats(scores, fold_of, mon, influence, &cv, err);
    if (!status)
        status = gather_units(scores, influence, &cv, err);
    if (status)
        goto done;
    for (size_t r = 0; r < k; r++)
        cv.auc[r] = hone_sum_of(cv.fold_auc + r * parts, parts) / (double)parts;
    *out = cv;
    cv = (hone_cv_auc){0};
done:
    hone_release(influence);
    hone_cv_auc_free(&cv);
    return status;
}

/* ---- results --------------------------------------------------------------------------------- */

hone_status hone_cv_auc_interval(const hone_cv_auc *cv, size_t model, hone_auc_method method,
                                 double level, hone_interval *out, hone_error *err) {
    static const char *const names[] = {"influence curve, logit", "Newcombe, score",
                                        "influence curve, Wald"};
    hone_status status = hone_level_check(WHO, level, err);
    if (!status)
        status = hone_index_check(WHO, "model", model, cv->models, err);
    if (status)
        return status;
    size_t m = cv->positives < cv->units ? cv->positives : cv->units;
    size_t n = cv->negatives < cv->units ? cv->negatives : cv->units;
    double se = sqrt(cv->covariance[model * cv->models + model]);
    *out = hone_auc_bounds(cv->auc[model], se, (double)m, (double)n, method, level, names);
    return HONE_OK;
}

hone_status hone_cv_auc_difference(const hone_cv_auc *cv, size_t a, size_t b, double level,
                                   hone_comparison *out, hone_error *err) {
    hone_status status = hone_level_check(WHO, level, err);
    if (!status)
        status = hone_index_check(WHO, "model", a > b ? a : b, cv->models, err);
    if (status)
        return status;
    const double *x = cv->influence + a * cv->units, *y = cv->influence + b * cv->units;
    double se = sqrt(hone_dot_differences(x, y, x, y, cv->units)) / (double)cv->rows;
    *out = hone_compare(cv->auc[a] - cv->auc[b], se, INFINITY, level, "influence curve, paired");
    hone_interval_cut(&out->difference, -1, 1);
    return HONE_OK;
}
