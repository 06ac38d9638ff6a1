/* leaves.c -- see leaves.h. */
#include "classic/gbdt/leaves.h"

#include "core/alloc.h"
#include "core/parallel.h"

#include <math.h>

enum { PIECE = 16384, MANY = 65536 };

/* Rows first .. first + n - 1 of a leaf. */
struct piece {
    size_t leaf, first, n;
    double g, h;
};

struct job {
    const hone_grower *grower;
    const hone_leaf_rule *rule;
    struct piece *piece;
    size_t n;
};

static hone_status cut_leaves(const hone_grower *g, struct job *job, hone_error *err) {
    size_t n = 0, most = g->node[0].n / PIECE + g->n_leaves;
    hone_status status = hone_new(&job->piece, most, err);
    for (size_t i = 0; status == HONE_OK && i < g->n_nodes; i++) {
        const hone_grown *node = g->node + i;
        for (size_t at = 0; node->split.column < 0 && at < node->n; at += PIECE)
            job->piece[n++] = (struct piece){i, node->first + at,
                                             node->n - at < PIECE ? node->n - at : PIECE, 0, 0};
    }
    job->n = n;
    return status;
}

static hone_status each_piece(struct job *job, hone_chunk_fn *fn, const hone_monitor *mon,
                              hone_error *err) {
    hone_status status = HONE_OK;
    if (job->grower->node[0].n >= MANY)
        return hone_parallel(job->n, fn, job, mon, err);
    for (size_t i = 0; i < job->n && status == HONE_OK; i++)
        status = fn(job, i, err);
    return status;
}

static hone_status sum_piece(void *context, size_t number, hone_error *err) {
    const struct job *job = context;
    struct piece *piece = job->piece + number;
    const uint32_t *row = job->grower->row + piece->first;
    const float *g = job->rule->g, *h = job->rule->h;
    double sum_g = 0, sum_h = 0;
    (void)err;
    for (size_t i = 0; i < piece->n; i++)
        sum_g += (double)g[row[i]], sum_h += (double)h[row[i]];
    piece->g = sum_g, piece->h = sum_h;
    return HONE_OK;
}

static hone_status add_piece(void *context, size_t number, hone_error *err) {
    const struct job *job = context;
    const struct piece *piece = job->piece + number;
    const uint32_t *row = job->grower->row + piece->first;
    size_t k = job->rule->loss->outputs;
    double value = job->grower->node[piece->leaf].value, *score = job->rule->score;
    (void)err;
    for (size_t i = 0; i < piece->n; i++)
        score[row[i] * k + job->rule->output] += value;
    return HONE_OK;
}

/* Leaves by the quantile of their residuals, the others by the mean of their children. */
static hone_status value_by_quantile(hone_grower *g, const hone_leaf_rule *rule, double q,
                                     hone_error *err) {
    hone_status status = HONE_OK;
    for (size_t i = g->n_nodes; i-- > 0 && status == HONE_OK;) {
        hone_grown *node = g->node + i, *child = g->node + node->child;
        if (node->split.column >= 0) {
            node->value = (child[0].value * child[0].h + child[1].value * child[1].h) / node->h;
            continue;
        }
        double value = 0;
        status = hone_loss_quantile(rule->loss, rule->score, g->row + node->first, node->n, q,
                                    &value, err);
        node->value = rule->learning_rate * fmin(fmax(value, node->low), node->high);
    }
    return status;
}

hone_status hone_leaves_value(hone_grower *grower, const hone_leaf_rule *rule,
                              const hone_monitor *mon, hone_error *err) {
    struct job job = {.grower = grower, .rule = rule};
    const hone_objective *kind = rule->loss->kind;
    hone_status status = cut_leaves(grower, &job, err);
    if (status == HONE_OK)
        status = each_piece(&job, sum_piece, mon, err);
    for (size_t i = 0; status == HONE_OK && i < job.n; i++) {
        grower->node[job.piece[i].leaf].g += job.piece[i].g;
        grower->node[job.piece[i].leaf].h += job.piece[i].h;
    }
    hone_release(job.piece);
    for (size_t i = grower->n_nodes; status == HONE_OK && i-- > 0;) {
        hone_grown *node = grower->node + i;
        if (node->split.column >= 0) {
            node->g = grower->node[node->child].g + grower->node[node->child + 1].g;
            node->h = grower->node[node->child].h + grower->node[node->child + 1].h;
        }
        node->value = rule->learning_rate * hone_gbdt_split_value(&grower->growth.rules, node->g,
                                                                  node->h, node->low, node->high);
    }
    if (status == HONE_OK && kind->leaf_quantile != NULL)
        status = value_by_quantile(grower, rule, kind->leaf_quantile(rule->loss), err);
    return status;
}

hone_status hone_leaves_add(const hone_grower *grower, const hone_leaf_rule *rule,
                            const hone_monitor *mon, hone_error *err) {
    struct job job = {.grower = grower, .rule = rule};
    hone_status status = cut_leaves(grower, &job, err);
    if (status == HONE_OK)
        status = each_piece(&job, add_piece, mon, err);
    hone_release(job.piece);
    return status;
}
