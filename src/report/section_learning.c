/* section_learning.c -- scores in training and in validation, in their first metric: over the
 * number of training rows (what more of them would bring), and over the values of a parameter
 * (which one is best). Values stand at 0, 1, 2, ... with their text below, so that words have a
 * place too. */
#include "report/page.h"

#include "core/alloc.h"

#include <math.h>
#include <string.h>

/* The curve of a model, or NULL; of either kind. */
static const hone_score_curve *curve_of(const hone_page *page, hone_score_curve_kind kind,
                                        size_t model) {
    const hone_score_curve *const *curves =
        kind == HONE_LEARNING_CURVE ? page->report->curves : page->report->validation;
    return curves ? curves[model] : NULL;
}

static bool has_curves(const hone_page *page, hone_score_curve_kind kind) {
    bool some = false;
    for (size_t i = 0; i < page->report->n_models; i++)
        some = some || curve_of(page, kind, i);
    return some;
}

/* ---- figures --------------------------------------------------------------------------------- */

enum { TICS_SIZE = 1024 };

/* Means and mean -+ standard deviation along the points; arrays of n_points in one block. */
struct lines {
    double *x, *train, *test, *low, *high, *block;
    char tics[TICS_SIZE]; /* of a parameter; else empty */
};

/* Appends ", 'label' x"; nothing when it has no room or characters that gnuplot would take. */
static void add_tic(char *tics, const char *label, size_t x) {
    size_t used = strlen(tics);
    if (strpbrk(label, "'\"\\`\n") || used + strlen(label) + 32 > TICS_SIZE)
        return;
    snprintf(tics + used, TICS_SIZE - used, "%s'%s' %zu", used > 1 ? ", " : "", label, x);
}

static hone_status make_lines(const hone_score_curve *curve, struct lines *out, hone_error *err) {
    size_t n = curve->n_points;
    bool learning = curve->kind == HONE_LEARNING_CURVE;
    hone_status status = hone_new2(&out->block, 5, n, err);
    if (status != HONE_OK)
        return status;
    out->train = out->block;
    out->test = out->block + n;
    out->low = out->block + 2 * n;
    out->high = out->block + 3 * n;
    out->x = out->block + 4 * n;
    strcpy(out->tics, learning ? "" : "(");
    for (size_t i = 0; i < n; i++) {
        hone_cv_summary train, test;
        hone_score_curve_summarise(curve, 0, i, &train, &test);
        out->train[i] = train.mean;
        out->test[i] = test.mean;
        out->low[i] = test.mean - test.std;
        out->high[i] = test.mean + test.std;
        out->x[i] = learning ? curve->at[i] : (double)i;
        if (!learning)
            add_tic(out->tics, curve->labels[i], i);
    }
    strcat(out->tics, learning ? "" : ")");
    return HONE_OK;
}

static hone_status place(hone_page *page, const hone_score_curve *curve, size_t model,
                         const struct lines *lines, const hone_series *series, size_t n,
                         hone_error *err) {
    const char *const legend[] = {"\xc2\xb1 their standard deviation over the splits",
                                  "training rows", "test rows"};
    bool learning = curve->kind == HONE_LEARNING_CURVE;
    char name[40];
    snprintf(name, sizeof name, "%s-%zu", learning ? "learning" : "validation",
             page->rank[model] + 1);
    const hone_plot plot = {.name = name,
                            .x_label = learning ? "training rows" : curve->param,
                            .y_label = curve->metrics[0]->name,
                            .x_tics = learning ? NULL : lines->tics,
                            .small = true,
                            .square = true,
                            .n = n,
                            .series = series};
    const hone_figure figure = {.title = page->report->models[model].name,
                                .alt = learning
                                           ? "Scores on training and test rows against the number "
                                             "of training rows; the numbers are in the table."
                                           : "Scores on training and test rows against the values "
                                             "of a parameter; the numbers are in the table.",
                                .legend = legend,
                                .plot = &plot};
    return hone_page_figure(page, &figure, err);
}

static hone_status draw(hone_page *page, const hone_score_curve *curve, size_t model,
                        hone_error *err) {
    struct lines lines = {.block = NULL};
    int colour = hone_page_colour(page, model);
    hone_status status = make_lines(curve, &lines, err);
    if (status == HONE_OK) {
        size_t n = curve->n_points;
        const hone_series series[] = {{.mark = HONE_BAND,
                                       .n = n,
                                       .x = lines.x,
                                       .y = lines.low,
                                       .z = lines.high,
                                       .colour = colour,
                                       .opacity = 0.2,
                                       .title = "standard deviation"},
                                      {.mark = HONE_LINE,
                                       .n = n,
                                       .x = lines.x,
                                       .y = lines.train,
                                       .colour = colour,
                                       .width = 1.5,
                                       .dashed = true,
                                       .title = "training rows"},
                                      {.mark = HONE_LINE,
                                       .n = n,
                                       .x = lines.x,
                                       .y = lines.test,
                                       .colour = colour,
                                       .width = 2,
                                       .title = "test rows"}};
        status = place(page, curve, model, &lines, series, sizeof series / sizeof *series, err);
    }
    hone_release(lines.block);
    return status;
}

/* ---- words and numbers ----------------------------------------------------------------------- */

static hone_status write_advice(hone_page *page, const hone_score_curve *curve, size_t model,
                                hone_error *err) {
    char advice[1024];
    hone_status status = hone_score_curve_advice(curve, 0, advice, sizeof advice, err);
    if (status != HONE_OK)
        return status;
    fputs("<p><b>", page->file);
    hone_html_text(page->file, page->report->models[model].name);
    fputs("</b>: ", page->file);
    hone_html_text(page->file, advice);
    fputs("</p>\n", page->file);
    return HONE_OK;
}

static void write_table(hone_page *page, hone_score_curve_kind kind) {
    bool learning = kind == HONE_LEARNING_CURVE;
    const char *const TITLES[] = {"model", learning ? "training rows" : "parameter",
                                  "on training rows", "on test rows", "std. dev."};
    hone_html_table table;
    hone_page_fold(page, "The numbers");
    hone_page_table(page, &table, learning ? "Learning curves" : "Validation curves", TITLES, 5);
    for (size_t r = 0; r < page->report->n_models; r++) {
        const hone_score_curve *curve = curve_of(page, kind, page->order[r]);
        for (size_t i = 0; curve && i < curve->n_points; i++) {
            char value[128];
            hone_cv_summary train, test;
            hone_score_curve_summarise(curve, 0, i, &train, &test);
            hone_page_row(page, &table, page->order[r]);
            if (learning) {
                hone_html_cell_count(&table, round(curve->at[i]));
            } else {
                snprintf(value, sizeof value, "%s = %s", curve->param, curve->labels[i]);
                hone_html_cell(&table, value);
            }
            hone_html_cell_number(&table, train.mean, 4, NULL);
            hone_html_cell_number(&table, test.mean, 4, NULL);
            hone_html_cell_number(&table, test.std, 4, NULL);
        }
    }
    hone_html_table_end(&table);
    hone_page_unfold(page);
}

static hone_status write_curves(hone_page *page, hone_score_curve_kind kind, hone_error *err) {
    hone_status status = HONE_OK;
    hone_page_figures_begin(page);
    for (size_t r = 0; r < page->report->n_models && status == HONE_OK; r++) {
        const hone_score_curve *curve = curve_of(page, kind, page->order[r]);
        if (curve && !page->plotter.missing)
            status = draw(page, curve, page->order[r], err);
    }
    hone_page_figures_end(page);
    for (size_t r = 0; r < page->report->n_models && status == HONE_OK; r++) {
        const hone_score_curve *curve = curve_of(page, kind, page->order[r]);
        if (curve)
            status = write_advice(page, curve, page->order[r], err);
    }
    if (status == HONE_OK)
        write_table(page, kind);
    return status;
}

/* ---- the two sections ------------------------------------------------------------------------ */

static bool learning_applies(const hone_page *page) {
    return has_curves(page, HONE_LEARNING_CURVE);
}

static hone_status write_learning(hone_page *page, hone_error *err) {
    return write_curves(page, HONE_LEARNING_CURVE, err);
}

static bool validation_applies(const hone_page *page) {
    return has_curves(page, HONE_VALIDATION_CURVE);
}

static hone_status write_validation(hone_page *page, hone_error *err) {
    return write_curves(page, HONE_VALIDATION_CURVE, err);
}

const hone_section hone_section_learning = {"learning", "Learning curves", learning_applies,
                                            write_learning};
const hone_section hone_section_validation = {"validation", "Validation curves", validation_applies,
                                              write_validation};
