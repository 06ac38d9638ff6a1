/* planes.c -- rows laid out column by column, so that a question is one comparison of a plane. */
#include "classic/trees/plan.h"

#include "core/clones.h"

#include <math.h>

/* Past any set: these have fewer than 2^31 words. */
#define NO_CODE ((uint64_t)1 << 40)

/* Eight columns of 8 bytes share a cache line: rows are read once for each such group. */
HONE_CLONES
static void lay_out_numbers(const hone_number_plane *plane, size_t n, hone_view x, double *out) {
    for (size_t p = 0; p < n; p++, out += HONE_PLAN_ROWS) {
        if (plane[p].column < 0)
            continue; /* stays zero */
        const double *column = x.data + plane[p].column;
        for (size_t i = 0; i < x.rows; i++) {
            double v = column[i * x.ld];
            out[i] = plane[p].missing_left && v != v ? -INFINITY : v;
        }
    }
}

static void lay_out_codes(const int32_t *columns, size_t n, hone_view x, uint64_t *out) {
    for (size_t p = 0; p < n; p++, out += HONE_PLAN_ROWS)
        for (size_t i = 0; i < x.rows; i++) {
            double v = x.data[i * x.ld + (size_t)columns[p]];
            out[i] = v >= 0 && v < (double)NO_CODE ? (uint64_t)v : NO_CODE;
        }
}

void hone_planes_fill(const hone_trees_plan *plan, hone_view x, hone_planes *planes) {
    lay_out_numbers(plan->numbers, plan->n_numbers, x, planes->numbers);
    lay_out_codes(plan->codes, plan->n_codes, x, planes->codes);
}
