/* chain.c -- see chain.h.
 *
 * Thinning: points on a straight line between their neighbours go first. What is left is cut into
 * pieces of about equal length (in the box of the curve); of a piece from A to B with area T below
 * it, one point C stays, beside the middle of AB, where the area below A-C-B is T as well:
 *     C = (A + B) / 2 + 2 D / |AB|^2 (-dy, dx),   D = T - dx (y_A + y_B) / 2;
 * if C would leave the box of the piece, two stay: (x_A, T / dx) and (x_B, T / dx). A monotone
 * curve stays monotone.   Cost: O(n). */
#include "report/chain.h"

#include "core/alloc.h"

#include <math.h>
#include <string.h>

void hone_chain_free(hone_chain *curve) {
    hone_release(curve->x);
    hone_release(curve->y);
    *curve = (hone_chain){0};
}

hone_status hone_chain_make(size_t n, hone_chain *out, hone_error *err) {
    hone_chain curve = {.n = n, .n_before = n};
    hone_status status = hone_new(&curve.x, n, err);
    if (status == HONE_OK)
        status = hone_new(&curve.y, n, err);
    if (status == HONE_OK)
        *out = curve, curve = (hone_chain){0};
    hone_chain_free(&curve);
    return status;
}

hone_status hone_chain_of(const double *x, const double *y, size_t n, hone_chain *out,
                          hone_error *err) {
    hone_status status = hone_chain_make(n, out, err);
    if (status != HONE_OK)
        return status;
    memcpy(out->x, x, n * sizeof *x);
    memcpy(out->y, y, n * sizeof *y);
    return HONE_OK;
}

static double area_between(const hone_chain *c, size_t first, size_t last) {
    double area = 0;
    for (size_t i = first; i < last; i++)
        area += (c->x[i + 1] - c->x[i]) * (c->y[i] + c->y[i + 1]) / 2;
    return area;
}

double hone_chain_area(const hone_chain *curve) {
    return curve->n ? area_between(curve, 0, curve->n - 1) : 0;
}

/* ---- thinning -------------------------------------------------------------------------------- */

static void put(hone_chain *c, size_t *n, double x, double y) {
    c->x[*n] = x;
    c->y[*n] = y;
    ++*n;
}

/* Is point i on the straight way from the last kept point to the next one? */
static bool is_between(const hone_chain *c, size_t kept, size_t i) {
    double ax = c->x[i] - c->x[kept], ay = c->y[i] - c->y[kept];
    double bx = c->x[i + 1] - c->x[i], by = c->y[i + 1] - c->y[i];
    double cross = ax * by - ay * bx;
    return fabs(cross) <= 1e-15 && ax * bx + ay * by >= 0;
}

static void drop_collinear(hone_chain *c) {
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        if (i == 0 || i + 1 == c->n || !is_between(c, n - 1, i))
            put(c, &n, c->x[i], c->y[i]);
    c->n = n;
}

struct box {
    double width, height;
};

static struct box box_of(const hone_chain *c) {
    double low = c->y[0], high = c->y[0];
    for (size_t i = 1; i < c->n; i++) {
        low = fmin(low, c->y[i]);
        high = fmax(high, c->y[i]);
    }
    struct box box = {c->x[c->n - 1] - c->x[0], high - low};
    box.width = box.width > 0 ? box.width : 1;
    box.height = box.height > 0 ? box.height : 1;
    return box;
}

static double step_length(const hone_chain *c, struct box box, size_t i) {
    return fabs(c->x[i + 1] - c->x[i]) / box.width + fabs(c->y[i + 1] - c->y[i]) / box.height;
}

/* Puts one or two points for what lies between A and B with area T below it. */
static void replace_piece(hone_chain *c, size_t *n, const double a[2], const double b[2],
                          double total) {
    double dx = b[0] - a[0], dy = b[1] - a[1];
    if (dx <= 0)
        return;
    double excess = total - dx * (a[1] + b[1]) / 2, square = dx * dx + dy * dy;
    double x = (a[0] + b[0]) / 2 - 2 * excess / square * dy;
    double y = (a[1] + b[1]) / 2 + 2 * excess / square * dx;
    bool inside = x >= a[0] && x <= b[0] && y >= fmin(a[1], b[1]) && y <= fmax(a[1], b[1]);
    if (inside) {
        put(c, n, x, y);
    } else {
        put(c, n, a[0], total / dx);
        put(c, n, b[0], total / dx);
    }
}

void hone_chain_thin(hone_chain *c, size_t most) {
    if (c->n < 3)
        return;
    drop_collinear(c);
    if (c->n <= most)
        return;
    struct box box = box_of(c);
    double length = 0, walked = 0;
    for (size_t i = 0; i + 1 < c->n; i++)
        length += step_length(c, box, i);
    double piece = 3 * length / (double)most; /* a piece keeps two points, at worst three */
    size_t n = 1, first = 0;
    double from[2] = {c->x[0], c->y[0]};
    for (size_t i = 0; i + 1 < c->n; i++) { /* never writes beyond what it has read */
        walked += step_length(c, box, i);
        if (walked < piece && i + 2 < c->n)
            continue;
        const double to[2] = {c->x[i + 1], c->y[i + 1]};
        double total = area_between(c, first, i + 1);
        if (i > first + 1)
            replace_piece(c, &n, from, to, total);
        else if (i == first + 1)
            put(c, &n, c->x[i], c->y[i]);
        put(c, &n, to[0], to[1]);
        from[0] = to[0], from[1] = to[1];
        first = i + 1;
        walked = 0;
    }
    c->n = n;
}

void hone_chain_sample(hone_chain *c, size_t most) {
    if (c->n <= most)
        return;
    for (size_t k = 0; k < most; k++) {
        size_t i = k * (c->n - 1) / (most - 1);
        c->x[k] = c->x[i];
        c->y[k] = c->y[i];
    }
    c->n = most;
}

/* ---- means ----------------------------------------------------------------------------------- */

/* Where one curve stands while all are walked from left to right: `at` is the first point with
 * x >= the present one. */
static double before(const hone_chain *c, size_t at, double x) {
    if (c->x[at] == x || at == 0)
        return c->y[at];
    double share = (x - c->x[at - 1]) / (c->x[at] - c->x[at - 1]);
    return c->y[at - 1] + share * (c->y[at] - c->y[at - 1]);
}

static size_t last_at(const hone_chain *c, size_t at) {
    while (at + 1 < c->n && c->x[at + 1] == c->x[at])
        at++;
    return at;
}

/* The value just after x. */
static double after(const hone_chain *c, size_t at, double x) {
    return c->x[at] == x ? c->y[last_at(c, at)] : before(c, at, x);
}

typedef double limit_at(const hone_chain *curve, size_t at, double x);

/* Appends the mean, and the band, of the limits at x; unless the mean repeats the last point. */
static void put_mean(const hone_chain *curves, size_t n, const size_t *at, double x,
                     limit_at *limit, double width, hone_chain *const out[3]) {
    double mean = 0, squares = 0;
    for (size_t k = 0; k < n; k++)
        mean += limit(&curves[k], at[k], x);
    mean /= (double)n;
    for (size_t k = 0; k < n; k++) {
        double off = limit(&curves[k], at[k], x) - mean;
        squares += off * off;
    }
    double half = n > 1 ? width * sqrt(squares / (double)(n - 1)) : 0;
    size_t i = out[0]->n;
    if (i && out[0]->x[i - 1] == x && out[0]->y[i - 1] == mean)
        return;
    put(out[0], &out[0]->n, x, mean);
    if (out[1])
        put(out[1], &out[1]->n, x, fmax(mean - half, 0));
    if (out[2])
        put(out[2], &out[2]->n, x, fmin(mean + half, 1));
}

static void walk(const hone_chain *curves, size_t n, size_t *at, double width,
                 hone_chain *const out[3]) {
    for (;;) {
        double x = INFINITY;
        for (size_t k = 0; k < n; k++)
            if (at[k] < curves[k].n)
                x = fmin(x, curves[k].x[at[k]]);
        if (isinf(x))
            return;
        put_mean(curves, n, at, x, before, width, out);
        put_mean(curves, n, at, x, after, width, out);
        for (size_t k = 0; k < n; k++)
            if (curves[k].x[at[k]] == x)
                at[k] = last_at(&curves[k], at[k]) + 1;
        if (x >= 1)
            return;
    }
}

hone_status hone_chain_mean(const hone_chain *curves, size_t n, double width, hone_chain *out,
                            hone_chain *low, hone_chain *high, hone_error *err) {
    hone_chain made[3] = {{0}, {0}, {0}};
    hone_chain *const wanted[3] = {out, low, high};
    hone_chain *room[3] = {NULL, NULL, NULL};
    size_t *at = NULL, points = 0;
    for (size_t k = 0; k < n; k++)
        points += 2 * curves[k].n;
    hone_status status = hone_new(&at, n, err);
    for (size_t j = 0; j < 3 && status == HONE_OK; j++) {
        if (!wanted[j])
            continue;
        status = hone_chain_make(points, &made[j], err);
        made[j].n = 0;
        room[j] = &made[j];
    }
    if (status != HONE_OK)
        goto done;
    walk(curves, n, at, width, room);
    for (size_t j = 0; j < 3; j++)
        if (wanted[j]) {
            made[j].n_before = made[j].n;
            *wanted[j] = made[j], made[j] = (hone_chain){0};
        }
done:
    for (size_t j = 0; j < 3; j++)
        hone_chain_free(&made[j]);
    hone_release(at);
    return status;
}
