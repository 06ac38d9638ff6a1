/* foreign_float.c -- thresholds of programs that compare in single precision.
 *
 *     (float)x < f   <=>   (float)x <= p, the float before f   <=>   x <= (p + f) / 2
 * where a tie rounds to the one of the two whose last bit is 0: down to p, or up to f, and then the
 * threshold is the double before the middle. The middle of two floats is a double, that of denormal
 * ones too; beyond the largest float stands 2^128, to whose side a tie goes. */
#include "classic/trees/foreign.h"

#include <float.h>
#include <math.h>
#include <string.h>

static double value_of(float x) {
    return isinf(x) ? copysign(0x1p128, x) : x;
}

double hone_threshold_of_float(float above) {
    float below = nextafterf(above, -INFINITY);
    double middle = value_of(below) / 2 + value_of(above) / 2;
    uint32_t bits;
    memcpy(&bits, &below, sizeof bits);
    return bits & 1 ? nextafter(middle, -INFINITY) : middle;
}

float hone_float_of_threshold(double t) {
    if (t >= FLT_MAX)
        return FLT_MAX;
    if (t < -FLT_MAX)
        return -FLT_MAX;
    float f = (float)t;
    return f > t ? f : nextafterf(f, INFINITY);
}
