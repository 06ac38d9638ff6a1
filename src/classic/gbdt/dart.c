/* dart.c -- boosting with dropout: an iteration leaves out some trees of earlier ones.
 *
 * Each earlier iteration is left out with probability rate_drop (none at all with probability
 * skip_drop), at most max_drop of them. With d left out the new tree counts 1 / (d + 1) of its
 * step, and they d / (d + 1) of what they did. Cost: a prediction by the trees left out.
 * Reference: Rashmi & Gilad-Bachrach, "DART", AISTATS 2015. */
#include "classic/gbdt/booster_impl.h"

#include "core/rng.h"

enum { DROP = 0xDA27 };

static hone_status draw(const hone_boost_run *run, size_t iteration, hone_dropped *out,
                        hone_error *err) {
    const struct gbdt_params *p = run->p;
    hone_rng rng = hone_rng_at(p->seed, hone_rng_stream(DROP, iteration));
    hone_status status = hone_new(&out->iteration, iteration, err);
    if (status != HONE_OK || hone_rng_uniform(&rng) < p->skip_drop)
        return status;
    for (size_t i = 0; i < iteration; i++)
        if (hone_rng_uniform(&rng) < p->rate_drop)
            out->iteration[out->n++] = i;
    hone_rng_shuffle(&rng, out->iteration, out->n);
    if (out->n > (size_t)p->max_drop)
        out->n = (size_t)p->max_drop;
    return HONE_OK;
}

/* out (n x K) += factor times what the trees of an iteration give. one: scratch, n x K. */
static hone_status add_trees(const hone_boost_run *run, size_t iteration, double *one, double *out,
                             hone_error *err) {
    size_t k = run->outputs;
    hone_trees trees = run->state->trees;
    double *zero = NULL;
    hone_status status = hone_new(&zero, k, err);
    trees.base = zero;
    if (status == HONE_OK)
        status =
            hone_trees_predict(&trees, run->data->x, iteration * k, (iteration + 1) * k, one, err);
    for (size_t i = 0; status == HONE_OK && i < run->n; i++)
        for (size_t c = 0; c < k; c++)
            out[i * k + c] += one[(run->order ? run->order[i] : i) * k + c];
    hone_release(zero);
    return status;
}

hone_status hone_dart_drop(hone_boost_run *run, size_t iteration, hone_dropped *out,
                           hone_error *err) {
    size_t cells = run->n * run->outputs;
    double *one = NULL;
    hone_status status = draw(run, iteration, out, err);
    if (status != HONE_OK || out->n == 0)
        return status;
    if ((status = hone_new(&out->score, cells, err)) == HONE_OK)
        status = hone_new(&one, cells, err);
    for (size_t i = 0; status == HONE_OK && i < out->n; i++)
        status = add_trees(run, out->iteration[i], one, out->score, err);
    for (size_t i = 0; status == HONE_OK && i < cells; i++)
        run->score[i] -= out->score[i];
    run->step /= (double)(out->n + 1);
    hone_release(one);
    return status;
}

void hone_dart_restore(hone_boost_run *run, hone_dropped *dropped) {
    hone_trees *t = &run->state->trees;
    double share = (double)dropped->n / (double)(dropped->n + 1);
    for (size_t i = 0; dropped->n > 0 && i < run->n * run->outputs; i++)
        run->score[i] += share * dropped->score[i];
    for (size_t i = 0; i < dropped->n; i++) {
        size_t first = dropped->iteration[i] * run->outputs;
        for (int32_t node = t->start[first]; node < t->start[first + run->outputs]; node++)
            t->value[node] *= share;
    }
}
