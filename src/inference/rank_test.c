/* rank_test.c -- comparing models over many data sets, by ranks; and p-values of many tests.
 *
 *   Friedman: chi2 = 12 / (N k (k + 1)) sum_j R_j^2 - 3 N (k + 1), R_j the sum of model j's ranks,
 *     Iman-Davenport: F = (N - 1) chi2 / (N (k - 1) - chi2), df k - 1, (k - 1)(N - 1).
 *     Where all sets agree on the order F is infinite: the chance of that, (k!)^(1 - N), is its p
 *   Nemenyi: CD = q / sqrt(2) sqrt(k (k + 1) / (6 N)), q the studentised range with infinite df
 *   Wilcoxon: W = min over signs of the sum of the ranks of |d|; its distribution over all signs
 *     exactly, one difference at a time, or normal with mean n (n + 1) / 4, variance sum r^2 / 4
 *   Holm: p_(i) -> max over j <= i of (n - j + 1) p_(j)
 *
 * Ranks are doubled so that shared ones are whole.   Reference: Demsar 2006; Holm 1979. */
#include "inference/inference.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/sort.h"
#include "inference/special.h"

#include <math.h>

enum { MOST_EXACT = 100 };

/* Room to rank n values. */
struct ranker {
    uint64_t *key;
    size_t *row;
    double *twice; /* n: twice the rank of each value, 2 = smallest */
};

static hone_status ranker_make(size_t n, struct ranker *out, hone_error *err) {
    hone_status status = hone_new(&out->key, n, err);
    if (!status)
        status = hone_new(&out->row, n, err);
    if (!status)
        status = hone_new(&out->twice, n, err);
    return status;
}

static void ranker_free(struct ranker *r) {
    hone_release(r->key);
    hone_release(r->row);
    hone_release(r->twice);
}

static hone_status rank(struct ranker *r, const double *value, size_t n, bool descending,
                        hone_error *err) {
    for (size_t i = 0; i < n; i++) {
        r->key[i] = descending ? ~hone_sort_key(value[i]) : hone_sort_key(value[i]);
        r->row[i] = i;
    }
    hone_status status = hone_sort_keys(r->key, r->row, n, err);
    for (size_t i = 0, end; !status && i < n; i = end) {
        for (end = i; end < n && r->key[end] == r->key[i];)
            end++;
        for (size_t j = i; j < end; j++)
            r->twice[r->row[j]] = (double)(i + 1 + end);
    }
    return status;
}

/* ---- Friedman, Nemenyi ----------------------------------------------------------------------- */

/* twice_sum (models): twice the sums of the ranks. */
static hone_status sum_ranks(const double *score, size_t sets, size_t models,
                             bool greater_is_better, double *twice_sum, hone_error *err) {
    struct ranker r = {0};
    hone_status status = ranker_make(models, &r, err);
    for (size_t i = 0; i < sets && !status; i++) {
        status = rank(&r, score + i * models, models, greater_is_better, err);
        for (size_t j = 0; j < models; j++)
            twice_sum[j] += r.twice[j];
    }
    ranker_free(&r);
    return status;
}

static void friedman_tests(double squares, double sets, double k, hone_test *chi2, hone_test *f) {
    double statistic = 12 / (sets * k * (k + 1)) * squares - 3 * sets * (k + 1);
    statistic = fmax(0, statistic);
    double rest = sets * (k - 1) - statistic;
    bool agreed = rest <= 1e-12 * sets * (k - 1);
    if (chi2) {
        *chi2 = hone_test_undefined("Friedman", NULL);
        chi2->statistic = statistic;
        chi2->df = k - 1;
        chi2->p = hone_chi2_tail(statistic, k - 1);
    }
    if (f) {
        *f = hone_test_undefined("Friedman, Iman-Davenport", NULL);
        f->statistic = agreed ? INFINITY : (sets - 1) * statistic / rest;
        f->df = k - 1;
        f->df2 = (k - 1) * (sets - 1);
        f->p = agreed ? exp((1 - sets) * hone_log_gamma(k + 1))
                      : hone_f_tail(f->statistic, f->df, f->df2);
    }
}

hone_status hone_friedman(const double *score, size_t sets, size_t models, bool greater_is_better,
                          double *ranks, hone_test *chi2, hone_test *f, hone_error *err) {
    if (sets < 2 || models < 2)
        return hone_fail(err, HONE_EINVAL,
                         "Friedman: needs at least two data sets and two models, got %zu and %zu",
                         sets, models);
    double *twice = NULL, squares = 0;
    hone_status status = hone_finite_check("Friedman", score, sets * models, err);
    if (!status)
        status = hone_new(&twice, models, err);
    if (!status)
        status = sum_ranks(score, sets, models, greater_is_better, twice, err);
    if (status)
        goto done;
    for (size_t j = 0; j < models; j++) {
        squares += twice[j] * twice[j] / 4;
        if (ranks)
            ranks[j] = twice[j] / 2 / (double)sets;
    }
    friedman_tests(squares, (double)sets, (double)models, chi2, f);
done:
    hone_release(twice);
    return status;
}

hone_status hone_nemenyi(size_t sets, size_t models, double alpha, double *out, hone_error *err) {
    double k = (double)models;
    if (sets == 0 || models < 2)
        return hone_fail(err, HONE_EINVAL,
                         "Nemenyi: needs at least one data set and two models, got %zu and %zu",
                         sets, models);
    hone_status status = hone_level_check("Nemenyi", alpha, err);
    if (status)
        return status;
    *out = hone_range_quantile(1 - alpha, k) * M_SQRT1_2 * sqrt(k * (k + 1) / (6 * (double)sets));
    return HONE_OK;
}

/* ---- Wilcoxon -------------------------------------------------------------------------------- */

/* P(sum of the doubled ranks with random signs <= most). */
static hone_status exact_tail(const double *twice, size_t n, size_t most, double *out,
                              hone_error *err) {
    double *p = NULL; /* p[s]: that the sum so far is s */
    size_t all = n * (n + 1);
    hone_status status = hone_new(&p, all + 1, err);
    if (status)
        return status;
    p[0] = 1;
    for (size_t i = 0; i < n; i++) {
        size_t step = (size_t)twice[i];
        for (size_t s = all + 1; s-- > 0;)
            p[s] = (p[s] + (s >= step ? p[s - step] : 0)) / 2;
    }
    *out = 0;
    for (size_t s = 0; s <= most; s++)
        *out += p[s];
    hone_release(p);
    return HONE_OK;
}

static hone_status wilcoxon_tail(const double *twice, size_t n, hone_test *out, hone_error *err) {
    if (n <= MOST_EXACT) {
        double tail;
        hone_status status = exact_tail(twice, n, (size_t)(2 * out->statistic), &tail, err);
        out->p = status ? NAN : fmin(1, 2 * tail);
        return status;
    }
    double squares = 0, count = (double)n;
    for (size_t i = 0; i < n; i++)
        squares += twice[i] * twice[i] / 4;
    double off = count * (count + 1) / 4 - out->statistic - 0.5;
    out->p = 2 * hone_normal_cdf(-fmax(0, off) / sqrt(squares / 4));
    return HONE_OK;
}

hone_status hone_wilcoxon(const double *difference, size_t n, hone_test *out, hone_error *err) {
    struct ranker r = {0};
    double *size = NULL, plus = 0, minus = 0;
    size_t used = 0;
    hone_status status = hone_finite_check("Wilcoxon", difference, n, err);
    if (!status)
        status = hone_new(&size, n, err);
    if (!status)
        status = ranker_make(n, &r, err);
    if (status)
        goto done;
    for (size_t i = 0; i < n; i++)
        if (difference[i] != 0)
            size[used++] = fabs(difference[i]);
    status = rank(&r, size, used, false, err);
    if (status)
        goto done;
    for (size_t i = 0, j = 0; i < n; i++)
        if (difference[i] != 0)
            *(difference[i] > 0 ? &plus : &minus) += r.twice[j++] / 2;
    *out = hone_test_undefined(used <= MOST_EXACT ? "Wilcoxon, exact" : "Wilcoxon, normal", NULL);
    out->statistic = fmin(plus, minus);
    status = wilcoxon_tail(r.twice, used, out, err);
done:
    ranker_free(&r);
    hone_release(size);
    return status;
}

/* ---- Holm ------------------------------------------------------------------------------------ */

hone_status hone_holm(const double *p, size_t n, double *adjusted, hone_error *err) {
    uint64_t *key = NULL;
    size_t *row = NULL, used = 0;
    hone_status status = hone_new(&key, n, err);
    if (!status)
        status = hone_new(&row, n, err);
    if (status)
        goto done;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(p[i]) && !(p[i] >= 0 && p[i] <= 1)) {
            status = hone_fail(err, HONE_EINVAL, "Holm: p-value %zu must be in [0, 1], got %g",
                               i + 1, p[i]);
            goto done;
        }
        if (isnan(p[i]))
            continue;
        key[used] = hone_sort_key(p[i]);
        row[used++] = i;
    }
    status = hone_sort_keys(key, row, used, err);
    if (status)
        goto done;
    double most = 0;
    for (size_t i = 0; i < n; i++)
        adjusted[i] = isnan(p[i]) ? NAN : p[i];
    for (size_t i = 0; i < used; i++) {
        most = fmax(most, fmin(1, (double)(used - i) * hone_sort_value(key[i])));
        adjusted[row[i]] = most;
    }
done:
    hone_release(key);
    hone_release(row);
    return status;
}
