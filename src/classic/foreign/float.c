/* float.c -- thresholds of programs that compare in single precision.
 *
 *     (float)x < f   <=>   (float)x <= p, the float before f   <=>   x <= (p + f) / 2
 * where a tie rounds to the one of the two whose last bit is 0: down to p, or up to f, and then the
 * threshold is the double before the middle. The middle of two floats is a double, that of denormal
 * ones too; beyond the largest float stands 2^128, to whose side a tie goes.
 * Back, x <= t becomes (float)x <= (float)t, and where the double behind t is shorter in decimals,
 * as a value of the data is, (float)x < (float)next: so values beside a threshold (27.3 right of
 * 27.299999999999997) keep their sides. A threshold in the middle of two floats parts these. */
#include "classic/foreign/foreign.h"

#include <hone/text.h>

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

/* Does t lie just in the middle between two floats? */
static bool is_tie(double t, float below, float above) {
    return t == value_of(below) / 2 + value_of(above) / 2;
}

static size_t digits(double x) {
    char text[HONE_NUMBER_SIZE];
    return strlen(hone_write_double(x, text));
}

float hone_float_of_threshold(double t) {
    double next = nextafter(t, INFINITY);
    if (t >= FLT_MAX)
        return FLT_MAX;
    if (t < -FLT_MAX)
        return -FLT_MAX;
    float f = (float)t;
    if (digits(next) < digits(t))
        return (float)next;
    if (f > t && is_tie(t, nextafterf(f, -INFINITY), f))
        return f;
    return nextafterf(f, INFINITY);
}
