#include "support/support.h"

#include "core/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void support_give_up(const char *what, const char *detail) {
    fprintf(stderr, "test support: %s: %s\n", what, detail);
    abort();
}

static char *slurp(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END))
        support_give_up("cannot open", path);
    *size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(*size + 1);
    if (!text || fread(text, 1, *size, file) != *size)
        support_give_up("cannot read", path);
    text[*size] = 0;
    fclose(file);
    return text;
}

static const char *folder(const char *variable) {
    const char *value = getenv(variable);
    if (!value)
        support_give_up("environment variable is not set", variable);
    return value;
}

hone_json *support_golden(const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder("HONE_GOLDEN"), name);
    size_t size;
    char *text = slurp(path, &size);
    hone_json *out = NULL;
    hone_error err;
    if (hone_json_parse(text, size, &out, &err) != HONE_OK)
        support_give_up(path, err.message);
    free(text);
    return out;
}

static void flatten(const hone_json *value, double **out, size_t *n) {
    size_t size = hone_json_size(value);
    if (size == 0) {
        *out = realloc(*out, (*n + 1) * sizeof **out);
        if (!*out)
            support_give_up("memory", "out");
        (*out)[(*n)++] = hone_json_as_real(value);
    }
    for (size_t i = 0; i < size; i++)
        flatten(hone_json_at(value, i), out, n);
}

double *support_reals(const hone_json *object, const char *key, size_t *n) {
    const hone_json *value = hone_json_get(object, key);
    if (!value)
        support_give_up("golden file has no key", key);
    double *out = NULL;
    *n = 0;
    flatten(value, &out, n);
    return out;
}

double support_real(const hone_json *object, const char *key) {
    const hone_json *value = hone_json_get(object, key);
    if (!value)
        support_give_up("golden file has no key", key);
    return hone_json_as_real(value);
}

hone_dataset *support_data(const char *name, const char *target) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder("HONE_DATA"), name);
    hone_table *table = NULL;
    hone_dataset *data = NULL;
    hone_error err;
    if (hone_read_csv(path, NULL, NULL, &table, &err) != HONE_OK)
        support_give_up(path, err.message);
    hone_roles roles = {.target = target};
    if (hone_table_dataset(table, &roles, &data, NULL, &err) != HONE_OK)
        support_give_up(path, err.message);
    hone_table_free(table);
    return data;
}

void support_make(size_t n, size_t m, size_t k, uint64_t seed, double **x, double **y) {
    hone_rng rng = hone_rng_at(seed, 1);
    *x = malloc(n * m * sizeof **x);
    *y = malloc(n * sizeof **y);
    if (!*x || !*y)
        support_give_up("memory", "out");
    for (size_t i = 0; i < n; i++) {
        double sum = 0.1 * hone_rng_normal(&rng);
        for (size_t j = 0; j < m; j++) {
            double shift = k && j % k == i % k ? 1.5 : 0.0;
            double value = hone_rng_normal(&rng) + shift;
            (*x)[i * m + j] = value;
            sum += value / (double)(j + 1);
        }
        (*y)[i] = k ? (double)(i % k) : sum;
    }
}

struct support_sample support_sample(size_t n, size_t m, size_t k, uint64_t seed) {
    struct support_sample s;
    support_make(n, m, k, seed, &s.x, &s.y);
    s.data = (hone_dataset){.x = hone_view_of(s.x, n, m), .y = hone_view_of(s.y, n, 1)};
    return s;
}

void support_sample_free(struct support_sample *sample) {
    free(sample->x);
    free(sample->y);
}

const char *support_path(const char *name) {
    static char path[4096];
    const char *base = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/hone-test-%ld-%s", base ? base : "/tmp", (long)getpid(), name);
    return path;
}

double support_distance(const double *a, const double *b, size_t n) {
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(a[i]) && isnan(b[i]))
            continue;
        double d = fabs(a[i] - b[i]);
        if (isnan(d))
            return INFINITY;
        if (d > worst)
            worst = d;
    }
    return worst;
}
