/* predict_speed.c -- what predictions of boosted trees take: many rows, and one.
 *
 *     predict_speed        100 trees x 31 leaves on 20k x 30, then 200k rows five times, one row
 *                          100 000 times
 *
 * The best of five is shown, by the clock and in seconds of processors; a row is one call of
 * hone_predict_proba() from C. */
#include <hone/hone.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 5, ROWS = 200000, LEARN = 20000, COLUMNS = 30, ONES = 100000 };

/* xorshift: good enough for rows */
static unsigned long long next(unsigned long long *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static double uniform(unsigned long long *state) {
    return (double)(next(state) >> 11) * 0x1p-53 * 2 - 1;
}

static void draw(double *x, double *y) {
    unsigned long long state = 88172645463325252ULL;
    for (size_t i = 0; i < (size_t)ROWS * COLUMNS; i++)
        x[i] = uniform(&state);
    for (size_t i = 0; i < ROWS; i++) {
        const double *row = x + i * COLUMNS;
        y[i] = row[0] + row[1] * row[2] + row[3] * row[3] + uniform(&state) > 0.3;
    }
}

/* The least that a run has taken. */
struct took {
    double wall, processors;
};

static struct took start(void) {
    return (struct took){hone_now(), (double)clock() / CLOCKS_PER_SEC};
}

static void stop(struct took since, struct took *best) {
    double wall = hone_now() - since.wall;
    double processors = (double)clock() / CLOCKS_PER_SEC - since.processors;
    best->wall = wall < best->wall ? wall : best->wall;
    best->processors = processors < best->processors ? processors : best->processors;
}

static struct took many(const hone_estimator *est, const double *x, double *out, int threads) {
    const hone_monitor mon = {.threads = threads};
    const hone_dataset data = {.x = hone_view_of(x, ROWS, COLUMNS)};
    struct took best = {1e9, 1e9};
    for (int i = 0; i < RUNS; i++) {
        struct took since = start();
        if (hone_predict_proba(est, &data, out, &mon, NULL) != HONE_OK)
            exit(1);
        stop(since, &best);
    }
    return best;
}

static struct took one(const hone_estimator *est, const double *x, double *out) {
    const hone_monitor mon = {.threads = 1};
    struct took best = {1e9, 1e9};
    for (int run = 0; run < RUNS; run++) {
        struct took since = start();
        for (size_t i = 0; i < ONES; i++) {
            const hone_dataset data = {.x = hone_view_of(x + i * COLUMNS, 1, COLUMNS)};
            if (hone_predict_proba(est, &data, out, &mon, NULL) != HONE_OK)
                exit(1);
        }
        stop(since, &best);
    }
    return (struct took){best.wall / ONES, best.processors / ONES};
}

static void print(const char *what, struct took took) {
    printf("%-22s %10.2f us  processors %10.2f us\n", what, 1e6 * took.wall, 1e6 * took.processors);
}

int main(void) {
    double *x = malloc(sizeof *x * ROWS * COLUMNS), *y = malloc(sizeof *y * ROWS);
    double *out = malloc(sizeof *out * 2 * ROWS);
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    int failed = 1;
    if (!x || !y || !out)
        goto done;
    draw(x, y);
    hone_dataset learn = {.x = hone_view_of(x, LEARN, COLUMNS), .y = hone_view_of(y, LEARN, 1)};
    if (hone_create("gradient_boosting_classifier", &est, &err) != HONE_OK ||
        hone_set(est, "n_estimators=100,max_leaf_nodes=31", &err) != HONE_OK ||
        hone_fit(est, &learn, NULL, &err) != HONE_OK) {
        fprintf(stderr, "%s\n", err.message);
        goto done;
    }
    print("200k rows, 1 thread", many(est, x, out, 1));
    print("200k rows, 2 threads", many(est, x, out, 2));
    print("one row", one(est, x, out));
    failed = 0;
done:
    hone_free(est);
    free(x), free(y), free(out);
    return failed;
}
