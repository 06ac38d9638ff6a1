/* inference_speed.c -- how long AUC, DeLong's test and the bootstrap take.
 *
 *     inference_speed FOLDER [replicates]
 *
 * Makes normal scores of two models, writes them to FOLDER (million.bin: truth, score of 1e6 rows;
 * hundred_thousand.bin: truth, score, score of 1e5; doubles) so that other tools can time the
 * same numbers, and prints the best of several runs. */
#include <hone/hone.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MILLION = 1000000, HUNDRED_THOUSAND = 100000, RUNS = 5 };

static void give_up(const char *message) {
    fprintf(stderr, "%s\n", message);
    exit(1);
}

static void need(hone_status status, const hone_error *err) {
    if (status != HONE_OK)
        give_up(err->message);
}

/* xorshift and Box-Muller: good enough for scores */
static double uniform(unsigned long long *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(unsigned long long *state) {
    double u = uniform(state), v = uniform(state);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* truth (n), score (models x n): a third are positive, one deviation higher. */
static double *make(size_t n, size_t models) {
    unsigned long long state = 88172645463325252u;
    double *data = malloc((1 + models) * n * sizeof *data);
    if (!data)
        give_up("out of memory");
    for (size_t i = 0; i < n; i++) {
        data[i] = uniform(&state) < 1 / 3.0;
        double signal = data[i] + normal(&state);
        for (size_t r = 0; r < models; r++)
            data[(1 + r) * n + i] = signal + 0.5 * (double)r * normal(&state);
    }
    return data;
}

static void write_to(const char *folder, const char *name, const double *data, size_t n) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, sizeof *data, n, file) != n || fclose(file))
        give_up("cannot write the scores");
}

static void best_auc(const double *data, size_t n) {
    double best = INFINITY, auc = 0;
    hone_error err;
    for (int i = 0; i < RUNS; i++) {
        double start = hone_now();
        need(hone_roc_auc(data, data + n, NULL, n, &auc, &err), &err);
        best = fmin(best, hone_now() - start);
    }
    printf("hone  AUC        %8d rows           %9.4f s   AUC %.12f\n", (int)n, best, auc);
}

static void best_delong(const double *data, size_t n) {
    hone_scored scores = {.n = n, .models = 2, .truth = data, .score = data + n};
    double best = INFINITY;
    hone_comparison c;
    hone_error err;
    for (int i = 0; i < RUNS; i++) {
        hone_delong delong = {0};
        double start = hone_now();
        need(hone_delong_make(&scores, NULL, &delong, &err), &err);
        need(hone_auc_difference(&delong, 0, 1, 0.95, &c, &err), &err);
        best = fmin(best, hone_now() - start);
        hone_delong_free(&delong);
    }
    printf("hone  DeLong     %8d rows, 2 models %9.4f s   z %.9f\n", (int)n, best,
           c.test.statistic);
}

static void bootstrap(const double *data, size_t n, size_t replicates) {
    static const hone_statistic auc = {.kind = HONE_STATISTIC_AUC};
    hone_scored scores = {.n = n, .models = 1, .truth = data, .score = data + n};
    hone_bootstrap *b = NULL;
    hone_interval ci = {0};
    hone_error err;
    double start = hone_now();
    need(hone_bootstrap_make(&scores, &auc, 1, replicates, 1, NULL, &b, &err), &err);
    need(hone_bootstrap_interval(b, 0, 0, HONE_BOOTSTRAP_BCA, 0.95, &ci, &err), &err);
    printf("hone  bootstrap  %8d rows x %zu  %9.4f s   AUC %.6f (%.6f .. %.6f)\n", (int)n,
           replicates, hone_now() - start, ci.estimate, ci.low, ci.high);
    hone_bootstrap_free(b);
}

int main(int argc, char **argv) {
    if (argc < 2)
        give_up("usage: inference_speed FOLDER [replicates]");
    size_t replicates = argc > 2 ? strtoul(argv[2], NULL, 10) : 2000;
    double *million = make(MILLION, 1), *fewer = make(HUNDRED_THOUSAND, 2);
    write_to(argv[1], "million.bin", million, 2 * (size_t)MILLION);
    write_to(argv[1], "hundred_thousand.bin", fewer, 3 * (size_t)HUNDRED_THOUSAND);
    best_auc(million, MILLION);
    best_delong(fewer, HUNDRED_THOUSAND);
    bootstrap(million, MILLION, replicates);
    free(million);
    free(fewer);
    return 0;
}
