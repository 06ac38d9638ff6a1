/* k_means_init.c -- where k-means begins.
 *
 * k-means++ keeps each row's square d_i to the nearest chosen row, and its number. A candidate at
 * distance D from that chosen row cannot be nearer to row i when D >= 2 d_i: most rows are passed
 * over with one comparison. Candidates are looked at together, side by side in registers.
 * Shapes: rows n x m. Cost: at most n m k (3 + log k), mostly a small part of it; n numbers.
 * Reference: Arthur & Vassilvitskii 2007; Raff 2021. */
#include "classic/clusters/k_means.h"

#include "core/alloc.h"
#include "core/clones.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

enum { LANES = 8, ROWS = 8, BLOCK = 256, DRAWS = 64, CACHE_LINE = 64 };
enum { RANDOM_STREAM = 0x6b6d01, PLUS_STREAM = 0x6b6d02 };
#define LITTLE_WORK ((size_t)1 << 23) /* multiplications: less is done before threads are awake */
#define FAR_ENOUGH  0.9999F           /* what rounding may take from a square */

typedef float floats __attribute__((vector_size(32)));
typedef float floats_in_memory __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t masks __attribute__((vector_size(32)));
typedef int8_t marks __attribute__((vector_size(8)));

/* ---- distinct rows --------------------------------------------------------------------------- */

static bool same_row(hone_view x, size_t a, size_t b) {
    for (size_t j = 0; j < x.cols; j++)
        if (hone_view_row(x, a)[j] != hone_view_row(x, b)[j])
            return false;
    return true;
}

static bool is_new(hone_view x, size_t row, const size_t *chosen, size_t n) {
    for (size_t c = 0; c < n; c++)
        if (same_row(x, row, chosen[c]))
            return false;
    return true;
}

/* The first row that is unlike those that were chosen. O(n k m) at worst. */
static hone_status choose_new(hone_view x, size_t k, size_t *chosen, size_t n, hone_error *err) {
    for (size_t i = 0; i < x.rows; i++)
        if (is_new(x, i, chosen, n)) {
            chosen[n] = i;
            return HONE_OK;
        }
    return hone_fail(err, HONE_EDATA,
                     "k_means: n_clusters is %zu, but there are only %zu distinct rows", k, n);
}

/* The first row where the running sum of weights passes `goal`; sum: at the end of each block. */
static size_t place_of(const hone_means_rows *rows, const double *sum, double goal) {
    size_t n = rows->x.rows, low = 0, high = (n - 1) / BLOCK;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sum[middle] <= goal)
            low = middle + 1;
        else
            high = middle;
    }
    size_t i = low * BLOCK;
    for (double passed = low ? sum[low - 1] : 0; i + 1 < n; i++)
        if ((passed += hone_means_weight(rows, i)) > goal)
            break;
    return i;
}

hone_status hone_means_random(const hone_means_rows *rows, size_t k, uint64_t seed, uint64_t run,
                              size_t *chosen, hone_error *err) {
    size_t n = rows->x.rows;
    double *sum = NULL, total = 0;
    hone_rng rng = hone_rng_at(seed, hone_rng_stream(RANDOM_STREAM, run));
    hone_status status = hone_new(&sum, n / BLOCK + 1, err);
    for (size_t i = 0; i < n && status == HONE_OK; i++)
        sum[i / BLOCK] = total += hone_means_weight(rows, i);
    for (size_t c = 0; c < k && status == HONE_OK; c++) {
        int draws = 0;
        do
            chosen[c] = place_of(rows, sum, hone_rng_uniform(&rng) * total);
        while (!is_new(rows->x, chosen[c], chosen, c) && ++draws < DRAWS);
        if (draws == DRAWS)
            status = choose_new(rows->x, k, chosen, c, err);
    }
    hone_release(sum);
    return status;
}

/* ---- k-means++ ------------------------------------------------------------------------------- */

struct plus {
    const hone_means_rows *rows;
    const size_t *chosen;
    float *square;   /* n: d_i */
    float *norm;     /* n: |x_i|; its sign marks rows that a candidate may be nearer to */
    uint32_t *label; /* n: of the nearest chosen row */
    double *sum;     /* of w d in each BLOCK rows */
    float *reach;    /* k: squares below reach[label] / 4 cannot get smaller */
    /* trials */
    size_t n_trials, trial[LANES];
    float *between;      /* LANES x k: squares between candidates and chosen rows */
    float *centers;      /* k x m: the chosen rows */
    uint32_t *ascending; /* k: 0, 1, ... */
    float half[LANES], length[LANES];
    float *tile;           /* m x LANES */
    double *gain;          /* chunks x LANES */
    size_t *listed;        /* chunks: rows that were looked at */
    size_t best;           /* the candidate that is taken */
    size_t newest;         /* the candidate that is taken becomes chosen[newest] */
    const float *distance; /* k: its row of `between` */
};

static void plus_free(struct plus *p) {
    hone_release(p->square);
    hone_release(p->norm);
    hone_release(p->sum);
    hone_release(p->reach);
    hone_release(p->between);
    hone_release(p->centers);
    hone_release(p->ascending);
    hone_release(p->tile);
    hone_release(p->gain);
    hone_release(p->listed);
}

static const float *flat_row(const struct plus *p, size_t i) {
    return p->rows->flat + i * p->rows->x.cols;
}

/* Rows side by side; those that fill up have weight 0. */
struct few {
    const float *row[ROWS];
    float norm[ROWS], square[ROWS], weight[ROWS];
};

HONE_INLINE bool any_of(const marks *marked) {
    uint64_t word;
    memcpy(&word, marked, sizeof word);
    return word != 0;
}

/* gain (LANES) += sum of w (d - |x - c|^2) where that is positive, |x - c|^2 = |x|^2 + |c|^2 - 2
 * xc: what rounding does to it decides between equals at most. half: |c|^2 / 2, norm: |c|. A norm
 * becomes negative where |x - c|^2 may be less than d, for all that single precision can tell. */
HONE_CLONES
static void add_gains_of(struct few *few, size_t m, const float *tile, const float *half,
                         const float *norm, double *gain) {
    float error = 2 * (float)(m + 10) / (1 << 24);
    const floats_in_memory *center = (const floats_in_memory *)tile;
    floats dot[ROWS] = {{0}}, sum = {0};
    for (size_t j = 0; j < m; j++)
        for (size_t r = 0; r < ROWS; r++)
            dot[r] += center[j] * few->row[r][j];
    for (size_t r = 0; r < ROWS; r++) {
        float rest = few->square[r] - few->norm[r] * few->norm[r];
        floats less = 2 * (dot[r] - *(const floats_in_memory *)half) + rest;
        floats rough = few->square[r] - less;
        floats both = *(const floats_in_memory *)norm + few->norm[r];
        masks far = rough - error * both * both > few->square[r];
        marks close = __builtin_convertvector(~far, marks);
        few->norm[r] *= (float)(1 - 2 * any_of(&close));
        sum += (floats)((less > 0) & (masks)less) * few->weight[r];
    }
    for (size_t l = 0; l < LANES; l++)
        gain[l] += (double)sum[l];
}

/* Rows of [first, end) that a candidate may come nearer to. */
HONE_CLONES
static size_t rows_in_reach(const float *restrict square, const uint32_t *restrict label,
                            const float *restrict reach, size_t first, size_t end,
                            uint32_t *restrict list) {
    size_t n = 0;
    for (size_t i = first; i < end; i++) {
        list[n] = (uint32_t)(i - first);
        n += 4 * square[i] > reach[label[i]];
    }
    return n;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Rows are passed over irregularly: memory is told early which one comes. */
static void fetch_row(const struct plus *p, size_t i) {
    const char *row = (const char *)flat_row(p, i);
    for (size_t at = 0; at < p->rows->x.cols * sizeof(float); at += CACHE_LINE)
        __builtin_prefetch(row + at);
}

/* What each candidate would take from the sum of squares of the listed rows. */
static void add_gains(const struct plus *p, size_t first, const uint32_t *list, size_t n,
                      double *gain) {
    struct few few;
    for (size_t i = 0; i < n; i += ROWS) {
        for (size_t r = 0; r < ROWS; r++) {
            size_t at = first + list[least(i + r, n - 1)];
            fetch_row(p, first + list[least(i + r + ROWS, n - 1)]);
            few.row[r] = flat_row(p, at);
            few.norm[r] = fabsf(p->norm[at]);
            few.square[r] = p->square[at];
            few.weight[r] = i + r < n ? (float)hone_means_weight(p->rows, at) : 0;
        }
        add_gains_of(&few, p->rows->x.cols, p->tile, p->half, p->length, gain);
        for (size_t r = 0; r < ROWS && i + r < n; r++)
            p->norm[first + list[i + r]] = few.norm[r];
    }
}

static hone_status trial_chunk(void *context, size_t chunk, hone_error *err) {
    (void)err;
    struct plus *p = context;
    uint32_t list[BLOCK];
    size_t end = hone_cut_first(p->rows->cut, chunk + 1);
    double *gain = p->gain + chunk * LANES;
    p->listed[chunk] = 0;
    memset(gain, 0, LANES * sizeof *gain);
    for (size_t i = hone_cut_first(p->rows->cut, chunk); i < end; i += BLOCK) {
        size_t n = rows_in_reach(p->square, p->label, p->reach, i, least(i + BLOCK, end), list);
        add_gains(p, i, list, n, gain);
        p->listed[chunk] += n;
    }
    return HONE_OK;
}

/* Of the listed rows those that a candidate may be nearer to. */
static size_t keep_nearer(const struct plus *p, size_t first, uint32_t *list, size_t n) {
    size_t kept = 0;
    for (size_t l = 0; l < n; l++) {
        list[kept] = list[l];
        kept += signbit(p->norm[first + list[l]]) != 0;
    }
    return kept;
}

/* The candidate is chosen: rows that it is nearer to become its own. */
static hone_status take_chunk(void *context, size_t chunk, hone_error *err) {
    (void)err;
    struct plus *p = context;
    uint32_t list[BLOCK];
    float square[BLOCK];
    size_t m = p->rows->x.cols, end = hone_cut_first(p->rows->cut, chunk + 1);
    const float *center = flat_row(p, p->chosen[p->newest]);
    for (size_t i = hone_cut_first(p->rows->cut, chunk); i < end; i += BLOCK) {
        size_t last = least(i + BLOCK, end), changed = 0;
        size_t n = rows_in_reach(p->square, p->label, p->distance, i, last, list);
        if (p->newest > 0)
            n = keep_nearer(p, i, list, n);
        hone_flat_apart(m, p->rows->flat + i * m, list, n, center, square);
        for (size_t l = 0; l < n; l++) {
            size_t at = i + list[l];
            if (square[l] < p->square[at])
                p->square[at] = square[l], p->label[at] = (uint32_t)p->newest, changed++;
        }
        double sum = 0;
        for (size_t at = i; changed && at < last; at++)
            sum += hone_means_weight(p->rows, at) * (double)p->square[at];
        if (changed)
            p->sum[i / BLOCK] = sum;
    }
    return HONE_OK;
}

/* All chunks; on the calling thread where the rows of the last step promise little work. */
static hone_status run_chunks(struct plus *p, hone_chunk_fn *fn, const hone_monitor *mon,
                              hone_error *err) {
    hone_monitor alone = mon ? *mon : (hone_monitor){.threads = 0};
    size_t listed = 0;
    alone.threads = 1;
    for (size_t chunk = 0; chunk < p->rows->cut.chunks; chunk++)
        listed += p->listed[chunk];
    bool little = listed < LITTLE_WORK / (p->rows->x.cols * LANES);
    return hone_parallel(p->rows->cut.chunks, fn, p, little ? &alone : mon, err);
}

/* chosen[c] is settled. */
static hone_status take(struct plus *p, size_t c, const hone_monitor *mon, hone_error *err) {
    size_t m = p->rows->x.cols;
    memcpy(p->centers + c * m, flat_row(p, p->chosen[c]), m * sizeof *p->centers);
    p->newest = c;
    return run_chunks(p, take_chunk, mon, err);
}

/* A row drawn by w d. */
static size_t draw(const struct plus *p, size_t blocks, double total, hone_rng *rng) {
    double goal = hone_rng_uniform(rng) * total, passed = 0;
    size_t b = 0, n = p->rows->x.rows, last = 0;
    while (b + 1 < blocks && passed + p->sum[b] <= goal)
        passed += p->sum[b++];
    for (size_t i = b * BLOCK; i < least((b + 1) * BLOCK, n); i++) {
        double part = hone_means_weight(p->rows, i) * (double)p->square[i];
        if (part > 0)
            last = i;
        if ((passed += part) > goal)
            return i;
    }
    return last; /* rounding */
}

/* Candidates for place `c`, side by side, and which rows they cannot reach. */
static void set_trials(struct plus *p, size_t c) {
    size_t m = p->rows->x.cols;
    for (size_t a = 0; a < c; a++)
        p->reach[a] = INFINITY;
    for (size_t l = 0; l < LANES; l++) {
        size_t candidate = p->trial[least(l, p->n_trials - 1)];
        const float *row = flat_row(p, candidate);
        float *between = p->between + l * c;
        p->length[l] = fabsf(p->norm[candidate]);
        p->half[l] = p->length[l] * p->length[l] / 2;
        for (size_t j = 0; j < m; j++)
            p->tile[j * LANES + l] = row[j];
        if (l >= p->n_trials)
            continue;
        hone_flat_apart(m, p->centers, p->ascending, c, row, between);
        for (size_t a = 0; a < c; a++) {
            between[a] *= FAR_ENOUGH;
            p->reach[a] = fminf(p->reach[a], between[a]);
        }
    }
}

static size_t best_trial(const struct plus *p) {
    double gain[LANES] = {0};
    size_t best = 0;
    for (size_t chunk = 0; chunk < p->rows->cut.chunks; chunk++)
        for (size_t l = 0; l < p->n_trials; l++)
            gain[l] += p->gain[chunk * LANES + l];
    for (size_t l = 1; l < p->n_trials; l++)
        if (gain[l] > gain[best])
            best = l;
    return best;
}

static hone_status plus_begin(struct plus *p, size_t k, hone_error *err) {
    size_t n = p->rows->x.rows, trials = 2 + (size_t)log((double)k);
    hone_status status;
    p->n_trials = least(trials, LANES);
    if ((status = hone_new(&p->square, n, err)) || (status = hone_new(&p->norm, n, err)) ||
        (status = hone_new(&p->sum, n / BLOCK + 1, err)) ||
        (status = hone_new(&p->reach, k, err)) ||
        (status = hone_new2(&p->between, LANES, k, err)) ||
        (status = hone_new2(&p->centers, k, p->rows->x.cols, err)) ||
        (status = hone_new(&p->ascending, k, err)) ||
        (status = hone_new2(&p->tile, p->rows->x.cols, LANES, err)) ||
        (status = hone_new(&p->listed, p->rows->cut.chunks, err)) ||
        (status = hone_new2(&p->gain, p->rows->cut.chunks, LANES, err)))
        return status;
    for (size_t i = 0; i < n; i++)
        p->square[i] = INFINITY, p->label[i] = 0;
    hone_flat_norms(p->rows->x.cols, p->rows->flat, n, p->norm);
    for (size_t c = 0; c < k; c++)
        p->ascending[c] = (uint32_t)c;
    p->distance = p->reach;
    return HONE_OK;
}

/* Chooses place c > 0. */
static hone_status plus_step(struct plus *p, size_t k, size_t c, size_t *chosen, bool *labelled,
                             hone_rng *rng, const hone_monitor *mon, hone_error *err) {
    size_t blocks = (p->rows->x.rows + BLOCK - 1) / BLOCK;
    double total = 0;
    for (size_t b = 0; b < blocks; b++)
        total += p->sum[b];
    if (!(total > 0)) { /* all rows are like a chosen one, in single precision */
        *labelled = false;
        return choose_new(p->rows->x, k, chosen, c, err);
    }
    for (size_t l = 0; l < p->n_trials; l++)
        p->trial[l] = draw(p, blocks, total, rng);
    set_trials(p, c);
    hone_status status = run_chunks(p, trial_chunk, mon, err);
    if (status != HONE_OK)
        return status;
    p->best = best_trial(p);
    chosen[c] = p->trial[p->best];
    p->distance = p->between + p->best * c;
    return take(p, c, mon, err);
}

hone_status hone_means_plus_plus(const hone_means_rows *rows, size_t k, uint64_t seed, uint64_t run,
                                 size_t *chosen, uint32_t *label, bool *labelled,
                                 const hone_monitor *mon, hone_error *err) {
    struct plus p = {.rows = rows, .label = label, .chosen = chosen};
    hone_rng rng = hone_rng_at(seed, hone_rng_stream(PLUS_STREAM, run));
    hone_status status = hone_means_random(rows, 1, seed, run, chosen, err);
    *labelled = true;
    if (status == HONE_OK)
        status = plus_begin(&p, k, err);
    if (status == HONE_OK)
        status = take(&p, 0, mon, err);
    for (size_t c = 1; c < k && status == HONE_OK; c++)
        status = plus_step(&p, k, c, chosen, labelled, &rng, mon, err);
    plus_free(&p);
    return status;
}
