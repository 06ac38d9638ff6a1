/* file_write.c -- a fitted machine as a model file of LIBSVM: a header of words, then a line
 * for each support vector, its coefficients and its entries that are not zero. Numbers have the
 * fewest digits that read back to the same bits.
 * Cost: O(entries).   Reference: svm_save_model() of LIBSVM 3.24. */
#include "classic/svm/file.h"

#include "core/text.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const struct hone_svm_file_kind hone_svm_file_kinds[] = {{"c_svc", "svc", true},
                                                         {"nu_svc", "nu_svc", true},
                                                         {"one_class", "one_class_svm", false},
                                                         {"epsilon_svr", "svr", false},
                                                         {"nu_svr", "nu_svr", false},
                                                         {NULL, NULL, false}};
const char *const hone_svm_file_kernels[] = {"linear", "polynomial", "rbf", "sigmoid", NULL};

/* What either state says, in one form. */
struct machine {
    const struct hone_svm_vectors *v;
    int kernel, degree;
    double gamma, coef0;
    size_t n_coef, n_pairs, n_platt;
    const double *coef, *intercept, *platt_a, *platt_b;
    const int32_t *n_support; /* of classifiers */
};

static struct machine machine_of(const hone_estimator *est, bool classes) {
    const struct svc_params *p = hone_estimator_fit_params(est);
    const struct svr_params *q = hone_estimator_fit_params(est);
    const struct svc_state *s = hone_estimator_state(est);
    const struct svr_state *t = hone_estimator_state(est);
    if (classes)
        return (struct machine){&s->v,      p->kernel,  p->degree,   s->gamma,     p->coef0,
                                s->n_coef,  s->n_pairs, s->n_platt,  s->dual_coef, s->intercept,
                                s->platt_a, s->platt_b, s->n_support};
    return (struct machine){&t->v, q->kernel,    q->degree,     t->gamma, q->coef0, 1,   1,
                            0,     t->dual_coef, &t->intercept, NULL,     NULL,     NULL};
}

static void put_numbers(FILE *file, const char *word, const double *values, size_t n, double sign) {
    char text[HONE_NUMBER_SIZE];
    fputs(word, file);
    for (size_t i = 0; i < n; i++)
        fprintf(file, " %s", hone_write_double(sign * values[i], text));
    fputc('\n', file);
}

/* Labels are whole numbers there: the name of the class where it is one, else its value. */
static double label_of(const hone_estimator *est, size_t k) {
    const hone_column *target = &hone_input_schema(est)->targets[0];
    double value = hone_classes(est)[k], named;
    size_t level = target->n_levels == hone_n_classes(est) ? k : (size_t)value;
    bool whole = hone_parse_double(target->levels[level], &named) && named == floor(named);
    return whole && fabs(named) <= INT_MAX ? named : value;
}

static void put_header(FILE *file, const struct hone_svm_file_kind *kind, const struct machine *m,
                       const hone_estimator *est) {
    fprintf(file, "svm_type %s\nkernel_type %s\n", kind->type, hone_svm_file_kernels[m->kernel]);
    if (m->kernel == HONE_SVM_POLY)
        fprintf(file, "degree %d\n", m->degree);
    if (m->kernel != HONE_SVM_LINEAR)
        put_numbers(file, "gamma", &m->gamma, 1, 1);
    if (m->kernel == HONE_SVM_POLY || m->kernel == HONE_SVM_SIGMOID)
        put_numbers(file, "coef0", &m->coef0, 1, 1);
    fprintf(file, "nr_class %zu\ntotal_sv %zu\n", kind->classes ? m->n_coef + 1 : 2, m->v->n_sv);
    put_numbers(file, "rho", m->intercept, m->n_pairs, -1);
    if (!kind->classes)
        return;
    fputs("label", file);
    for (size_t k = 0; k <= m->n_coef; k++)
        fprintf(file, " %.0f", label_of(est, k));
    fputc('\n', file);
    if (m->n_platt) {
        put_numbers(file, "probA", m->platt_a, m->n_platt, 1);
        put_numbers(file, "probB", m->platt_b, m->n_platt, 1);
    }
    fputs("nr_sv", file);
    for (size_t k = 0; k <= m->n_coef; k++)
        fprintf(file, " %d", (int)m->n_support[k]);
    fputc('\n', file);
}

static void put_entry(FILE *file, size_t column, double value) {
    char text[HONE_NUMBER_SIZE];
    if (value != 0)
        fprintf(file, "%zu:%s ", column + 1, hone_write_double(value, text));
}

static void put_vector(FILE *file, const struct machine *m, size_t s) {
    const struct hone_svm_vectors *v = m->v;
    char text[HONE_NUMBER_SIZE];
    for (size_t r = 0; r < m->n_coef; r++)
        fprintf(file, "%s ", hone_write_double(m->coef[r * v->n_sv + s], text));
    for (size_t j = 0; j < v->n_cols && v->n_dense; j++)
        put_entry(file, j, v->support_vectors[s * v->n_cols + j]);
    for (int32_t k = v->n_starts ? v->entry_starts[s] : 0;
         v->n_starts && k < v->entry_starts[s + 1]; k++)
        put_entry(file, (size_t)v->entry_columns[k], v->entry_values[k]);
    fputc('\n', file);
}

hone_status hone_libsvm_save(const hone_estimator *est, const char *path, hone_error *err) {
    const struct hone_svm_file_kind *kind = hone_svm_file_kinds;
    while (kind->name && strcmp(kind->name, hone_name(est)) != 0)
        kind++;
    if (!kind->name)
        return hone_fail(
            err, HONE_EUNSUPPORTED,
            "%s: LIBSVM's files hold svc, nu_svc, svr, nu_svr and one_class_svm alone, "
            "without anything in front",
            hone_name(est));
    if (!hone_is_fitted(est))
        return hone_fail(err, HONE_ESTATE, "%s: not fitted yet; there is nothing to save",
                         hone_name(est));
    struct machine m = machine_of(est, kind->classes);
    if (m.kernel > HONE_SVM_SIGMOID)
        return hone_fail(
            err, HONE_EUNSUPPORTED,
            "%s: LIBSVM's files are written of linear, poly, rbf and sigmoid kernels, not of "
            "%s ones",
            hone_name(est), hone_svm_kernel_words[m.kernel]);
    FILE *file = fopen(path, "w");
    if (!file)
        return hone_fail(err, HONE_EIO, "%s: %s", path, strerror(errno));
    put_header(file, kind, &m, est);
    fputs("SV\n", file);
    for (size_t s = 0; s < m.v->n_sv; s++)
        put_vector(file, &m, s);
    bool bad = ferror(file);
    bad |= fclose(file) != 0;
    return bad ? hone_fail(err, HONE_EIO, "%s: %s", path, strerror(errno)) : HONE_OK;
}
