/* The float exp and tanh against libm's double ones, over their whole range. */
#include <criterion/criterion.h>

#include "nn/real.h"

#include <math.h>

Test(real, exp_is_right_to_one_ulp) {
    double worst = 0;
    for (double x = -87; x < 88; x += 1.0 / 4096) {
        double want = exp((double)(float)x);
        worst = fmax(worst, fabs((double)real_exp((float)x) - want) / want);
    }
    cr_expect_lt(worst, 0x1p-23, "%g", worst);
}

Test(real, exp_saturates_and_keeps_nan) {
    cr_expect_eq(real_exp(0), 1);
    cr_expect(real_exp(-1e30f) > 0 && real_exp(-1e30f) < 1e-37f);
    cr_expect(isfinite(real_exp(1e30f)) && real_exp(1e30f) > 1e38f);
    cr_expect(isfinite(real_exp(INFINITY)) && isfinite(real_exp(-INFINITY)));
    cr_expect(isnan(real_exp(NAN)));
}

Test(real, tanh_is_right_to_2e_7) {
    double worst = 0;
    for (double x = -30; x < 30; x += 1.0 / 4096)
        worst = fmax(worst, fabs((double)real_tanh((float)x) - tanh((double)(float)x)));
    cr_expect_lt(worst, 2e-7, "%g", worst);
    cr_expect_eq(real_tanh(1e30f), 1);
    cr_expect_eq(real_tanh(-1e30f), -1);
}
