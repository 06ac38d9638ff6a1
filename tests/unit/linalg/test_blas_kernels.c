/* What hone says of OpenBLAS agrees with OpenBLAS. */
#include "linalg/linalg.h"

#include <criterion/criterion.h>

#include <cblas.h>
#include <string.h>

Test(blas, one_thread_after_the_first_product) {
    double x[] = {1};
    openblas_set_num_threads(4);
    hone_ddot(1, x, x);
    cr_assert_eq(openblas_get_num_threads(), 1);
}

Test(blas, better_kernels_are_offered_only_when_there_are_better) {
    const char *kernels = hone_blas_kernels(), *better = hone_blas_better_kernels();
    cr_assert_str_eq(kernels, openblas_get_corename());
    if (strcmp(kernels, "SkylakeX") == 0)
        cr_assert_null(better);
    if (better)
        cr_assert_str_eq(better, "SkylakeX");
}
