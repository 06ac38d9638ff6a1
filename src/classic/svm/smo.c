/* smo.c -- any problem of smo.h by working sets.
 *
 * Round: of the variables that violate optimality most, half of those that want up and half of
 * those that want down join those that joined in the last round; the small problem of this working
 * set is solved (smo_dense.c) on its block of K, to a tenth of the gap that there is; then
 * the gradient of all others follows, f += K[:, set] (b - b before).
 * K is rounded to float, all else is double; the gradient is summed row by row of K, by chunks of
 * columns on all threads. Rows of K are kept (smo_cache.c), or computed anew for each sum where
 * that is cheap (smo_tiles.c).
 * Shapes: b, f, p, lo, hi n_vars; a working set at most `room`, 512 to 2048.
 * Cost: O(n m) for each row that was ever in a set, or for each that moved in a round, O(room n)
 * for a round.
 * Reference: Joachims 1999; Wen et al. 2018, ThunderSVM. */
#include "classic/svm/smo.h"

#include "core/clones.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

enum { LANES = HONE_SMO_LANES, SET = 512, LARGE_SET = 1024, LARGEST_SET = 2048, VECTORS = 8 };
enum { MAX_CHUNKS = 64, STEPS_A_ROUND = 20000 };

struct solver {
    const struct hone_smo_problem *p;
    const hone_monitor *mon;
    struct hone_smo_cache *cache; /* one of the two, or neither where the problem is small */
    struct hone_smo_tiles *tiles;
    size_t room;  /* variables in a set */
    double depth; /* a round closes the gap to one part in this many */
    double *f;    /* n_vars: gradient */
    struct hone_smo_bounds bounds;
    size_t parts;
    bool stuck;         /* the last round moved nothing: tol is below what rounding lets through */
    size_t *set, n_set; /* room: variables of the round */
    size_t *fresh, n_fresh; /* room / 2: those that joined last */
    unsigned char *member;  /* n_vars: in the set */
    size_t *heap;           /* room / 4 */
    size_t *rows, *place;   /* room: their rows; places in the dense problem */
    const float **k;        /* room: rows of the cache */
    double *delta;          /* room */
    size_t *at;             /* room, with gaps: row in each place of the dense problem */
    struct hone_smo_dense dense;
    float *block; /* of the dense problem */
    double *pool; /* its vectors */
};

static bool may_rise(const struct solver *s, size_t v) {
    return s->p->b[v] < s->p->hi[v];
}

static bool may_fall(const struct solver *s, size_t v) {
    return s->p->b[v] > s->p->lo[v];
}

static size_t part_of(const struct solver *s, size_t v) {
    return hone_smo_part(s->p, v);
}

/* ---- choosing a working set ------------------------------------------------------------------ */

/* Does v come after w among those that want to go in the direction of `sign`? */
static bool later(const struct solver *s, double sign, size_t v, size_t w) {
    double a = sign * s->f[v], b = sign * s->f[w];
    return a > b || (a == b && v > w);
}

/* heap[at] sinks to its place: the last of those chosen is on top. */
static void sink(const struct solver *s, double sign, size_t at, size_t n) {
    size_t *heap = s->heap;
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && later(s, sign, heap[child + 1], heap[child]))
            child++;
        if (!later(s, sign, heap[child], heap[at]))
            return;
        size_t v = heap[at];
        heap[at] = heap[child], heap[child] = v;
    }
}

/* At most `limit` variables of a part that most want up (sign 1) or down (-1) join the set. */
static void join(struct solver *s, size_t part, double sign, size_t limit) {
    double bound = sign > 0 ? s->bounds.most[part] : -s->bounds.least[part];
    size_t n = 0;
    for (size_t v = 0; v < s->p->n_vars; v++) {
        if (s->member[v] || !(sign * s->f[v] < bound) || part_of(s, v) != part ||
            !(sign > 0 ? may_rise(s, v) : may_fall(s, v)))
            continue;
        if (n < limit) {
            s->heap[n++] = v;
            for (size_t i = n == limit ? limit / 2 : 0; i-- > 0;)
                sink(s, sign, i, n);
        } else if (later(s, sign, s->heap[0], v)) {
            s->heap[0] = v;
            sink(s, sign, 0, n);
        }
    }
    for (size_t i = 0; i < n; i++) {
        s->fresh[s->n_fresh++] = s->heap[i];
        s->member[s->heap[i]] = 1;
    }
}

static void choose(struct solver *s) {
    size_t limit = s->room / 4 / s->parts;
    memset(s->member, 0, s->p->n_vars);
    for (size_t i = 0; i < s->n_fresh; i++)
        s->member[s->fresh[i]] = 1;
    s->n_fresh = 0;
    for (size_t part = 0; part < s->parts; part++) {
        join(s, part, 1, limit);
        join(s, part, -1, limit);
    }
}

/* The members ascending, so that reading their rows runs forward in memory. */
static void list_members(struct solver *s) {
    s->n_set = 0;
    for (size_t v = 0; v < s->p->n_vars; v++)
        if (s->member[v]) {
            s->rows[s->n_set] = v % s->p->n;
            s->set[s->n_set++] = v;
        }
}

/* ---- the small problem ----------------------------------------------------------------------- */

static size_t round_up(size_t n) {
    return (n + LANES - 1) / LANES * LANES;
}

/* Places: the first part, then from a whole lane on the second. */
static void lay_out(struct solver *s) {
    struct hone_smo_dense *d = &s->dense;
    size_t at = 0;
    for (size_t part = 0; part < 2; part++) {
        for (size_t i = 0; i < s->n_set; i++)
            if (part_of(s, s->set[i]) == part)
                s->place[i] = at++;
        at = round_up(at);
        if (part == 0)
            d->middle = at;
    }
    d->n = d->ld = at, d->column[1] = d->middle, d->split = s->p->split;
}

/* Vectors of the dense problem in the pool. */
static void cut_pool(struct solver *s) {
    struct hone_smo_dense *d = &s->dense;
    double **const vectors[VECTORS] = {&d->lo, &d->hi, &d->kink, &d->half,
                                       &d->b,  &d->f,  &d->up,   &d->down};
    for (size_t i = 0; i < VECTORS; i++)
        *vectors[i] = s->pool + i * d->n;
    memset(s->pool, 0, VECTORS * d->n * sizeof *s->pool);
    d->k = s->block;
}

static void load_variables(struct solver *s) {
    struct hone_smo_dense *d = &s->dense;
    for (size_t i = 0; i < s->n_set; i++) {
        size_t v = s->set[i], at = s->place[i];
        d->lo[at] = s->p->lo[v], d->hi[at] = s->p->hi[v];
        d->b[at] = s->p->b[v], d->f[at] = s->f[v];
        d->half[at] = (double)s->block[at * d->n + at] / 2;
    }
}

/* The block of K, from whole rows or by itself. What stands in places not in use is never chosen.
 */
static hone_status load_block(struct solver *s, hone_error *err) {
    size_t n = s->dense.n;
    if (s->tiles) {
        memset(s->at, 0, n * sizeof *s->at);
        for (size_t i = 0; i < s->n_set; i++)
            s->at[s->place[i]] = s->rows[i];
        return hone_smo_tiles_block(s->tiles, s->at, n, s->block, n, s->mon, err);
    }
    hone_status status = hone_smo_cache_get(s->cache, s->rows, s->n_set, s->k, s->mon, err);
    for (size_t i = 0; status == HONE_OK && i < s->n_set; i++)
        for (size_t j = 0; j < s->n_set; j++)
            s->block[s->place[i] * n + s->place[j]] = s->k[i][s->rows[j]];
    return status;
}

static hone_status load(struct solver *s, hone_error *err) {
    lay_out(s);
    cut_pool(s);
    hone_status status = load_block(s, err);
    if (status == HONE_OK)
        load_variables(s);
    return status;
}

/* ---- the gradient ---------------------------------------------------------------------------- */

struct update {
    const struct solver *s;
    const float *const *k; /* n_rows that moved */
    const double *delta;
    size_t n_rows;
    hone_cut cut;
};

/* f (n) += sum over rows of delta_r k_r, four rows at a time. */
HONE_CLONES static void add_rows(const float *const *k, const double *delta, size_t n_rows,
                                 size_t first, size_t n, double *f) {
    size_t r = 0;
    for (; r + 4 <= n_rows; r += 4) {
        const float *a = k[r] + first, *b = k[r + 1] + first, *c = k[r + 2] + first,
                    *d = k[r + 3] + first;
        double wa = delta[r], wb = delta[r + 1], wc = delta[r + 2], wd = delta[r + 3];
        for (size_t i = 0; i < n; i++)
            f[i] +=
                (wa * (double)a[i] + wb * (double)b[i]) + (wc * (double)c[i] + wd * (double)d[i]);
    }
    for (; r < n_rows; r++)
        for (size_t i = 0; i < n; i++)
            f[i] += delta[r] * (double)k[r][first + i];
}

static hone_status update_chunk(void *context, size_t chunk, hone_error *err) {
    const struct update *u = context;
    const struct solver *s = u->s;
    size_t first = hone_cut_first(u->cut, chunk), end = hone_cut_first(u->cut, chunk + 1);
    (void)err;
    for (size_t copy = 0; copy < s->p->n_vars; copy += s->p->n)
        add_rows(u->k, u->delta, u->n_rows, first, end - first, s->f + copy + first);
    return HONE_OK;
}

/* f += sum over the first n_rows of rows and k. */
static hone_status update(struct solver *s, size_t n_rows, hone_error *err) {
    size_t copies = s->p->n_vars / s->p->n;
    if (s->tiles)
        return hone_smo_tiles_add(s->tiles, s->rows, s->delta, n_rows, s->f, copies, s->mon, err);
    struct update u = {s, s->k, s->delta, n_rows,
                       hone_cut_rows(s->p->n, n_rows * copies, MAX_CHUNKS)};
    return n_rows ? hone_parallel(u.cut.chunks, update_chunk, &u, s->mon, err) : HONE_OK;
}

/* b takes its new values; the rows that moved come to the front, their moves into delta. */
static hone_status spread(struct solver *s, hone_error *err) {
    size_t moved = 0;
    for (size_t i = 0; i < s->n_set; i++) {
        size_t v = s->set[i];
        double delta = s->dense.b[s->place[i]] - s->p->b[v];
        s->p->b[v] = s->dense.b[s->place[i]];
        if (delta == 0)
            continue;
        s->k[moved] = s->k[i], s->rows[moved] = s->rows[i];
        s->delta[moved++] = delta;
    }
    s->stuck = moved == 0;
    return update(s, moved, err);
}

/* f = p + K b of the start, by sets of rows. */
static hone_status begin(struct solver *s, hone_error *err) {
    size_t n_vars = s->p->n_vars, n = s->p->n;
    hone_status status = HONE_OK;
    memcpy(s->f, s->p->p, n_vars * sizeof *s->f);
    for (size_t v = 0; v < n_vars && status == HONE_OK;) {
        size_t count = 0;
        for (; v < n_vars && count < s->room; v++)
            if (s->p->b[v] != 0)
                s->rows[count] = v % n, s->delta[count++] = s->p->b[v];
        if (s->cache)
            status = hone_smo_cache_get(s->cache, s->rows, count, s->k, s->mon, err);
        if (status == HONE_OK)
            status = update(s, count, err);
    }
    return status;
}

/* ---- the rounds ------------------------------------------------------------------------------ */

static void solve_dense(struct solver *s, double tol, struct hone_smo_result *out) {
    size_t limit = (size_t)fmin(s->p->max_steps - out->steps, STEPS_A_ROUND);
    hone_smo_dense_mark(&s->dense);
    out->steps += (double)hone_smo_dense_solve(&s->dense, tol, limit);
}

static hone_status run(struct solver *s, struct hone_smo_result *out, hone_error *err) {
    const struct hone_smo_problem *p = s->p;
    double until = hone_now() + p->time_limit;
    hone_status status = begin(s, err);
    while (status == HONE_OK) {
        s->bounds = hone_smo_look(p, s->f);
        if (hone_smo_is_done(p, &s->bounds, until, out) || s->stuck)
            break;
        choose(s);
        list_members(s);
        if ((status = hone_monitor_poll(s->mon, err)) || (status = load(s, err)))
            break;
        solve_dense(s, fmax(p->tol / 2, out->gap / s->depth), out);
        status = spread(s, err);
    }
    return status;
}

/* Where kernel rows come from. Where they are kept, a small set asks for few of them; where each
 * use computes them anew, a large one, solved to a smaller gap, needs fewer rounds. */
static hone_status make_rows(struct solver *s, hone_error *err) {
    const struct hone_smo_problem *p = s->p;
    size_t large = p->n / 10 < LARGE_SET     ? LARGE_SET
                   : p->n / 10 > LARGEST_SET ? LARGEST_SET
                                             : p->n / 10;
    hone_status status = HONE_OK;
    if (hone_smo_tiles_suit(p->source))
        status =
            hone_smo_tiles_create(p->source, p->index, p->n, large + 2 * LANES, &s->tiles, err);
    s->room = s->tiles ? large : SET, s->depth = s->tiles ? 100 : 10;
    if (!s->tiles && status == HONE_OK)
        status =
            hone_smo_cache_create(p->source, p->index, p->n, SET, p->cache_bytes, &s->cache, err);
    return status;
}

static hone_status make(struct solver *s, hone_error *err) {
    const struct hone_smo_problem *p = s->p;
    hone_status status;
    if ((status = make_rows(s, err)))
        return status;
    size_t room = s->room, set = round_up(p->n_vars < room ? p->n_vars : room) + LANES;
    if ((status = hone_new(&s->f, p->n_vars, err)) || (status = hone_new(&s->set, room, err)) ||
        (status = hone_new(&s->fresh, room / 2, err)) ||
        (status = hone_new(&s->member, p->n_vars, err)) ||
        (status = hone_new(&s->heap, room / 4, err)) || (status = hone_new(&s->rows, room, err)) ||
        (status = hone_new(&s->place, room, err)) || (status = hone_new(&s->k, room, err)) ||
        (status = hone_new(&s->delta, room, err)) || (status = hone_new(&s->at, set, err)) ||
        (status = hone_new2(&s->block, set, set + 1, err)) ||
        (status = hone_new2(&s->pool, set, VECTORS, err)))
        return status;
    return HONE_OK;
}

static void unmake(struct solver *s) {
    hone_smo_cache_free(s->cache);
    hone_smo_tiles_free(s->tiles);
    hone_release(s->f);
    hone_release(s->set);
    hone_release(s->fresh);
    hone_release(s->member);
    hone_release(s->heap);
    hone_release(s->rows);
    hone_release(s->place);
    hone_release(s->k);
    hone_release(s->delta);
    hone_release(s->at);
    hone_release(s->block);
    hone_release(s->pool);
}

hone_status hone_smo_solve(const struct hone_smo_problem *problem, const hone_monitor *mon,
                           struct hone_smo_result *out, hone_error *err) {
    struct solver s = {.p = problem, .mon = mon, .parts = problem->split ? 2 : 1};
    hone_status status;
    *out = (struct hone_smo_result){.steps = 0};
    if (hone_smo_is_small(problem))
        return hone_smo_solve_small(problem, mon, out, err);
    if ((status = make(&s, err)) == HONE_OK && (status = run(&s, out, err)) == HONE_OK)
        hone_smo_finish(problem, s.f, out);
    unmake(&s);
    return status;
}
