/* space.c -- each metric as a rank in a space of its own.
 *
 *   minkowski, euclidean, manhattan, chebyshev   (sum |x_j - r_j|^p)^(1/p), the rows as they are
 *   cosine      1 - x'r / (|x| |r|) = |u - v|^2 / 2, u and v the rows at length 1. A row of length
 *               0 is at a right angle to all: two columns more, one for those of the fit and
 *               one for those that are asked about
 *   haversine   2 asin(|u - v| / 2), u and v the points on the unit sphere; columns are latitude
 *               and longitude in radians
 *   hamming     share of the columns that differ
 *   gower       mean over the columns that both rows have of |x_j - r_j| / range_j, or of
 *               [x_j != r_j] for categories and columns without range; infinite without such a
 *               column. Ranges are those of the fit; beyond them a part may exceed 1.
 * Cost: O(width) a row.   Reference: Gower 1971. */
#include "classic/neighbours/neighbours.h"

#include <math.h>
#include <string.h>

const char *const hone_neighbours_metrics[] = {"minkowski", "euclidean", "manhattan",
                                               "chebyshev", "cosine",    "hamming",
                                               "haversine", "gower",     NULL};
const char *const hone_neighbours_algorithms[] = {"auto", "brute", "kd_tree", NULL};
const char *const hone_neighbours_weights[] = {"uniform", "distance", NULL};

hone_rank_kind hone_neighbours_rank_kind(const struct neighbours_params *p) {
    switch (p->metric) {
    case NEIGHBOURS_MINKOWSKI:
        return p->p == 1     ? HONE_RANK_ABSOLUTES
               : p->p == 2   ? HONE_RANK_SQUARES
               : isinf(p->p) ? HONE_RANK_LARGEST
                             : HONE_RANK_POWERS;
    case NEIGHBOURS_MANHATTAN:
        return HONE_RANK_ABSOLUTES;
    case NEIGHBOURS_CHEBYSHEV:
        return HONE_RANK_LARGEST;
    case NEIGHBOURS_HAMMING:
        return HONE_RANK_UNEQUAL;
    case NEIGHBOURS_GOWER:
        return HONE_RANK_GOWER;
    default:
        return HONE_RANK_SQUARES;
    }
}

size_t hone_neighbours_width(const struct neighbours_params *p, size_t n_cols) {
    return p->metric == NEIGHBOURS_COSINE      ? n_cols + 2
           : p->metric == NEIGHBOURS_HAVERSINE ? 3
                                               : n_cols;
}

bool hone_neighbours_maps(const struct neighbours_params *p) {
    return p->metric == NEIGHBOURS_COSINE || p->metric == NEIGHBOURS_HAVERSINE ||
           p->metric == NEIGHBOURS_GOWER;
}

/* At length 1. The largest number is divided by first: no square overflows. */
static void direction(const double *x, size_t n_cols, bool asked, double *out) {
    double most = 0, square = 0;
    for (size_t j = 0; j < n_cols; j++)
        most = fmax(most, fabs(x[j]));
    out[n_cols] = most == 0 && !asked;
    out[n_cols + 1] = most == 0 && asked;
    for (size_t j = 0; j < n_cols; j++) {
        out[j] = most > 0 ? x[j] / most : 0;
        square += out[j] * out[j];
    }
    for (size_t j = 0; j < n_cols && most > 0; j++)
        out[j] /= sqrt(square);
}

static void on_sphere(const double *x, double *out) {
    out[0] = cos(x[0]) * cos(x[1]);
    out[1] = cos(x[0]) * sin(x[1]);
    out[2] = sin(x[0]);
}

void hone_neighbours_map(const struct neighbours_params *p, const struct neighbours_state *s,
                         hone_view x, bool asked, double *out) {
    for (size_t i = 0; i < x.rows; i++, out += s->width) {
        const double *row = hone_view_row(x, i);
        if (p->metric == NEIGHBOURS_COSINE)
            direction(row, x.cols, asked, out);
        else if (p->metric == NEIGHBOURS_HAVERSINE)
            on_sphere(row, out);
        else
            memcpy(out, row, x.cols * sizeof *out);
        for (size_t j = 0; j < s->n_scale; j++)
            out[j] *= s->scale[j];
    }
}

double hone_neighbours_distance(const struct neighbours_params *p, size_t width, double rank) {
    switch (hone_neighbours_rank_kind(p)) {
    case HONE_RANK_SQUARES:
        if (p->metric == NEIGHBOURS_COSINE)
            return rank / 2;
        if (p->metric == NEIGHBOURS_HAVERSINE)
            return 2 * asin(fmin(1, sqrt(rank) / 2));
        return sqrt(rank);
    case HONE_RANK_POWERS:
        return pow(rank, 1 / p->p);
    case HONE_RANK_UNEQUAL:
        return rank / (double)width;
    default:
        return rank;
    }
}

double hone_neighbours_rank(const struct neighbours_params *p, size_t width, double radius) {
    static const double HALF_TURN = 3.14159265358979323846, BEYOND = 5; /* 4 = opposite points */
    switch (hone_neighbours_rank_kind(p)) {
    case HONE_RANK_SQUARES:
        if (p->metric == NEIGHBOURS_COSINE)
            return 2 * radius;
        if (p->metric == NEIGHBOURS_HAVERSINE)
            return radius < HALF_TURN ? 4 * sin(radius / 2) * sin(radius / 2) : BEYOND;
        return radius * radius;
    case HONE_RANK_POWERS:
        return pow(radius, p->p);
    case HONE_RANK_UNEQUAL:
        return floor(radius * (double)width + 1e-9);
    default:
        return radius;
    }
}
