/* test_foreign_trees.c -- models that XGBoost and LightGBM have written say here what they say
 * there; damaged ones are a sentence. */
#include "classic/trees/lightgbm.h"
#include "classic/trees/xgboost.h"
#include "core/alloc.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { M = 5 };

/* The two programs. */
static const struct kind {
    const char *name, *golden;
    hone_status (*read)(const char *path, hone_foreign_model *out, hone_error *err);
} KINDS[] = {{"XGBoost", "xgboost_models.json", hone_xgboost_read},
             {"LightGBM", "lightgbm_models.json", hone_lightgbm_read}};

static const char *write_text(const char *text, size_t size) {
    const char *path = support_path("foreign.model");
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fwrite(text, 1, size, file);
    fclose(file);
    return path;
}

/* The text of a model, as its file has it: free(). */
static char *model_text(const hone_json *test) {
    const hone_json *model = hone_json_get(test, "model");
    const char *text = hone_json_as_text(model);
    return text ? strdup(text) : hone_json_print(model);
}

/* Raw scores of a model's rows (n x outputs), by trees or coefficients. */
static void scores(const struct gbdt_state *s, const double *x, size_t n, double *out) {
    size_t k = s->trees.n_outputs;
    cr_assert_eq(
        hone_trees_predict(&s->trees, hone_view_of(x, n, M), 0, s->trees.n_trees, out, NULL),
        HONE_OK);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < k; c++)
            for (size_t j = 0; j < s->n_coefs; j++)
                out[i * k + c] += isnan(x[i * M + j]) ? 0 : s->coef[c * M + j] * x[i * M + j];
}

/* What the file's raw scores are in ours: the difference of two classes, scaled. */
static double wanted(const char *name, const double *raw, size_t groups, size_t i, size_t c) {
    if (groups == 2)
        return raw[2 * i + 1] - raw[2 * i];
    double scale = strstr(name, "sigmoid 2") ? 2 : strncmp(name, "forest", 6) ? 1 : 1.0 / 3;
    return raw[i * groups + c] * (groups == 1 ? scale : 1);
}

static double compare(const struct kind *kind, const hone_json *golden, const hone_json *test) {
    const char *name = hone_json_as_text(hone_json_get(test, "name"));
    size_t cells, n_raw;
    double *x = support_reals(golden, "x", &cells), *raw = support_reals(test, "raw", &n_raw);
    char *text = model_text(test);
    size_t n = cells / M, groups = n_raw / n;
    hone_foreign_model model = {0};
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(kind->read(write_text(text, strlen(text)), &model, &err), HONE_OK, "%s: %s", name,
                 err.message);
    cr_assert_eq(hone_trees_validate(name, &model.state->trees, M, &err), HONE_OK, "%s",
                 err.message);
    size_t k = model.state->trees.n_outputs;
    double *out = malloc(n * k * sizeof *out), worst = 0;
    scores(model.state, x, n, out);
    for (size_t i = 0; i < n * k; i++) {
        double want = wanted(name, raw, groups, i / k, i % k);
        worst = fmax(worst, fabs(out[i] - want));
        cr_assert_float_eq(out[i], want, 1e-6, "%s: row %zu: %.9g, %s says %.9g", name, i / k,
                           out[i], kind->name, want);
    }
    free(out);
    free(x);
    free(raw);
    free(text);
    hone_foreign_free(&model);
    return worst;
}

Test(foreign_trees, say_what_they_say_there) {
    for (size_t k = 0; k < 2; k++) {
        hone_json *golden = support_golden(KINDS[k].golden);
        const hone_json *cases = hone_json_get(golden, "cases");
        cr_assert_geq(hone_json_size(cases), 15);
        for (size_t i = 0; i < hone_json_size(cases); i++)
            compare(&KINDS[k], golden, hone_json_at(cases, i));
        hone_json_free(golden);
    }
}

/* ---- damage ---------------------------------------------------------------------------------- */

/* Cut anywhere, the file is refused; where the cut is behind what matters, it may be read. */
Test(foreign_trees, a_file_that_is_cut_short_is_a_sentence) {
    for (size_t k = 0; k < 2; k++) {
        hone_json *golden = support_golden(KINDS[k].golden);
        const hone_json *cases = hone_json_get(golden, "cases");
        for (size_t i = 0; i < hone_json_size(cases) && i < 4; i += 3) {
            char *text = model_text(hone_json_at(cases, i));
            const char *end = strstr(text, "end of trees");
            size_t size = strlen(text), needed = end ? (size_t)(end - text) + 12 : size;
            const char *path = write_text(text, size);
            for (size_t cut = size; cut-- > 0;) {
                hone_foreign_model model = {0};
                hone_error err = {HONE_OK, ""};
                cr_assert_eq(truncate(path, (off_t)cut), 0);
                hone_status status = KINDS[k].read(path, &model, &err);
                cr_assert(status == HONE_EFORMAT || (status == HONE_OK && cut >= needed),
                          "%s cut at %zu of %zu: %d %s", KINDS[k].name, cut, size, (int)status,
                          err.message);
                hone_foreign_free(&model);
            }
            free(text);
        }
        hone_json_free(golden);
    }
}

/* Byte after byte changed: read or refused, and what is read is in order. */
Test(foreign_trees, a_changed_byte_is_read_or_refused_but_never_a_crash) {
    static const char other[] = {'9', '-', ' ', '\n', '\xff'};
    for (size_t k = 0; k < 2; k++) {
        hone_json *golden = support_golden(KINDS[k].golden);
        char *text = model_text(hone_json_at(hone_json_get(golden, "cases"), k == 0));
        size_t size = strlen(text);
        FILE *file = fopen(write_text(text, size), "r+");
        for (size_t at = 0; at < size; at++) {
            hone_foreign_model model = {0};
            hone_error err = {HONE_OK, ""};
            cr_assert_eq(pwrite(fileno(file), &other[at % sizeof other], 1, (off_t)at), 1);
            if (KINDS[k].read(support_path("foreign.model"), &model, &err) == HONE_OK)
                cr_assert_eq(hone_trees_validate("x", &model.state->trees, model.n_cols, &err),
                             HONE_OK, "byte %zu: %s", at, err.message);
            else
                cr_assert_gt(strlen(err.message), 10);
            cr_assert_eq(pwrite(fileno(file), &text[at], 1, (off_t)at), 1);
            hone_foreign_free(&model);
        }
        fclose(file);
        free(text);
        hone_json_free(golden);
    }
}

/* Around the threshold, where doubles round to the floats beside it. */
static void check_threshold(float f) {
    double t = hone_threshold_of_float(f);
    float around[] = {f, nextafterf(f, -INFINITY), nextafterf(f, INFINITY), 0.0f, -f};
    for (size_t i = 0; i < 5; i++)
        for (int k = -60; k <= 60; k++) {
            double step = fmax(fabs((double)f), 0x1p-126) * 0x1p-25, x = around[i] + k * step / 16;
            for (int s = -1; s <= 1; s++) {
                double at = s ? nextafter(x, s < 0 ? -INFINITY : INFINITY) : x;
                cr_assert_eq(at <= t, (float)at < f, "f = %a, x = %a", (double)f, at);
            }
        }
    cr_assert(t <= t && (float)t < f && !((float)nextafter(t, INFINITY) < f), "%a", (double)f);
    cr_assert_eq(hone_float_of_threshold(t), f, "%a", (double)f);
}

Test(foreign_trees, thresholds_of_floats_are_exact_for_doubles) {
    static const float special[] = {0,        -0.0f,           1,       -1,       0.1f,    0.3f,
                                    1e-45f,   -1e-45f,         FLT_MIN, -FLT_MIN, FLT_MAX, -FLT_MAX,
                                    2.8e-45f, 1.17549421e-38f, 3e38f,   0x1p24f};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        check_threshold(special[i]);
    uint32_t bits = 12345;
    for (int i = 0; i < 2000; i++) {
        float f;
        bits = bits * 1664525u + 1013904223u;
        memcpy(&f, &bits, sizeof f);
        if (isfinite(f))
            check_threshold(f);
    }
}
