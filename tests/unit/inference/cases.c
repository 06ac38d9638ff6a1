#include "cases.h"

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

double beats(double x, double y) {
    return x > y ? 1 : x == y ? 0.5 : 0;
}

bool same_number(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

bool close_to(double a, double b) {
    return fabs(a - b) <= 1e-12 || same_number(a, b);
}
