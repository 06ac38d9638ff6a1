/* predict.c -- everything that a fitted model is asked for: rows are matched with the schema of
 * the fit, checked, cut into blocks whose size depends on the data alone, and given to a slot. */
#include "core/estimator_private.h"

#include "core/parallel.h"

#include <string.h>

/* Blocks of about this many numbers stay in a core's second-level cache. */
enum { BLOCK_NUMBERS = 1 << 16, BLOCK_MIN = 64, BLOCK_MAX = 4096 };
/* Scores that need no memory of their own: one row is answered in microseconds. */
enum { FEW_SCORES = 64 };

typedef hone_status slot(const void *params, const void *state, hone_view x, double *out,
                         hone_error *err);
typedef hone_status sparse_slot(const void *params, const void *state, const hone_csr *x,
                                double *out, hone_error *err);

/* What is asked: one slot, in its dense and its sparse form. */
struct question {
    slot *dense;
    sparse_slot *sparse;        /* NULL where the class takes no sparse rows */
    size_t cols;                /* of the answer */
    const hone_schema *columns; /* of what is asked about; NULL: those of the fit */
    hone_rows_fn *fn;           /* instead of a slot */
    void *context;
};

/* One call, shared by its blocks. */
struct job {
    const hone_estimator *est;
    const struct question *question;
    const void *state;      /* the fitted one, or what was made of it for this question */
    hone_view x;            /* or else */
    const hone_csr *sparse; /* compressed rows */
    size_t rows, block;     /* rows per block */
    double *out;
};

static hone_status run_block(void *context, size_t block, hone_error *err) {
    const struct job *job = context;
    const struct fitted *fitted = job->est->fitted;
    const struct question *question = job->question;
    size_t first = block * job->block;
    size_t n = job->rows - first < job->block ? job->rows - first : job->block;
    if (question->fn)
        return question->fn(question->context, fitted->params, job->state,
                            hone_view_rows(job->x, first, n), first, err);
    double *out = job->out + first * question->cols;
    if (!job->sparse)
        return question->dense(fitted->params, job->state, hone_view_rows(job->x, first, n), out,
                               err);
    hone_csr rows = *job->sparse;
    rows.starts += first;
    rows.rows = n;
    return question->sparse(fitted->params, job->state, &rows, out, err);
}

/* *copy (NULL where the class has no need of it): a state made ready for all blocks. */
static hone_status make_ready(struct job *job, void **copy, hone_error *err) {
    const hone_class *cls = job->est->cls;
    const struct fitted *fitted = job->est->fitted;
    char *state = NULL;
    if (!cls->ready)
        return HONE_OK;
    hone_status status = hone_new(&state, cls->state_size, err);
    if (status)
        return status;
    memcpy(state, fitted->state, cls->state_size);
    if ((status = cls->ready(fitted->params, state, job->rows, err)))
        hone_release(state);
    else
        job->state = *copy = state;
    return status;
}

static hone_status run_blocks(struct job *job, size_t row_numbers, const hone_monitor *mon,
                              hone_error *err) {
    const hone_class *cls = job->est->cls;
    size_t block = BLOCK_NUMBERS / (row_numbers ? row_numbers : 1);
    size_t most = cls->block_rows ? cls->block_rows : BLOCK_MAX;
    job->block = block < BLOCK_MIN ? BLOCK_MIN : block;
    job->block = job->block > most ? most : job->block;
    job->state = job->est->fitted->state;
    size_t n = (job->rows + job->block - 1) / job->block;
    void *copy = NULL;
    hone_status status = n > 1 ? make_ready(job, &copy, err) : HONE_OK;
    if (status == HONE_OK)
        status = hone_parallel(n, run_block, job, mon, err);
    if (copy)
        cls->unready(copy);
    hone_release(copy);
    return status;
}

/* Categories that the fit did not meet are no error: encoders have a rule for them. */
static void warn_unseen(const hone_schema *schema, hone_view x, const char *who,
                        const hone_monitor *mon) {
    for (size_t j = 0; j < schema->n_columns; j++) {
        const hone_column *column = &schema->columns[j];
        size_t unseen = 0;
        for (size_t i = 0; i < x.rows && column->kind == HONE_CATEGORICAL; i++)
            unseen += x.data[i * x.ld + j] >= (double)column->n_levels;
        if (unseen)
            hone_monitor_warn(mon,
                              "%s: column '%s': %zu of %zu rows hold a category that was not "
                              "there in the fit",
                              who, column->name, unseen, x.rows);
    }
}

static hone_status ask_dense(const hone_estimator *est, const hone_dataset *data, struct job *job,
                             const hone_monitor *mon, hone_error *err) {
    const char *who = est->cls->name;
    const hone_schema *columns = job->question->columns;
    const hone_schema *schema = columns ? columns : est->fitted->schema;
    double *owned = NULL;
    hone_status status = hone_schema_match(schema, data, who, &job->x, &owned, err);
    if (status)
        return status;
    unsigned tags = hone_class_tags_with(est->cls, est->fitted->params);
    status = hone_check_values(job->x, schema, tags, data->row_ids, who, err);
    if (status == HONE_OK)
        status = hone_check_codes(job->x, schema, false, data->row_ids, who, err);
    if (status == HONE_OK)
        warn_unseen(schema, job->x, who, mon);
    if (status == HONE_OK)
        status = run_blocks(job, job->x.cols, mon, err);
    hone_release(owned);
    return status;
}

static hone_status ask_sparse(const hone_estimator *est, const hone_dataset *data, struct job *job,
                              const hone_monitor *mon, hone_error *err) {
    const char *who = est->cls->name;
    const struct fitted *fitted = est->fitted;
    const hone_csr *x = data->sparse;
    unsigned tags = hone_class_tags_with(est->cls, fitted->params);
    if (!(tags & HONE_TAG_SPARSE) || !job->question->sparse)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: takes no sparse data; give it dense rows",
                         who);
    hone_status status = hone_schema_match_sparse(fitted->schema, data, who, err);
    if (status == HONE_OK)
        status = hone_check_sparse(x, fitted->schema, tags, data->row_ids, who, err);
    job->sparse = x;
    size_t stored = x->rows ? x->starts[x->rows] - x->starts[0] : 0;
    return status ? status : run_blocks(job, x->rows ? stored / x->rows : 0, mon, err);
}

/* Checks the data and runs the slot over it. */
static hone_status ask(const hone_estimator *est, const hone_dataset *data,
                       const struct question *question, double *out, const hone_monitor *mon,
                       hone_error *err) {
    struct job job = {
        .est = est, .question = question, .rows = hone_dataset_rows(data), .out = out};
    return (data->sparse ? ask_sparse : ask_dense)(est, data, &job, mon, err);
}

/* HONE_ESTATE before fit, HONE_EUNSUPPORTED when there is no such slot (or tag). */
static hone_status can(const hone_estimator *est, bool supported, const char *what,
                       hone_error *err) {
    if (!est->fitted)
        return hone_fail(err, HONE_ESTATE, "%s: not fitted yet; call hone_fit() first",
                         est->cls->name);
    if (!supported)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: gives no %s", est->cls->name, what);
    return HONE_OK;
}

static bool has_tag(const hone_estimator *est, unsigned tag) {
    return est->fitted && (hone_class_tags_with(est->cls, est->fitted->params) & tag) != 0;
}

/* Class codes from the largest of k scores per row; the first wins ties. One score decides by its
 * sign, one probability belongs to the only class. */
static void argmax_rows(const double *score, size_t n, size_t cols, bool proba, double *out) {
    for (size_t i = 0; i < n; i++) {
        const double *row = score + i * cols;
        size_t best = cols == 1 && !proba && row[0] > 0;
        for (size_t k = 1; k < cols; k++)
            if (row[k] > row[best])
                best = k;
        out[i] = (double)best;
    }
}

/* The question behind one slot, in both forms. */
#define QUESTION(cls, slot, cols)                                                                 \
    ((struct question){(cls)->slot, (cls)->sparse ? (cls)->sparse->slot : NULL, cols, NULL, NULL, \
                       NULL})

static hone_status predict_by_score(const hone_estimator *est, const hone_dataset *data,
                                    double *out, const hone_monitor *mon, hone_error *err) {
    const hone_class *cls = est->cls;
    bool proba = cls->predict_proba && has_tag(est, HONE_TAG_PROBA);
    size_t rows = hone_dataset_rows(data);
    struct question question = proba ? QUESTION(cls, predict_proba, hone_n_classes(est))
                                     : QUESTION(cls, decision, hone_decision_cols(est));
    double few[FEW_SCORES], *many = NULL, *score = few;
    hone_status status = HONE_OK;
    if (rows > FEW_SCORES / question.cols)
        status = hone_new2(&many, rows, question.cols, err), score = many;
    if (status == HONE_OK)
        status = ask(est, data, &question, score, mon, err);
    if (status == HONE_OK)
        argmax_rows(score, rows, question.cols, proba, out);
    hone_release(many);
    return status;
}

hone_status hone_predict(const hone_estimator *est, const hone_dataset *data, double *out,
                         const hone_monitor *mon, hone_error *err) {
    const hone_class *cls = est->cls;
    hone_task task = hone_estimator_task(est);
    bool scored = task == HONE_CLASSIFIER && (cls->predict_proba || cls->decision);
    hone_status status = can(est, task != HONE_TRANSFORMER && (cls->predict || scored),
                             "predictions; it transforms", err);
    if (status)
        return status;
    const struct fitted *fitted = est->fitted;
    size_t outputs = fitted->schema->n_targets ? fitted->schema->n_targets : 1;
    status = cls->predict ? ask(est, data, &QUESTION(cls, predict, outputs), out, mon, err)
                          : predict_by_score(est, data, out, mon, err);
    size_t rows = hone_dataset_rows(data);
    for (size_t i = 0; status == HONE_OK && task == HONE_CLASSIFIER && i < rows; i++)
        out[i] = fitted->classes[(size_t)out[i]];
    return status;
}

hone_status hone_predict_proba(const hone_estimator *est, const hone_dataset *data, double *out,
                               const hone_monitor *mon, hone_error *err) {
    const hone_class *cls = est->cls;
    hone_status status =
        can(est, cls->predict_proba && has_tag(est, HONE_TAG_PROBA), "probabilities", err);
    return status
               ? status
               : ask(est, data, &QUESTION(cls, predict_proba, hone_n_classes(est)), out, mon, err);
}

hone_status hone_decision_function(const hone_estimator *est, const hone_dataset *data, double *out,
                                   const hone_monitor *mon, hone_error *err) {
    const hone_class *cls = est->cls;
    hone_status status =
        can(est, cls->decision && has_tag(est, HONE_TAG_DECISION), "decision function", err);
    return status
               ? status
               : ask(est, data, &QUESTION(cls, decision, hone_decision_cols(est)), out, mon, err);
}

hone_status hone_transform(const hone_estimator *est, const hone_dataset *data, double *out,
                           const hone_monitor *mon, hone_error *err) {
    const hone_class *cls = est->cls;
    bool transforms = cls->transform && (!est->fitted || est->fitted->output_schema);
    hone_status status = can(est, transforms, "transformed data", err);
    return status ? status
                  : ask(est, data, &QUESTION(cls, transform, est->fitted->output_schema->n_columns),
                        out, mon, err);
}

hone_status hone_inverse_transform(const hone_estimator *est, const hone_dataset *data, double *out,
                                   const hone_monitor *mon, hone_error *err) {
    bool back = est->cls->inverse_transform && (!est->fitted || est->fitted->output_schema);
    hone_status status = can(est, back, "way back from its output", err);
    if (status)
        return status;
    struct question question = {.dense = est->cls->inverse_transform,
                                .cols = est->fitted->schema->n_columns,
                                .columns = est->fitted->output_schema};
    return ask(est, data, &question, out, mon, err);
}

hone_status hone_ask_rows(const hone_estimator *est, const hone_dataset *data, hone_rows_fn *fn,
                          void *context, const hone_monitor *mon, hone_error *err) {
    struct question question = {.fn = fn, .context = context};
    hone_status status = can(est, true, "", err);
    return status ? status : ask(est, data, &question, NULL, mon, err);
}
