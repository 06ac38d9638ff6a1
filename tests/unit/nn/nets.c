#include "nets.h"

#include <criterion/criterion.h>

#include "core/alloc.h"
#include "core/rng.h"

#include <stdlib.h>

void test_net_make(struct test_net *net, const double *sizes, size_t n,
                   const hone_activation *activation) {
    cr_assert_leq(n, NETS_MOST + 1);
    for (size_t i = 0; i + 1 < n; i++)
        net->layers[i] = (hone_layer){
            .kind = &hone_dense,
            .activation = i + 2 < n ? activation : hone_activation_find("identity"),
            .in = (size_t)sizes[i],
            .out = (size_t)sizes[i + 1],
        };
    cr_assert_eq(hone_net_plan("test", net->layers, n - 1, &net->net, NULL), HONE_OK);
    net->params = NULL;
    cr_assert_eq(hone_new(&net->params, net->net.n_params, NULL), HONE_OK);
}

void test_net_free(struct test_net *net) {
    hone_release(net->params);
}

real *test_reals(const double *values, size_t n) {
    real *out = malloc((n + 1) * sizeof *out);
    cr_assert(out);
    for (size_t i = 0; i < n; i++)
        out[i] = (real)values[i];
    return out;
}

real *test_golden(const hone_json *object, const char *key, size_t *n) {
    *n = hone_json_size(hone_json_get(object, key));
    if (*n == 0)
        return NULL;
    double *values = support_reals(object, key, n);
    real *out = test_reals(values, *n);
    free(values);
    return out;
}

real *test_normals(uint64_t seed, size_t n, double scale) {
    hone_rng rng = hone_rng_at(seed, 3);
    real *out = malloc((n + 1) * sizeof *out);
    cr_assert(out);
    for (size_t i = 0; i < n; i++)
        out[i] = (real)(scale * hone_rng_normal(&rng));
    return out;
}
