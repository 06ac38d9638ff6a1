/* check_files.c -- model files and failing allocations. */
#include "contract/contract.h"

#include "core/rng.h"
#include "core/safetensors.h"

#include <stdio.h>
#include <string.h>

static char *read_all(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    cr_assert(file != NULL);
    char *bytes = malloc(1 << 22);
    *size = fread(bytes, 1, 1 << 22, file);
    fclose(file);
    return bytes;
}

static void write_all(const char *path, const char *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    cr_assert(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

void file_brings_all_back(struct subject *s) {
    hone_error err;
    hone_estimator *back = NULL;
    const char *path = support_path("model");
    fit_fine(s->est, &s->p.data);
    cr_assert_eq(hone_save(s->est, path, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_load(path, &back, &err), HONE_OK, "%s", err.message);
    cr_assert(hone_estimator_equal(s->est, back));
    expect_same_answers(s->est, back, &s->p.data);
    cr_assert_eq(hone_n_classes(back), hone_n_classes(s->est));
    cr_assert_eq(hone_estimator_task(back), hone_estimator_task(s->est));
    hone_free(back);
    remove(path);
}

/* A file that is wrong though its checksum is right is refused with a sentence, or (a changed
 * number) gives a model that answers. */
static void try_forged(const struct subject *s, const char *path) {
    hone_error err = {HONE_OK, ""};
    hone_estimator *back = NULL;
    hone_status got = hone_load(path, &back, &err);
    if (got) {
        cr_assert_eq(got, HONE_EFORMAT, "%s: %s", hone_status_text(got), err.message);
        expect_failure(got, HONE_EFORMAT, &err);
        return;
    }
    double *out = calloc(s->p.n * 64, sizeof *out);
    hone_dataset data = {.x = s->p.data.x};
    if (hone_output_schema(back) && hone_output_schema(back)->n_columns <= 64)
        (void)!hone_transform(back, &data, out, NULL, &err);
    else if (!hone_output_schema(back))
        (void)!hone_predict(back, &data, out, NULL, &err);
    if ((hone_estimator_tags(back) & HONE_TAG_PROBA) && hone_n_classes(back) <= 64)
        (void)!hone_predict_proba(back, &data, out, NULL, &err);
    free(out);
    hone_free(back);
}

static void expect_refusal(const char *path) {
    hone_estimator *back = NULL;
    hone_error err;
    expect_failure(hone_load(path, &back, &err), HONE_EFORMAT, &err);
}

void damaged_file_is_refused(struct subject *s) {
    size_t size;
    const char *path = support_path("damaged");
    fit_fine(s->est, &s->p.data);
    cr_assert_eq(hone_save(s->est, path, NULL), HONE_OK);
    char *bytes = read_all(path, &size), *whole = read_all(path, &size);
    for (size_t cut = 0; cut < size; cut += 1 + size / 60) {
        write_all(path, bytes, cut);
        expect_refusal(path);
    }
    hone_rng rng = hone_rng_at(7, 0);
    for (int trial = 0; trial < 150; trial++) {
        size_t at = hone_rng_below(&rng, size);
        bytes[at] = (char)(bytes[at] ^ (1 << hone_rng_below(&rng, 8)));
        write_all(path, bytes, size);
        expect_refusal(path);
        if (hone_tensors_seal(bytes, size)) {
            write_all(path, bytes, size);
            try_forged(s, path);
        }
        memcpy(bytes, whole, size);
    }
    free(bytes);
    free(whole);
    remove(path);
}

/* One whole life, stopping at the first failure. */
static hone_status live(const struct subject *s, const char *path, double *out) {
    hone_estimator *copy = NULL, *back = NULL;
    hone_monitor mon = {.threads = 1};
    hone_status status = hone_clone(s->est, &copy, NULL);
    if (status == HONE_OK)
        status = hone_fit(copy, &s->p.data, &mon, NULL);
    if (status == HONE_OK)
        status = s->task == HONE_TRANSFORMER ? hone_transform(copy, &s->p.data, out, &mon, NULL)
                                             : hone_predict(copy, &s->p.data, out, &mon, NULL);
    if (status == HONE_OK)
        status = hone_save(copy, path, NULL);
    if (status == HONE_OK)
        status = hone_load(path, &back, NULL);
    hone_free(copy);
    hone_free(back);
    return status;
}

void allocation_failures_leak_nothing(struct subject *s) {
    const char *path = support_path("alloc");
    double *out = calloc(s->p.n * 64, sizeof *out);
    hone_alloc_fail_at(0, 0);
    cr_assert_eq(live(s, path, out), HONE_OK);
    long total = hone_alloc_count(), before = hone_alloc_live();
    long step = total > 600 ? total / 400 : 1;
    for (long k = 1; k <= total; k += step) {
        hone_alloc_fail_at(k, 1);
        hone_status got = live(s, path, out);
        hone_alloc_fail_at(0, 0);
        cr_assert_eq(got, HONE_ENOMEM, "allocation %ld of %ld failed, and the call said \"%s\"", k,
                     total, hone_status_text(got));
        cr_assert_eq(hone_alloc_live(), before, "allocation %ld of %ld failed, and %ld blocks leak",
                     k, total, hone_alloc_live() - before);
    }
    free(out);
    remove(path);
}
