/* binning.c -- see binning.h.
 *
 * Columns are cut in groups of eight (a line of memory) side by side: one look at the rows tells
 * the columns of few numbers, which need no sample; the others are sorted by a sample of 65 536
 * rows, one drawn from each of as many pieces of the data. Rows are then binned in blocks, column
 * by column: a search of eight steps that has no branch and runs over all rows of a block at once.
 */
#include "classic/gbdt/binning.h"

#include "classic/gbdt/binning_cut.h"
#include "core/alloc.h"
#include "core/clones.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "core/sort.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

enum { GROUP = 8, BLOCK = 64, STEPS = 8, MOST_CHUNKS = 64, SMALL = 32768 };

struct binning {
    const hone_dataset *data;
    hone_bins *bins;
    size_t max_bins;
    uint64_t seed;
    bool little;          /* columns of few numbers have their bins already */
    uint8_t **bin_of;     /* cols: of a categorical column, each level's bin */
    double (*steps)[256]; /* cols: thresholds of a numeric column, then infinities */
    hone_cut cut;
    uint8_t *missing; /* chunks x cols */
};

/* ---- columns --------------------------------------------------------------------------------- */

static size_t sampled_row(const struct binning *job, size_t piece, size_t n_pieces) {
    size_t n = job->data->x.rows;
    if (n == n_pieces)
        return piece;
    size_t first = piece * n / n_pieces, end = (piece + 1) * n / n_pieces;
    hone_rng rng = hone_rng_at(job->seed, hone_rng_stream(0xB175, piece));
    return first + hone_rng_below(&rng, end - first);
}

/* Which of the columns first .. end-1 have few numbers. */
static void look_for_few(const struct binning *job, size_t first, size_t end, hone_few *few) {
    hone_view x = job->data->x;
    size_t open = end - first;
    for (size_t j = first; j < end; j++)
        few[j - first] = (hone_few){.limit = job->max_bins};
    for (size_t i = 0; i < x.rows && open > 0; i++) {
        open = 0;
        for (size_t j = first; j < end; j++) {
            double value = hone_view_row(x, i)[j];
            hone_few *to = few + j - first;
            if (job->bins->column[j].categorical || to->n > to->limit)
                continue;
            if (value == value)
                hone_few_add(to, value);
            open += to->n <= to->limit;
        }
    }
}

/* Keys of the sample, keys (columns x HONE_BINS_SAMPLE at most); counts: how many a column has. */
static size_t take_sample(const struct binning *job, size_t first, size_t end, uint64_t *keys,
                          size_t *counts) {
    hone_view x = job->data->x;
    size_t n = x.rows < HONE_BINS_SAMPLE ? x.rows : (size_t)HONE_BINS_SAMPLE;
    memset(counts, 0, GROUP * sizeof *counts);
    for (size_t piece = 0; piece < n; piece++) {
        const double *row = hone_view_row(x, sampled_row(job, piece, n));
        for (size_t j = first; j < end; j++)
            if (row[j] == row[j])
                keys[(j - first) * n + counts[j - first]++] = hone_sort_key(row[j]);
    }
    return n;
}

static hone_status cut_group(const struct binning *job, size_t group, hone_few *few, uint64_t *keys,
                             hone_error *err) {
    size_t first = group * GROUP, end = first + GROUP, counts[GROUP], n = 0;
    uint8_t bin[HONE_BINS_MOST];
    hone_status status = HONE_OK;
    bool many = false;
    if (end > job->bins->cols)
        end = job->bins->cols;
    look_for_few(job, first, end, few);
    for (size_t j = first; j < end; j++)
        many |= !job->bins->column[j].categorical && few[j - first].n > few[j - first].limit;
    if (many)
        n = take_sample(job, first, end, keys, counts);
    for (size_t j = first; j < end && status == HONE_OK; j++) {
        hone_bin_column *column = job->bins->column + j;
        if (column->categorical)
            status = hone_bins_rank(job->data->x, j, job->max_bins, column, err);
        else if (few[j - first].n <= few[j - first].limit)
            status = hone_bins_each(few + j - first, bin, column, err);
        else
            status = hone_bins_cut(keys + (j - first) * n, counts[j - first], job->max_bins, column,
                                   err);
    }
    return status;
}

static hone_status cut_chunk(void *context, size_t group, hone_error *err) {
    const struct binning *job = context;
    size_t n = job->data->x.rows;
    hone_few *few = NULL;
    uint64_t *keys = NULL;
    hone_status status = hone_new(&few, GROUP, err);
    if (status == HONE_OK)
        status = hone_new2(&keys, GROUP, n < HONE_BINS_SAMPLE ? n : (size_t)HONE_BINS_SAMPLE, err);
    if (status == HONE_OK)
        status = cut_group(job, group, few, keys, err);
    hone_release(few);
    hone_release(keys);
    return status;
}

/* ---- columns of little data ------------------------------------------------------------------ */

/* Gives the rows of a column the numbers of their values as they come, HONE_BINS_MOST to missing
 * ones; false where there are too many. */
static bool number_rows(const struct binning *job, size_t j, hone_few *few) {
    hone_view x = job->data->x;
    uint8_t *to = job->bins->bin + j;
    for (size_t i = 0; i < x.rows && few->n <= few->limit; i++) {
        double value = hone_view_row(x, i)[j];
        to[i * job->bins->stride] =
            (uint8_t)(value == value ? hone_few_add(few, value) : (size_t)HONE_BINS_MOST);
    }
    return few->n <= few->limit;
}

/* Numbers as they come become those of bins. */
static hone_status bin_numbered(const struct binning *job, size_t j, const hone_few *few,
                                hone_error *err) {
    hone_bin_column *column = job->bins->column + j;
    uint8_t bin[HONE_BINS_MOST + 1], *to = job->bins->bin + j;
    hone_status status = hone_bins_each(few, bin, column, err);
    bin[HONE_BINS_MOST] = (uint8_t)few->n;
    for (size_t i = 0; i < job->bins->rows && status == HONE_OK; i++) {
        column->missing |= to[i * job->bins->stride] == HONE_BINS_MOST;
        to[i * job->bins->stride] = bin[to[i * job->bins->stride]];
    }
    return status;
}

/* A column of categories or of many numbers: its bins only. */
static hone_status cut_alone(const struct binning *job, size_t j, hone_error *err) {
    hone_bin_column *column = job->bins->column + j;
    size_t count[GROUP];
    uint64_t *keys = NULL;
    if (column->categorical)
        return hone_bins_rank(job->data->x, j, job->max_bins, column, err);
    hone_status status = hone_new(&keys, job->bins->rows, err);
    if (status == HONE_OK) {
        take_sample(job, j, j + 1, keys, count);
        status = hone_bins_cut(keys, *count, job->max_bins, column, err);
    }
    hone_release(keys);
    return status;
}

/* left: columns whose rows have no bins yet. */
static hone_status cut_little(const struct binning *job, size_t *left, hone_error *err) {
    hone_status status = HONE_OK;
    for (size_t j = 0; j < job->bins->cols && status == HONE_OK; j++) {
        hone_few few = {.limit = job->max_bins};
        bool few_numbers = !job->bins->column[j].categorical && number_rows(job, j, &few);
        status = few_numbers ? bin_numbered(job, j, &few, err) : cut_alone(job, j, err);
        *left += !few_numbers;
    }
    return status;
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* to[i] = how many thresholds lie below value[i]; 2^steps - 1 of them, ascending. */
HONE_CLONES
static void search_bins(const double *restrict upper, const double *restrict value, size_t n,
                        unsigned steps, int32_t *restrict to) {
    memset(to, 0, n * sizeof *to);
    for (int32_t half = 1 << steps >> 1; half > 0; half >>= 1)
        for (size_t i = 0; i < n; i++)
            to[i] += upper[to[i] + half - 1] < value[i] ? half : 0;
}

static bool bin_numbers(const hone_bin_column *column, const double *upper, const double *value,
                        size_t n, size_t stride, uint8_t *to) {
    int32_t at[BLOCK];
    bool missing = false;
    unsigned steps = 0;
    while ((size_t)1 << steps < column->n_bins)
        steps++;
    search_bins(upper, value, n, steps, at);
    for (size_t i = 0; i < n; i++) {
        bool gone = value[i] != value[i];
        missing |= gone;
        to[i * stride] = (uint8_t)(gone ? column->n_bins : (size_t)at[i]);
    }
    return missing;
}

static bool bin_codes(const hone_bin_column *column, const uint8_t *bin_of, const double *value,
                      size_t n, size_t stride, uint8_t *to) {
    bool missing = false;
    for (size_t i = 0; i < n; i++) {
        bool known = value[i] >= 0 && value[i] < (double)column->n_levels;
        uint8_t bin = known ? bin_of[(size_t)value[i]] : (uint8_t)column->n_bins;
        missing |= bin == column->n_bins;
        to[i * stride] = bin;
    }
    return missing;
}

static void bin_block(const struct binning *job, size_t first, size_t n, uint8_t *missing) {
    hone_bins *bins = job->bins;
    uint8_t *to = bins->bin + first * bins->stride;
    double value[BLOCK];
    for (size_t j = 0; j < bins->cols; j++) {
        const hone_bin_column *column = bins->column + j;
        if (job->little && column->value != NULL)
            continue;
        for (size_t i = 0; i < n; i++)
            value[i] = hone_view_row(job->data->x, first + i)[j];
        missing[j] |= column->categorical
                          ? bin_codes(column, job->bin_of[j], value, n, bins->stride, to + j)
                          : bin_numbers(column, job->steps[j], value, n, bins->stride, to + j);
    }
}

static hone_status bin_chunk(void *context, size_t chunk, hone_error *err) {
    (void)err;
    const struct binning *job = context;
    size_t end = hone_cut_first(job->cut, chunk + 1);
    for (size_t i = hone_cut_first(job->cut, chunk); i < end; i += BLOCK)
        bin_block(job, i, end - i < BLOCK ? end - i : BLOCK,
                  job->missing + chunk * job->bins->cols);
    return HONE_OK;
}

/* ---- what looking up needs ------------------------------------------------------------------- */

static hone_status fill_tables(struct binning *job, hone_error *err) {
    for (size_t j = 0; j < job->bins->cols; j++) {
        const hone_bin_column *column = job->bins->column + j;
        if (column->categorical) {
            hone_status status = hone_new(&job->bin_of[j], column->n_levels, err);
            if (status != HONE_OK)
                return status;
            memset(job->bin_of[j], (int)column->n_bins, column->n_levels);
            for (size_t b = 0; b < column->n_bins; b++)
                job->bin_of[j][column->code[b]] = (uint8_t)b;
            continue;
        }
        size_t cuts = column->n_bins > 0 ? column->n_bins - 1 : 0;
        for (size_t b = 0; b < 256; b++)
            job->steps[j][b] = b < cuts ? column->upper[b] : (double)INFINITY;
    }
    return HONE_OK;
}

static hone_status bin_rows(struct binning *job, const hone_monitor *mon, hone_error *err) {
    hone_bins *bins = job->bins;
    hone_status status;
    job->cut = hone_cut_rows(bins->rows, 8 * bins->cols, MOST_CHUNKS);
    if ((status = hone_new(&job->bin_of, bins->cols, err)) == HONE_OK &&
        (status = hone_new(&job->steps, bins->cols, err)) == HONE_OK &&
        (status = hone_new2(&job->missing, job->cut.chunks, bins->cols, err)) == HONE_OK &&
        (status = fill_tables(job, err)) == HONE_OK)
        status = hone_parallel(job->cut.chunks, bin_chunk, job, mon, err);
    for (size_t i = 0; status == HONE_OK && i < job->cut.chunks * bins->cols; i++)
        bins->column[i % bins->cols].missing |= job->missing[i];
    for (size_t j = 0; job->bin_of != NULL && j < bins->cols; j++)
        hone_release(job->bin_of[j]);
    hone_release(job->bin_of);
    hone_release(job->steps);
    hone_release(job->missing);
    return status;
}

/* ---- both ------------------------------------------------------------------------------------ */

/* Rows end where they share few lines of memory, unless that costs a quarter more of it. */
static size_t stride_of(size_t cols) {
    size_t power = 8;
    while (power < cols && power < 64)
        power *= 2;
    size_t fine = (cols + 7) / 8 * 8, coarse = (cols + power - 1) / power * power;
    return 4 * (coarse - cols) <= coarse ? coarse : fine;
}

static hone_status begin(const hone_dataset *data, hone_bins **out, hone_error *err) {
    hone_bins *bins = NULL;
    hone_status status = hone_new(&bins, 1, err);
    if (status != HONE_OK)
        return status;
    *out = bins;
    bins->rows = data->x.rows, bins->cols = data->x.cols, bins->stride = stride_of(bins->cols);
    if ((status = hone_new2(&bins->bin, bins->rows, bins->stride, err)) != HONE_OK ||
        (status = hone_new(&bins->column, bins->cols, err)) != HONE_OK)
        return status;
    for (size_t j = 0; data->schema != NULL && j < bins->cols; j++) {
        bins->column[j].categorical = data->schema->columns[j].kind == HONE_CATEGORICAL;
        bins->column[j].n_levels = data->schema->columns[j].n_levels;
    }
    return HONE_OK;
}

hone_status hone_bins_make(const hone_dataset *data, size_t max_bins, uint64_t seed,
                           const hone_monitor *mon, hone_bins **out, hone_error *err) {
    hone_bins *bins = NULL;
    hone_status status = begin(data, &bins, err);
    if (status == HONE_OK) {
        struct binning job = {.data = data, .bins = bins, .max_bins = max_bins, .seed = seed};
        job.little = bins->rows <= SMALL / bins->cols;
        size_t left = job.little ? 0 : bins->cols;
        status = job.little
                     ? cut_little(&job, &left, err)
                     : hone_parallel((bins->cols + GROUP - 1) / GROUP, cut_chunk, &job, mon, err);
        if (status == HONE_OK && left > 0)
            status = bin_rows(&job, mon, err);
    }
    if (status == HONE_OK)
        *out = bins, bins = NULL;
    hone_bins_free(bins);
    return status;
}

void hone_bins_free(hone_bins *bins) {
    if (bins == NULL)
        return;
    for (size_t j = 0; bins->column != NULL && j < bins->cols; j++) {
        hone_release(bins->column[j].upper);
        hone_release(bins->column[j].code);
    }
    hone_release(bins->column);
    hone_release(bins->bin);
    hone_release(bins);
}
