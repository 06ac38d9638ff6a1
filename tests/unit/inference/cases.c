#include "cases.h"

#include <criterion/criterion.h>
#include <math.h>

const double SHEET_TRUTH[] = {1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0};
const double SHEET_SCORES[] = {.95, .90, .80, .80, .70, .60, .60, .55, .50, .40,
                               .40, .30, .20, .10, .70, .90, .40, .60, .80, .70,
                               .30, .20, .50, .55, .10, .30, .40, .20};

hone_scored sheet(void) {
    return (hone_scored){.n = SHEET_ROWS, .models = 2, .truth = SHEET_TRUTH, .score = SHEET_SCORES};
}

static void degenerate(int how, size_t n, size_t models, double *truth, double *score) {
    for (size_t i = 0; i < n && how < 2; i++)
        truth[i] = (i == 0) == (how == 0) ? 1 : 0;
    for (size_t i = 0; i < models * n && how >= 2; i++)
        score[i] = how == 4 ? 0.25 : truth[i % n] * (how == 2 ? 1 : -1) + 0.001 * (double)(i % 7);
}

void draw_case(hone_rng *rng, int which, size_t n, size_t models, size_t levels, double *truth,
               double *score) {
    for (size_t i = 0; i < n; i++)
        truth[i] = hone_rng_uniform(rng) < 0.4 ? 1 : 0;
    truth[0] = 1;
    truth[n - 1] = 0;
    for (size_t r = 0; r < models; r++)
        for (size_t i = 0; i < n; i++) {
            double v = (double)hone_rng_below(rng, levels) + (i % 2 ? truth[i] : 0);
            score[r * n + i] = r > models / 2 && i > 2 ? score[i] : v / 3;
            if (levels > 4 && hone_rng_below(rng, 20) == 0)
                score[r * n + i] = i % 2 ? INFINITY : -INFINITY;
        }
    if (which % 5 == 0)
        degenerate(which / 5 % 5, n, models, truth, score);
}

hone_scored noisy_rows(size_t n, uint64_t seed, double *truth, double *score) {
    hone_rng rng = hone_rng_at(seed, 1);
    for (size_t i = 0; i < n; i++) {
        truth[i] = i % 3 == 0 ? 1 : 0;
        double signal = truth[i] * 1.2 + hone_rng_normal(&rng);
        score[i] = round(signal * 20) / 20;
        score[n + i] = signal + 0.5 * hone_rng_normal(&rng);
    }
    return (hone_scored){.n = n, .models = 2, .truth = truth, .score = score};
}

const hone_statistic STATISTICS[] = {
    {.kind = HONE_STATISTIC_AUC},
    {.kind = HONE_STATISTIC_PARTIAL_FPR, .high = 0.2},
    {.kind = HONE_STATISTIC_PARTIAL_TPR, .low = 0.8, .high = 1, .standardised = true},
    {.kind = HONE_STATISTIC_AVERAGE_PRECISION},
    {.kind = HONE_STATISTIC_YOUDEN},
    {.kind = HONE_STATISTIC_TPR_AT_FPR, .low = 0.1},
    {.kind = HONE_STATISTIC_THRESHOLD},
    {.kind = HONE_STATISTIC_THRESHOLD_TPR},
    {.kind = HONE_STATISTIC_THRESHOLD_TNR, .criterion = {HONE_BEST_SENSITIVITY, 0.9, 0}},
    {.kind = HONE_STATISTIC_PARTIAL_TWO_WAY, .low = 0.6, .high = 0.3},
};

hone_bootstrap *draw_replicates(const hone_scored *s, const hone_statistic *stats, size_t n,
                                size_t replicates, uint64_t seed, int threads) {
    hone_monitor mon = {.threads = threads};
    hone_bootstrap *b = NULL;
    hone_error err = {0};
    cr_assert_eq(hone_bootstrap_make(s, stats, n, replicates, seed, &mon, &b, &err), HONE_OK, "%s",
                 err.message);
    return b;
}

double beats(double x, double y) {
    return x > y ? 1 : x == y ? 0.5 : 0;
}

bool same_number(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

bool close_to(double a, double b) {
    return fabs(a - b) <= 1e-12 || same_number(a, b);
}
