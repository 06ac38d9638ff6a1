/* curves.c -- figures with one curve a model, best model first, and one number of each in words.
 * Cost: that of the curves. */
#include "report/page.h"

#include "core/alloc.h"

#include <math.h>
#include <string.h>

enum { CAPTION = 700, SAID_MOST = 3 };

/* What grows while the models are looked at; arrays of n_whole, one more of series and legend. */
struct drawing {
    hone_curve *curves;
    hone_series *series;
    const char **legend;
    size_t drawn, said;
    char caption[CAPTION + 2]; /* room for a full stop */
};

static hone_status open_drawing(const hone_page *page, const hone_curves *what, struct drawing *out,
                                hone_error *err) {
    hone_status status = hone_new(&out->curves, page->n_whole, err);
    if (status == HONE_OK)
        status = hone_new(&out->series, page->n_whole + 1, err);
    if (status == HONE_OK)
        status = hone_new(&out->legend, page->n_whole + 1, err);
    if (status == HONE_OK && what->guide) {
        out->legend[0] = what->guide->title;
        out->series[out->drawn++] = *what->guide;
    }
    snprintf(out->caption, CAPTION, "%s", what->figure.caption ? what->figure.caption : "");
    return status;
}

static void close_drawing(const hone_page *page, struct drawing *drawing) {
    for (size_t w = 0; drawing->curves && w < page->n_whole; w++)
        hone_chain_free(&drawing->curves[w].chain);
    hone_release(drawing->curves);
    hone_release(drawing->series);
    hone_release(drawing->legend);
}

/* "... Precision at a recall of 0.8: 0.583 (logistic_regression), 0.561 (svc)" */
static void say(const hone_page *page, const hone_curves *what, size_t model, double value,
                struct drawing *drawing) {
    char number[HONE_HTML_NUMBER], whose[128] = "";
    size_t length = strlen(drawing->caption);
    if (!what->note || isnan(value) || drawing->said >= SAID_MOST)
        return;
    hone_html_number(value, what->decimals, number);
    if (page->report->n_models > 1)
        snprintf(whose, sizeof whose, " (%.100s)", page->report->models[model].name);
    snprintf(drawing->caption + length, CAPTION - length, "%s%s%s%s",
             drawing->said ? ", "
             : length      ? " "
                           : "",
             drawing->said ? "" : what->note, number, whose);
    drawing->said++;
}

static hone_status add_model(const hone_page *page, const hone_curves *what, size_t w,
                             struct drawing *drawing, hone_error *err) {
    size_t model = page->whole[w];
    const char *name = page->report->models[model].name;
    hone_curve *curve = &drawing->curves[w];
    curve->note = NAN;
    snprintf(curve->legend, sizeof curve->legend, "%s", name);
    hone_status status = what->make(page, model, what->context, curve, err);
    if (status != HONE_OK || !curve->chain.n)
        return status;
    say(page, what, model, curve->note, drawing);
    drawing->legend[drawing->drawn] = curve->legend;
    drawing->series[drawing->drawn++] =
        hone_chain_series(&curve->chain, hone_page_colour(page, model), name);
    return HONE_OK;
}

hone_status hone_page_curves(hone_page *page, const hone_curves *what, hone_error *err) {
    struct drawing drawing = {.drawn = 0};
    hone_plot plot = what->plot;
    hone_figure figure = what->figure;
    hone_status status = open_drawing(page, what, &drawing, err);
    for (size_t w = 0; w < page->n_whole && status == HONE_OK; w++)
        status = add_model(page, what, w, &drawing, err);
    plot.n = drawing.drawn;
    plot.series = drawing.series;
    figure.plot = &plot;
    figure.legend = drawing.legend;
    figure.caption = *drawing.caption ? strcat(drawing.caption, drawing.said ? "." : "") : NULL;
    if (status == HONE_OK && drawing.drawn > (what->guide ? 1 : 0))
        status = hone_page_figure(page, &figure, err);
    close_drawing(page, &drawing);
    return status;
}
