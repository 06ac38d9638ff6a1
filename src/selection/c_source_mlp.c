/* c_source_mlp.c -- nets of dense layers as C, in single precision as the library has them.
 *
 *     a_0 = x,   a_l = f(a_(l-1) W_l + b_l),   out = softmax, sigmoid, or mean + scale * a
 * BLAS adds in another order than a loop does: answers differ by some 1e-7.
 * Weights stand layer by layer, in x out, then biases. Cost: O(weights). */
#include "selection/c_source.h"

#include <hone/text.h>

#include <string.h>

/* A field of the state by the name of its row. */
static const void *field_of(const hone_estimator *est, const char *name) {
    const hone_attr *row = hone_estimator_class(est)->attrs;
    while (row->name && strcmp(row->name, name) != 0)
        row++;
    return row->name ? (const char *)hone_estimator_state(est) + row->offset : NULL;
}

static const char *activation(const hone_estimator *est) {
    static const char *const NAMES[][2] = {
        {"relu", "a > 0 ? a : 0"},
        {"tanh", "1 - 2 / (1 + exp_of(2.0 * a))"},
        {"logistic", "1 / (1 + exp_of(-a))"},
    };
    char name[32] = "";
    if (hone_get(est, "activation", name, sizeof name, NULL) != HONE_OK)
        return "a";
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(NAMES[i][0], name) == 0)
            return NAMES[i][1];
    return "a";
}

static unsigned uses(const hone_estimator *est) {
    bool bends = strstr(activation(est), "exp_of") != NULL;
    return hone_n_classes(est) > 2             ? HONE_C_SOFTMAX
           : hone_n_classes(est) == 2 || bends ? HONE_C_EXP
                                               : 0;
}

static void put_weights(const hone_c_part *part, const float *weights, size_t n) {
    char text[HONE_NUMBER_SIZE];
    fprintf(part->file, "static const float s%zu_weights[%zu] = {", part->number, n);
    for (size_t i = 0; i < n; i++) {
        hone_write_double(weights[i], text);
        fprintf(part->file, "%s%s%sf",
                i == 0  ? "\n    "
                : i % 8 ? ", "
                        : ",\n    ",
                text, strpbrk(text, ".e") ? "" : ".0");
    }
    fputs("\n};\n\n", part->file);
}

static const char LAYER[] =
    "static const float *s%zu_layer(int in, int out, int last, const float *w, const float *x,\n"
    "                               float *z) {\n"
    "    for (int j = 0; j < out; j++)\n"
    "        z[j] = 0;\n"
    "    for (int i = 0; i < in; i++, w += out)\n"
    "        for (int j = 0; j < out; j++)\n"
    "            z[j] += x[i] * w[j];\n"
    "    for (int j = 0; j < out; j++) {\n"
    "        float a = z[j] + w[j];\n"
    "        z[j] = last ? a : (float)(%s);\n"
    "    }\n"
    "    return w + out;\n"
    "}\n";

static void put_output(const hone_c_part *part) {
    size_t classes = hone_n_classes(part->est);
    if (classes > 2)
        fprintf(part->file,
                "    for (int k = 0; k < %zu; k++)\n"
                "        out[k] = z[k];\n"
                "    softmax(out, %zu);\n",
                classes, classes);
    else if (classes)
        fputs("    out[1] = 1 / (1 + exp_of(-(double)z[0]));\n    out[0] = 1 - out[1];\n",
              part->file);
    else {
        fputs("    out[0] = ", part->file);
        hone_c_real(part->file, *(const double *)field_of(part->est, "y_mean"));
        fputs(" + ", part->file);
        hone_c_real(part->file, *(const double *)field_of(part->est, "y_scale"));
        fputs(" * (double)z[0];\n", part->file);
    }
}

static hone_status put_mlp(const hone_c_part *part, hone_error *err) {
    size_t n = *(const size_t *)field_of(part->est, "n_layers"), most = 1;
    size_t weights = *(const size_t *)field_of(part->est, "n_weights");
    const int32_t *sizes = *(int32_t *const *)field_of(part->est, "layer_sizes");
    (void)err;
    for (size_t l = 0; l < n; l++)
        most = (size_t)sizes[l] > most ? (size_t)sizes[l] : most;
    put_weights(part, *(float *const *)field_of(part->est, "weights"), weights);
    fprintf(part->file, LAYER, part->number, activation(part->est));
    hone_c_open(part);
    fprintf(part->file,
            "    float a[%zu], b[%zu], *z = a, *next = b;\n"
            "    const float *w = s%zu_weights;\n"
            "    for (int j = 0; j < %zu; j++)\n"
            "        z[j] = (float)x[j];\n",
            most, most, part->number, part->n_in);
    for (size_t l = 1; l < n; l++)
        fprintf(part->file,
                "    w = s%zu_layer(%d, %d, %d, w, z, next);\n"
                "    z = next, next = z == a ? b : a;\n",
                part->number, (int)sizes[l - 1], (int)sizes[l], l + 1 == n);
    put_output(part);
    fputs("}\n", part->file);
    return HONE_OK;
}

const hone_c_kind hone_c_mlp_kinds[] = {
    {"mlp_classifier", uses, put_mlp},
    {"mlp_regressor", uses, put_mlp},
    {NULL, NULL, NULL},
};
