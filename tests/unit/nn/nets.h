/* nets.h -- what the tests of the engine share; compiled once with float, once with double. */
#ifndef HONE_TESTS_NETS_H
#define HONE_TESTS_NETS_H

#include "nn/network.h"

#include "support/support.h"

#define NETS_MOST 8

/* A net of dense layers that owns its parameters. Free with net_free(). */
struct test_net {
    hone_layer layers[NETS_MOST];
    hone_net net;
    real *params; /* all zero at first */
};

/* sizes: n columns from input to output; all but the last layer have the activation. Aborts the
 * test on failure. */
void test_net_make(struct test_net *net, const double *sizes, size_t n,
                   const hone_activation *activation);
void test_net_free(struct test_net *net);
/* n numbers from doubles; free(). */
real *test_reals(const double *values, size_t n);
/* n numbers of the golden under `key`; NULL and *n = 0 when the list is empty. free(). */
real *test_golden(const hone_json *object, const char *key, size_t *n);
/* n normal numbers; free(). */
real *test_normals(uint64_t seed, size_t n, double scale);

#endif
