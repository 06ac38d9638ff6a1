/* write.c -- tables, notes and figures of a page. */
#include "report/page.h"

#include "core/alloc.h"

#include <string.h>

void hone_page_table(hone_page *page, hone_html_table *table, const char *caption,
                     const char *const *titles, size_t n) {
    hone_html_table_begin(table, page->file, page->tables, &page->failed, caption, titles, n);
}

void hone_page_row(const hone_page *page, hone_html_table *table, size_t model) {
    const hone_report_model *m = &page->report->models[model];
    hone_html_row(table, m->name, page->report->n_models > 1 ? hone_page_colour(page, model) : 0);
}

void hone_page_note(hone_page *page, const char *text) {
    fputs("<p class=\"note\">", page->file);
    hone_html_text(page->file, text);
    fputs("</p>\n", page->file);
}

void hone_page_fold(hone_page *page, const char *summary) {
    fputs("<details><summary>", page->file);
    hone_html_text(page->file, summary);
    fputs("</summary>\n", page->file);
}

void hone_page_unfold(hone_page *page) {
    fputs("</details>\n", page->file);
}

hone_series hone_chain_series(const hone_chain *curve, int colour, const char *title) {
    return (hone_series){.mark = HONE_LINE,
                         .n = curve->n,
                         .x = curve->x,
                         .y = curve->y,
                         .colour = colour,
                         .width = 2,
                         .title = title};
}

const double hone_unit[2] = {0, 1};

hone_series hone_page_guide(const double *x, const double *y, size_t n, const char *title) {
    return (hone_series){.mark = HONE_LINE,
                         .n = n,
                         .x = x,
                         .y = y,
                         .colour = 8,
                         .width = 1,
                         .dashed = true,
                         .title = title};
}

void hone_page_figures_begin(hone_page *page) {
    fputs("<div class=\"figures\">\n", page->file);
}

void hone_page_figures_end(hone_page *page) {
    fputs("</div>\n", page->file);
}

hone_status hone_page_each(hone_page *page, bool (*has)(const hone_page *page, size_t model),
                           hone_status (*draw)(hone_page *page, size_t model, void *context,
                                               hone_error *err),
                           void *context, hone_error *err) {
    enum { OPEN = 6 };
    hone_status status = HONE_OK;
    size_t drawn = 0;
    hone_page_figures_begin(page);
    for (size_t w = 0; w < page->n_whole && status == HONE_OK; w++) {
        if (!has(page, page->whole[w]))
            continue;
        if (drawn++ == OPEN) {
            hone_page_figures_end(page);
            hone_page_fold(page, "The other models");
            hone_page_figures_begin(page);
        }
        status = draw(page, page->whole[w], context, err);
    }
    hone_page_figures_end(page);
    if (drawn > OPEN)
        hone_page_unfold(page);
    return status;
}

/* The key of a series looks like its marks. */
static const char *key_of(const hone_series *series) {
    switch (series->mark) {
    case HONE_BAND:
    case HONE_BARS:
        return " area";
    case HONE_POINTS:
        return " dot";
    default:
        return series->dashed ? " dash" : "";
    }
}

static void write_legend(FILE *file, const hone_figure *figure) {
    fputs("<ul class=\"legend\">", file);
    for (size_t s = 0; s < figure->plot->n; s++) {
        const hone_series *series = &figure->plot->series[s];
        if (!figure->legend[s])
            continue;
        fprintf(file, "<li><span class=\"key k%d%s\"></span>",
                series->colour < 0 ? 8 : series->colour, key_of(series));
        hone_html_text(file, figure->legend[s]);
        fputs("</li>", file);
    }
    fputs("</ul>\n", file);
}

static void write_figure(FILE *file, const hone_figure *figure, const char *svg) {
    const hone_plot *plot = figure->plot;
    fprintf(file, "<figure%s>",
            plot->small    ? " class=\"small\""
            : plot->square ? ""
                           : " class=\"long\"");
    if (figure->title)
        hone_html_element(file, "h3", figure->title);
    fputs("<div role=\"img\" aria-label=\"", file);
    hone_html_text(file, figure->alt);
    fprintf(file, "\">\n%s</div>\n", svg);
    if (figure->legend || figure->caption)
        fputs("<figcaption>", file);
    if (figure->legend)
        write_legend(file, figure);
    if (figure->caption)
        hone_html_text(file, figure->caption);
    fputs(figure->legend || figure->caption ? "</figcaption></figure>\n" : "</figure>\n", file);
}

hone_status hone_page_figure(hone_page *page, const hone_figure *figure, hone_error *err) {
    char *svg = NULL;
    bool known = page->plotter.missing;
    hone_status status = hone_plot_draw(&page->plotter, figure->plot, &svg, err);
    if (status == HONE_OK && svg)
        write_figure(page->file, figure, svg);
    else if (status == HONE_OK && page->plotter.missing && !known)
        fputs("<p class=\"warn\">The figures are missing: they are drawn by gnuplot, which is not "
              "installed here (on Debian and Ubuntu: <code>apt-get install gnuplot-nox</code>). "
              "The tables are complete.</p>\n",
              page->file);
    hone_release(svg);
    return status;
}
