/* support.h -- what several test programs share: goldens, data of a known kind, temporary files. */
#ifndef HONE_TESTS_SUPPORT_H
#define HONE_TESTS_SUPPORT_H

#include <hone/hone.h>

/* Ends the test and says why. */
void support_give_up(const char *what, const char *detail);
/* The golden file tests/golden/<name>; aborts the test when it cannot be read. Free with
 * hone_json_free(). */
hone_json *support_golden(const char *name);
/* The numbers under `key`, nested arrays flattened in order; *n gets their count. Free with
 * free(). Aborts the test when they are not there. null reads as NaN. */
double *support_reals(const hone_json *object, const char *key, size_t *n);
/* The number under `key`; aborts the test when it is not there. */
double support_real(const hone_json *object, const char *key);
/* Reads data/<name> whole with `target` as target; aborts the test on failure. */
hone_dataset *support_data(const char *name, const char *target);
/* Classes: n x m normal columns, y in 0 .. k-1, each class shifted; the same for the same seed.
 * k == 0 makes a linear target with noise instead. Owned by *x and *y: free(). */
void support_make(size_t n, size_t m, size_t k, uint64_t seed, double **x, double **y);
/* The same with a data set of both. */
struct support_sample {
    double *x, *y;
    hone_dataset data;
};
struct support_sample support_sample(size_t n, size_t m, size_t k, uint64_t seed);
void support_sample_free(struct support_sample *sample);
/* The estimator of that name with settings like "C=3 tol=1e-6", and the same fitted; aborts the
 * test on failure. Free with hone_free(). */
hone_estimator *support_create(const char *name, const char *settings);
hone_estimator *support_fit(const char *name, const char *settings, const hone_dataset *data,
                            const hone_monitor *mon);
/* A fresh path in a temporary folder, in a static buffer. */
const char *support_path(const char *name);
/* The largest |a[i] - b[i]|; infinite when exactly one of a pair is NaN. */
double support_distance(const double *a, const double *b, size_t n);

#endif
