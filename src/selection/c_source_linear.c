/* c_source_linear.c -- linear models as C: values, and probabilities of logistic regression.
 *
 *     out_c = coef_c . x + intercept_c, by the sum over eight lanes that linalg/rows.c makes
 * Cost: O(coefficients). */
#include "selection/c_source.h"

static unsigned value_uses(const hone_estimator *est) {
    (void)est;
    return HONE_C_DOT;
}

static unsigned logistic_uses(const hone_estimator *est) {
    double one_vs_rest = 0;
    hone_status status = hone_get_number(est, "one_vs_rest", &one_vs_rest, NULL);
    bool sigmoids = status == HONE_OK && one_vs_rest != 0 && hone_n_classes(est) > 2;
    return HONE_C_DOT | (sigmoids ? HONE_C_EXP : HONE_C_SOFTMAX);
}

static hone_status put_values(const hone_c_part *part, hone_error *err) {
    hone_view coef;
    double intercept;
    hone_status status = hone_get_array(part->est, "coef", &coef, err);
    if (status == HONE_OK)
        status = hone_get_number(part->est, "intercept", &intercept, err);
    if (status != HONE_OK)
        return status;
    hone_c_reals(part, "coef", coef.data, part->n_in);
    hone_c_open(part);
    fprintf(part->file, "    out[0] = dot(%zu, x, s%zu_coef) + ", part->n_in, part->number);
    hone_c_real(part->file, intercept);
    fputs(";\n}\n", part->file);
    return HONE_OK;
}

static void put_sigmoids(const hone_c_part *part, size_t k) {
    fprintf(part->file,
            "    double sum = 0;\n"
            "    for (int k = 0; k < %zu; k++)\n"
            "        sum += out[k] = 1 / (1 + exp_of(-out[k]));\n"
            "    for (int k = 0; k < %zu; k++)\n"
            "        out[k] = sum > 0 ? out[k] / sum : 1 / %zu.0;\n",
            k, k, k);
}

static hone_status put_logistic(const hone_c_part *part, hone_error *err) {
    hone_view coef, intercept;
    size_t k = part->n_out, vectors = k == 2 ? 1 : k;
    hone_status status = hone_get_array(part->est, "coef", &coef, err);
    if (status == HONE_OK)
        status = hone_get_array(part->est, "intercept", &intercept, err);
    if (status != HONE_OK)
        return status;
    hone_c_reals(part, "coef", coef.data, vectors * part->n_in);
    hone_c_reals(part, "intercept", intercept.data, vectors);
    hone_c_open(part);
    fputs(vectors == 1 ? "    out[0] = 0;\n" : "", part->file);
    fprintf(part->file,
            "    for (int k = 0; k < %zu; k++)\n"
            "        out[k%s] = dot(%zu, x, s%zu_coef + k * %zu) + s%zu_intercept[k];\n",
            vectors, vectors == 1 ? " + 1" : "", part->n_in, part->number, part->n_in,
            part->number);
    if (logistic_uses(part->est) & HONE_C_SOFTMAX)
        fprintf(part->file, "    softmax(out, %zu);\n", k);
    else
        put_sigmoids(part, k);
    fputs("}\n", part->file);
    return HONE_OK;
}

const hone_c_kind hone_c_linear_kinds[] = {
    {"linear_regression", value_uses, put_values},
    {"ridge", value_uses, put_values},
    {"lasso", value_uses, put_values},
    {"elastic_net", value_uses, put_values},
    {"linear_svr", value_uses, put_values},
    {"logistic_regression", logistic_uses, put_logistic},
    {NULL, NULL, NULL},
};
