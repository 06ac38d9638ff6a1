/* quantise.c -- see quantise.h. The largest |g| and h of a tree are the units' measure; floor(x +
 * u) with u uniform in [0, 1) is x on average. Reference: Shi et al., "Quantized training of
 * gradient boosting decision trees", NeurIPS 2022. */
#include "classic/gbdt/quantise.h"

#include "core/clones.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>

enum { CHUNK = 32768, MOST_CHUNKS = 4096 };
enum { MOST_G = 4094, MOST_H = 254, FLAT_G = 16382 };

/* The sum of all h must fit into 32 bits. */
static float most_h(size_t n) {
    size_t most = UINT32_MAX / n;
    return most > MOST_H ? MOST_H : (float)(most - 1);
}

void hone_dither_fill(hone_dither *dither, uint64_t seed) {
    hone_rng rng = hone_rng_at(seed, hone_rng_stream(0xD1, 0));
    for (size_t i = 0; i < HONE_DITHER; i += 2) {
        uint64_t bits = hone_rng_next(&rng);
        dither->at[i] = dither->at[i + HONE_DITHER] = (uint32_t)bits;
        dither->at[i + 1] = dither->at[i + 1 + HONE_DITHER] = (uint32_t)(bits >> 32);
    }
}

struct job {
    const float *g, *h;
    size_t n, chunk_rows, start;
    bool flat;
    const hone_dither *dither;
    uint64_t *word;
    float g_scale, h_scale;
    float g_most[MOST_CHUNKS], h_most[MOST_CHUNKS];
};

HONE_CLONES
static void gbdt_largest(const float *restrict g, const float *restrict h, size_t n,
                         float *restrict most) {
    enum { LANES = 16 };
    float top_g[LANES] = {0}, top_h[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t l = 0; l < LANES; l++) {
            float size = fabsf(g[i + l]);
            top_g[l] = size > top_g[l] ? size : top_g[l];
            top_h[l] = h[i + l] > top_h[l] ? h[i + l] : top_h[l];
        }
    for (; i < n; i++) {
        top_g[0] = fabsf(g[i]) > top_g[0] ? fabsf(g[i]) : top_g[0];
        top_h[0] = h[i] > top_h[0] ? h[i] : top_h[0];
    }
    for (size_t l = 0; l < LANES; l++) {
        most[0] = top_g[l] > most[0] ? top_g[l] : most[0];
        most[1] = top_h[l] > most[1] ? top_h[l] : most[1];
    }
}

HONE_CLONES
static void gbdt_words(const float *restrict g, const float *restrict h,
                       const uint32_t *restrict dither, size_t n, float g_scale, float h_scale,
                       uint64_t *restrict word) {
    for (size_t i = 0; i < n; i++) {
        int32_t a = (int32_t)floorf(g[i] * g_scale + (float)(dither[i] & 0xFFFF) * 0x1p-16F);
        int32_t b = (int32_t)(h[i] * h_scale + (float)(dither[i] >> 16) * 0x1p-16F);
        word[i] = ((uint64_t)(int64_t)a << 37) + ((uint64_t)(uint32_t)b << 15) + 1;
    }
}

HONE_CLONES
static void gbdt_flat_words(const float *restrict g, const uint32_t *restrict dither, size_t n,
                            float g_scale, uint64_t *restrict word) {
    for (size_t i = 0; i < n; i++) {
        int32_t a = (int32_t)floorf(g[i] * g_scale + (float)(dither[i] & 0xFFFF) * 0x1p-16F);
        word[i] = (uint64_t)(uint32_t)a << 32 | 1;
    }
}

static hone_status measure_chunk(void *context, size_t chunk, hone_error *err) {
    struct job *job = context;
    size_t first = chunk * job->chunk_rows, n = job->n - first;
    float most[2] = {0, 0};
    (void)err;
    gbdt_largest(job->g + first, job->h + first, n < job->chunk_rows ? n : job->chunk_rows, most);
    job->g_most[chunk] = most[0], job->h_most[chunk] = most[1];
    return HONE_OK;
}

static hone_status write_chunk(void *context, size_t chunk, hone_error *err) {
    const struct job *job = context;
    size_t first = chunk * job->chunk_rows, end = first + job->chunk_rows;
    (void)err;
    end = end < job->n ? end : job->n;
    for (size_t i = first; i < end; i += HONE_DITHER) { /* chunks begin at whole turns */
        size_t n = end - i < HONE_DITHER ? end - i : HONE_DITHER;
        const uint32_t *dither = job->dither->at + job->start;
        if (job->flat)
            gbdt_flat_words(job->g + i, dither, n, job->g_scale, job->word + i);
        else
            gbdt_words(job->g + i, job->h + i, dither, n, job->g_scale, job->h_scale,
                       job->word + i);
    }
    return HONE_OK;
}

/* Steps of a scale up to `most`; nothing to tell apart gives the scale 1. */
static float scale_of(float largest, float most) {
    float scale = most / largest;
    return largest > 0 && isfinite(scale) ? scale : 1;
}

hone_status hone_quantise(const float *g, const float *h, size_t n, bool flat,
                          const hone_dither *dither, uint64_t tree, uint64_t *word,
                          hone_layout *layout, const hone_monitor *mon, hone_error *err) {
    struct job job = {.g = g, .h = h, .n = n, .chunk_rows = CHUNK, .flat = flat};
    job.dither = dither, job.word = word;
    job.start = (size_t)(hone_rng_stream(0xD2, tree) % HONE_DITHER);
    while ((n + job.chunk_rows - 1) / job.chunk_rows > MOST_CHUNKS)
        job.chunk_rows *= 2;
    size_t chunks = (n + job.chunk_rows - 1) / job.chunk_rows;
    float largest_g = 0, largest_h = 0;
    hone_status status = hone_parallel(chunks, measure_chunk, &job, mon, err);
    for (size_t i = 0; status == HONE_OK && i < chunks; i++) {
        largest_g = fmaxf(largest_g, job.g_most[i]);
        largest_h = fmaxf(largest_h, job.h_most[i]);
    }
    if (status == HONE_OK && !(isfinite(largest_g) && isfinite(largest_h)))
        status = hone_fail(err, HONE_EDATA,
                           "derivatives of the loss exceed single precision: bring the target to "
                           "a smaller scale");
    job.g_scale = scale_of(largest_g, flat ? FLAT_G : MOST_G);
    job.h_scale = scale_of(largest_h, most_h(n));
    if (status == HONE_OK)
        status = hone_parallel(chunks, write_chunk, &job, mon, err);
    *layout = (hone_layout){flat, flat ? 131071 : 16383, 1 / (double)job.g_scale,
                            flat ? (double)largest_h : 1 / (double)job.h_scale};
    return status;
}
