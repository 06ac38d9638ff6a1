/* file_read.c -- a model file of LIBSVM as a fitted machine.
 *
 * LIBSVM's classes stand in the order in which its training data named them; ours ascend. The pair
 * of classes a, b that changes its order changes the sign of its values: coefficients and threshold
 * turn round, and so does the offset of its sigmoid.
 * Vectors are kept compressed, as they stand there.
 * Shapes: coef (K - 1) x n_sv, rho, probA, probB K (K - 1) / 2.   Cost: O(bytes). */
#include "classic/classic.h"
#include "classic/svm/file.h"

#include "core/text.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_CLASSES = 46340 /* pairs in an int */ };

struct reader {
    const char *path;
    char *text;
    const char *at, *end; /* of what is left */
    size_t line;
    const struct hone_svm_file_kind *kind;
    int kernel; /* -1: not said */
    double degree, gamma, coef0, n_classes, n_sv;
    double *rho, *label, *prob_a, *prob_b, *n_support;
    size_t n_pairs, n_coef;
    double *coef;              /* n_sv x n_coef, as in the file */
    struct hone_svm_vectors v; /* compressed, in the order of the file */
};

static hone_status wrong(const struct reader *in, const char *what, hone_error *err) {
    return hone_fail(err, HONE_EFORMAT, "%s: line %zu: %s", in->path, in->line, what);
}

static hone_status slurp(struct reader *in, hone_error *err) {
    size_t size = 0, room = 0, got;
    hone_status status = HONE_OK;
    FILE *file = fopen(in->path, "r");
    if (!file)
        return hone_fail(err, HONE_EIO, "cannot read %s: %s", in->path, strerror(errno));
    do {
        if (size == room) {
            size_t more = room ? 2 * room : 1 << 16;
            if ((status = hone_grow(&in->text, room, more, err)))
                break;
            room = more;
        }
        size += got = fread(in->text + size, 1, room - size, file);
    } while (got > 0);
    if (status == HONE_OK && ferror(file))
        status = hone_fail(err, HONE_EIO, "cannot read %s: %s", in->path, strerror(errno));
    fclose(file);
    in->at = in->text, in->end = in->text + size;
    return status;
}

/* The next line as [*start, *stop), without its end; false past the last. */
static bool next_line(struct reader *in, const char **start, const char **stop) {
    if (in->at >= in->end)
        return false;
    const char *newline = memchr(in->at, '\n', (size_t)(in->end - in->at));
    *start = in->at, *stop = newline ? newline : in->end;
    in->at = newline ? newline + 1 : in->end;
    in->line++;
    while (*stop > *start && (*stop)[-1] == '\r')
        --*stop;
    return true;
}

static const char *skip(const char *at, const char *stop) {
    while (at < stop && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

static bool is_word(const char *start, const char *stop, const char *word) {
    return strlen(word) == (size_t)(stop - start) && memcmp(start, word, strlen(word)) == 0;
}

/* ---- the header ------------------------------------------------------------------------------ */

/* *out = n finite numbers of the rest of a line. */
static hone_status read_numbers(const struct reader *in, const char *at, const char *stop, size_t n,
                                double **out, hone_error *err) {
    hone_release(*out);
    *out = NULL;
    hone_status status = hone_new(out, n, err);
    for (size_t i = 0; i < n && status == HONE_OK; i++) {
        at = hone_read_double(skip(at, stop), stop, *out + i);
        if (!at || !isfinite((*out)[i]))
            return wrong(in, "expected more finite numbers", err);
    }
    if (status == HONE_OK && skip(at ? at : stop, stop) != stop)
        return wrong(in, "expected fewer numbers", err);
    return status;
}

static hone_status read_number(const struct reader *in, const char *at, const char *stop,
                               double *out, hone_error *err) {
    at = hone_read_double(at, stop, out);
    if (!at || !isfinite(*out) || skip(at, stop) != stop)
        return wrong(in, "expected one finite number", err);
    return HONE_OK;
}

static hone_status read_kind(struct reader *in, const char *at, const char *stop, hone_error *err) {
    for (in->kind = hone_svm_file_kinds; in->kind->type; in->kind++)
        if (is_word(at, stop, in->kind->type))
            return HONE_OK;
    in->kind = NULL;
    return wrong(in, "unknown svm_type", err);
}

static hone_status read_kernel(struct reader *in, const char *at, const char *stop,
                               hone_error *err) {
    for (int k = 0; hone_svm_file_kernels[k]; k++)
        if (is_word(at, stop, hone_svm_file_kernels[k])) {
            in->kernel = k;
            return HONE_OK;
        }
    return wrong(in, "expected a kernel_type linear, polynomial, rbf or sigmoid", err);
}

/* Counts that others depend on. */
static hone_status read_count(struct reader *in, const char *at, const char *stop, double most,
                              double *out, hone_error *err) {
    hone_status status = read_number(in, at, stop, out, err);
    if (status == HONE_OK && (!(*out >= 0) || *out > most || *out != floor(*out)))
        return wrong(in, "impossible count", err);
    if (status == HONE_OK && in->kind && in->n_classes >= 0) {
        size_t k = in->kind->classes ? (size_t)in->n_classes : 2;
        in->n_pairs = k * (k - 1) / 2, in->n_coef = k - 1;
    }
    return status;
}

static hone_status read_entry(struct reader *in, const char *word, const char *word_end,
                              const char *at, const char *stop, hone_error *err) {
    const struct {
        const char *word;
        double *number;
    } numbers[] = {{"degree", &in->degree}, {"gamma", &in->gamma}, {"coef0", &in->coef0}};
    const struct {
        const char *word;
        double **numbers;
        size_t n;
    } lists[] = {{"rho", &in->rho, in->n_pairs},
                 {"probA", &in->prob_a, in->n_pairs},
                 {"probB", &in->prob_b, in->n_pairs},
                 {"label", &in->label, in->n_coef + 1},
                 {"nr_sv", &in->n_support, in->n_coef + 1}};
    if (is_word(word, word_end, "svm_type"))
        return read_kind(in, at, stop, err);
    if (is_word(word, word_end, "kernel_type"))
        return read_kernel(in, at, stop, err);
    if (is_word(word, word_end, "nr_class"))
        return read_count(in, at, stop, MOST_CLASSES, &in->n_classes, err);
    if (is_word(word, word_end, "total_sv"))
        return read_count(in, at, stop, INT_MAX, &in->n_sv, err);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (is_word(word, word_end, numbers[i].word))
            return read_number(in, at, stop, numbers[i].number, err);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (is_word(word, word_end, lists[i].word)) {
            if (lists[i].n == 0)
                return wrong(in, "expected svm_type and nr_class before", err);
            bool laplace = !in->kind->classes && i > 0; /* of regressors; not used here */
            return laplace ? HONE_OK
                           : read_numbers(in, at, stop, lists[i].n, lists[i].numbers, err);
        }
    return is_word(word, word_end, "prob_density_marks") ? HONE_OK : wrong(in, "unknown word", err);
}

static hone_status check_header(struct reader *in, hone_error *err) {
    if (!in->kind || in->kernel < 0 || in->n_classes < 2 || in->n_sv < 0 || !in->rho)
        return wrong(in, "svm_type, kernel_type, nr_class, total_sv or rho is missing before SV",
                     err);
    if (in->kind->classes && (!in->label || !in->n_support || !in->prob_a != !in->prob_b))
        return wrong(in, "label, nr_sv or one of probA and probB is missing before SV", err);
    if (in->kernel != HONE_SVM_LINEAR && !(in->gamma > 0))
        return wrong(in, "gamma must be there and above 0", err);
    if (!(in->degree >= 0) || in->degree > INT_MAX || in->degree != floor(in->degree))
        return wrong(in, "degree must be a whole number", err);
    double sum = 0;
    for (size_t k = 0; in->n_support && k <= in->n_coef; k++) {
        double n = in->n_support[k];
        if (!(n >= 0) || n != floor(n) || n > in->n_sv)
            return wrong(in, "nr_sv holds an impossible count", err);
        sum += n;
    }
    return in->n_support && sum != in->n_sv ? wrong(in, "nr_sv does not add up to total_sv", err)
                                            : HONE_OK;
}

static hone_status read_header(struct reader *in, hone_error *err) {
    const char *start, *stop, *end;
    while (next_line(in, &start, &stop)) {
        start = skip(start, stop);
        for (end = start; end < stop && *end != ' ' && *end != '\t'; end++)
            ;
        if (is_word(start, end, "SV"))
            return check_header(in, err);
        hone_status status = read_entry(in, start, end, skip(end, stop), stop, err);
        if (status != HONE_OK)
            return status;
    }
    return wrong(in, "not a model file of LIBSVM, or cut short before SV", err);
}

/* ---- the vectors ----------------------------------------------------------------------------- */

/* index:value ...; *count entries are there already. */
static hone_status read_vector(struct reader *in, size_t s, const char *at, const char *stop,
                               hone_error *err) {
    struct hone_svm_vectors *v = &in->v;
    double index, value, last = 0;
    for (size_t r = 0; r < in->n_coef; r++) {
        at = hone_read_double(skip(at, stop), stop, in->coef + s * in->n_coef + r);
        if (!at || !isfinite(in->coef[s * in->n_coef + r]))
            return wrong(in, "expected a finite coefficient", err);
    }
    for (at = skip(at, stop); at < stop; at = skip(at, stop)) {
        at = hone_read_double(at, stop, &index);
        if (!at || at == stop || *at != ':' || !(index > last) || index > INT32_MAX ||
            index != floor(index))
            return wrong(in, "expected index:value with ascending indices from 1", err);
        at = hone_read_double(at + 1, stop, &value);
        if (!at || !isfinite(value))
            return wrong(in, "expected a finite value", err);
        last = index;
        v->entry_values[v->n_entries] = value;
        v->entry_columns[v->n_entries++] = (int32_t)index - 1;
        v->n_cols = (size_t)index > v->n_cols ? (size_t)index : v->n_cols;
    }
    v->entry_starts[s + 1] = (int32_t)v->n_entries;
    return HONE_OK;
}

static hone_status read_vectors(struct reader *in, hone_error *err) {
    size_t n_sv = (size_t)in->n_sv, colons = 0;
    const char *start, *stop;
    hone_status status;
    for (const char *at = in->at; at < in->end; at++)
        colons += *at == ':';
    if (n_sv > (size_t)(in->end - in->at) || colons > INT32_MAX)
        return wrong(in, "total_sv is more than the lines that follow", err);
    if ((status = hone_new2(&in->coef, n_sv, in->n_coef, err)) ||
        (status = hone_new(&in->v.entry_values, colons, err)) ||
        (status = hone_new(&in->v.entry_columns, colons, err)) ||
        (status = hone_new(&in->v.entry_starts, n_sv + 1, err)))
        return status;
    in->v.n_cols = 1;
    for (size_t s = 0; s < n_sv; s++) {
        if (!next_line(in, &start, &stop))
            return wrong(in, "the file ends before its last support vector", err);
        if ((status = read_vector(in, s, start, stop, err)))
            return status;
    }
    return HONE_OK;
}

/* ---- putting the model together
 * ------------------------------------------------------------------ */

/* order[c] = which class of the file is our class c. */
static hone_status sort_classes(const struct reader *in, size_t *order, double *classes,
                                hone_error *err) {
    size_t k = in->n_coef + 1;
    for (size_t c = 0; c < k; c++) {
        size_t at = c;
        for (; at > 0 && classes[at - 1] > in->label[c]; at--)
            classes[at] = classes[at - 1], order[at] = order[at - 1];
        classes[at] = in->label[c], order[at] = c;
        if (at > 0 && classes[at - 1] == classes[at])
            return wrong(in, "a label stands twice", err);
    }
    return HONE_OK;
}

/* The vectors `rows` of the file become those of the state, in that order. */
static hone_status take_vectors(const struct reader *in, const size_t *rows,
                                struct hone_svm_vectors *out, hone_error *err) {
    size_t n_sv = (size_t)in->n_sv, *starts = NULL;
    hone_status status = hone_new(&starts, n_sv + 1, err);
    for (size_t s = 0; s <= n_sv && status == HONE_OK; s++)
        starts[s] = (size_t)in->v.entry_starts[s];
    hone_csr vectors = {in->v.entry_values, (const uint32_t *)in->v.entry_columns, starts, n_sv,
                        in->v.n_cols};
    hone_dataset data = {.sparse = &vectors};
    if (status == HONE_OK)
        status = hone_svm_vectors_keep(&data, false, rows, n_sv, out, err);
    hone_release(starts);
    return status;
}

static size_t pair_of(size_t a, size_t b, size_t k) {
    return a * (2 * k - a - 1) / 2 + b - a - 1;
}

/* Threshold, sigmoid and coefficients of our pair a < b; first: where the vectors of each class of
 * the file begin, ours: of each of our classes. */
static void take_pair(const struct reader *in, const size_t *order, const size_t *first,
                      const size_t *ours, size_t a, size_t b, struct svc_state *s) {
    size_t k = in->n_coef + 1, fa = order[a], fb = order[b];
    bool turned = fa > fb;
    size_t theirs = turned ? pair_of(fb, fa, k) : pair_of(fa, fb, k), pair = pair_of(a, b, k);
    double sign = turned ? -1 : 1;
    s->intercept[pair] = -sign * in->rho[theirs];
    if (s->n_platt) {
        s->platt_a[pair] = in->prob_a[theirs];
        s->platt_b[pair] = sign * in->prob_b[theirs];
    }
    for (size_t i = 0; i < (size_t)in->n_support[fa]; i++)
        s->dual_coef[(b - 1) * s->v.n_sv + ours[a] + i] =
            sign * in->coef[(first[fa] + i) * in->n_coef + (turned ? fb : fb - 1)];
    for (size_t i = 0; i < (size_t)in->n_support[fb]; i++)
        s->dual_coef[a * s->v.n_sv + ours[b] + i] =
            sign * in->coef[(first[fb] + i) * in->n_coef + (turned ? fa - 1 : fa)];
}

static hone_status take_classes(const struct reader *in, const size_t *order, size_t *rows,
                                size_t *first, size_t *ours, struct svc_state *s, hone_error *err) {
    size_t k = in->n_coef + 1, n_sv = (size_t)in->n_sv, at = 0;
    hone_status status;
    s->n_classes = k, s->n_pairs = in->n_pairs, s->n_coef = in->n_coef, s->gamma = in->gamma;
    s->n_platt = in->prob_a ? s->n_pairs : 0;
    if ((status = hone_new(&s->n_support, k, err)) ||
        (status = hone_new2(&s->dual_coef, s->n_coef, n_sv, err)) ||
        (status = hone_new(&s->intercept, s->n_pairs, err)) ||
        (status = hone_new(&s->objective, s->n_pairs, err)) ||
        (status = hone_new(&s->gap, s->n_pairs, err)) ||
        (status = hone_new(&s->n_iter, s->n_pairs, err)) ||
        (status = hone_new(&s->platt_a, s->n_platt, err)) ||
        (status = hone_new(&s->platt_b, s->n_platt, err)))
        return status;
    for (size_t c = 1; c < k; c++)
        first[c] = first[c - 1] + (size_t)in->n_support[c - 1];
    for (size_t c = 0; c < k; c++) {
        s->n_support[c] = (int32_t)in->n_support[order[c]];
        ours[c] = at;
        for (size_t i = 0; i < (size_t)s->n_support[c]; i++)
            rows[at++] = first[order[c]] + i;
    }
    if ((status = take_vectors(in, rows, &s->v, err)))
        return status;
    for (size_t a = 0; a < k; a++)
        for (size_t b = a + 1; b < k; b++)
            take_pair(in, order, first, ours, a, b, s);
    return HONE_OK;
}

static hone_status take_sum(const struct reader *in, size_t *rows, struct svr_state *s,
                            hone_error *err) {
    size_t n_sv = (size_t)in->n_sv;
    hone_status status = hone_new(&s->dual_coef, n_sv, err);
    s->gamma = in->gamma, s->intercept = -in->rho[0];
    for (size_t i = 0; i < n_sv && status == HONE_OK; i++)
        s->dual_coef[i] = in->coef[i], rows[i] = i;
    return status != HONE_OK ? status : take_vectors(in, rows, &s->v, err);
}

static hone_status assemble(const struct reader *in, hone_estimator *est, hone_error *err) {
    const hone_class *cls = hone_estimator_class(est);
    bool of_classes = in->kind->classes;
    size_t k = of_classes ? in->n_coef + 1 : 0, *places = NULL, *rows = NULL;
    double *classes = NULL;
    void *state = NULL;
    hone_status status;
    if ((status = hone_new(&places, 3 * k, err)) || (status = hone_new(&classes, k, err)) ||
        (status = hone_new(&rows, (size_t)in->n_sv, err)) ||
        (status = hone_alloc(&state, 1, cls->state_size, err)) ||
        (of_classes && (status = sort_classes(in, places, classes, err))))
        goto done;
    status = of_classes ? take_classes(in, places, rows, places + k, places + 2 * k, state, err)
                        : take_sum(in, rows, state, err);
    if (status == HONE_OK) {
        status = hone_estimator_adopt(est, state, in->v.n_cols, classes, k, err);
        state = NULL;
    }
done:
    if (state)
        hone_state_free(cls->attrs, state);
    hone_release(places);
    hone_release(classes);
    hone_release(rows);
    return status;
}

/* What the file tells of the parameters. */
static hone_status set_params(const struct reader *in, hone_estimator *est, hone_error *err) {
    char text[256], gamma[HONE_NUMBER_SIZE], coef0[HONE_NUMBER_SIZE];
    snprintf(text, sizeof text, "kernel=%s degree=%.0f gamma=%s coef0=%s%s",
             hone_svm_kernel_words[in->kernel], in->degree, hone_write_double(in->gamma, gamma),
             hone_write_double(in->coef0, coef0),
             !in->kind->classes ? ""
             : in->prob_a       ? " probability=true"
                                : " probability=false");
    return hone_set(est, text, err);
}

static void reader_free(struct reader *in) {
    hone_release(in->text);
    hone_release(in->rho);
    hone_release(in->label);
    hone_release(in->prob_a);
    hone_release(in->prob_b);
    hone_release(in->n_support);
    hone_release(in->coef);
    hone_release(in->v.entry_values);
    hone_release(in->v.entry_columns);
    hone_release(in->v.entry_starts);
}

bool hone_libsvm_looks(const char *path) {
    static const char word[] = "svm_type ";
    char start[sizeof word] = "";
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    size_t got = fread(start, 1, sizeof word - 1, file);
    fclose(file);
    return got == sizeof word - 1 && memcmp(start, word, got) == 0;
}

hone_status hone_libsvm_load(const char *path, hone_estimator **out, hone_error *err) {
    struct reader in = {
        .path = path, .kernel = -1, .degree = 3, .gamma = 1, .n_classes = -1, .n_sv = -1};
    hone_estimator *est = NULL;
    const hone_class *const classes[] = {&hone_svc, &hone_nu_svc, &hone_one_class_svm, &hone_svr,
                                         &hone_nu_svr};
    hone_status status;
    if ((status = slurp(&in, err)) || (status = read_header(&in, err)) ||
        (status = read_vectors(&in, err)) ||
        (status = hone_estimator_new(classes[in.kind - hone_svm_file_kinds], &est, err)) ||
        (status = set_params(&in, est, err)) || (status = assemble(&in, est, err)))
        goto done;
    *out = est, est = NULL;
done:
    hone_free(est);
    reader_free(&in);
    return status;
}
