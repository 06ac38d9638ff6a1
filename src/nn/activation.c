/* activation.c -- identity z, relu max(z, 0), tanh z, logistic 1 / (1 + e^-z).
 *
 * All four have derivatives that follow from the output a: 1, [a > 0], 1 - a^2, a (1 - a), so that
 * forward works in place and one pass adds the bias as well. Cost: O(rows cols). */
#include "nn/activation.h"

#include "core/clones.h"

#include <string.h>

HONE_CLONES
static void identity_forward(size_t rows, size_t cols, const real *restrict bias, real *z,
                             real *out) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            out[i * cols + j] = z[i * cols + j] + bias[j];
}

static void identity_backward(size_t n, const real *kept, real *d) {
    (void)n, (void)kept, (void)d;
}

HONE_CLONES
static void relu_forward(size_t rows, size_t cols, const real *restrict bias, real *z, real *out) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++) {
            real v = z[i * cols + j] + bias[j];
            out[i * cols + j] = v < 0 ? 0 : v; /* NaN stays NaN */
        }
}

HONE_CLONES
static void relu_backward(size_t n, const real *restrict kept, real *restrict d) {
    for (size_t i = 0; i < n; i++)
        d[i] = kept[i] > 0 ? d[i] : 0;
}

HONE_CLONES
static void tanh_forward(size_t rows, size_t cols, const real *restrict bias, real *z, real *out) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            out[i * cols + j] = real_tanh(z[i * cols + j] + bias[j]);
}

HONE_CLONES
static void tanh_backward(size_t n, const real *restrict kept, real *restrict d) {
    for (size_t i = 0; i < n; i++)
        d[i] *= 1 - kept[i] * kept[i];
}

HONE_CLONES
static void logistic_forward(size_t rows, size_t cols, const real *restrict bias, real *z,
                             real *out) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            out[i * cols + j] = 1 / (1 + real_exp(-(z[i * cols + j] + bias[j])));
}

HONE_CLONES
static void logistic_backward(size_t n, const real *restrict kept, real *restrict d) {
    for (size_t i = 0; i < n; i++)
        d[i] *= kept[i] * (1 - kept[i]);
}

const hone_activation hone_activations[] = {
    {"identity", HONE_BEND_NONE, "glorot_uniform", false, identity_forward, identity_backward},
    {"relu", HONE_BEND_AT_0, "glorot_uniform", false, relu_forward, relu_backward},
    {"tanh", HONE_BEND_ALL_ALONG, "glorot_uniform", false, tanh_forward, tanh_backward},
    {"logistic", HONE_BEND_ALL_ALONG, "glorot_logistic", false, logistic_forward,
     logistic_backward},
    {NULL, HONE_BEND_NONE, NULL, false, NULL, NULL},
};

const hone_activation *hone_activation_find(const char *name) {
    for (const hone_activation *row = hone_activations; row->name; row++)
        if (!strcmp(row->name, name))
            return row;
    return NULL;
}
