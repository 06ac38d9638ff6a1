/* plot.h -- figures drawn by gnuplot as inline SVG.
 *
 * A figure is a list of series over two axes. Its script and data are written to a folder, run
 * through gnuplot, and the SVG comes back cleaned: no ids, links, fonts or background, colours as
 * variables of the style sheet, so that a figure follows the page into the dark. Without gnuplot
 * there are no figures and nothing fails. */
#ifndef HONE_REPORT_PLOT_H
#define HONE_REPORT_PLOT_H

#include <hone/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Colours of series are 1 .. HONE_COLOURS; these are for what is no series. */
enum { HONE_COLOURS = 10, HONE_INK = 0, HONE_MUTED = -1 };

typedef enum hone_mark {
    HONE_LINE,
    HONE_BAND, /* between y and z */
    HONE_POINTS,
    HONE_BARS,    /* from 0 to y */
    HONE_WHISKERS /* upright lines from y to z */
} hone_mark;

/* One series; arrays are borrowed. A NaN in y breaks a line. */
typedef struct hone_series {
    hone_mark mark;
    size_t n;
    const double *x, *y, *z; /* z: of bands and whiskers, else NULL */
    int colour;
    double width;   /* of lines and bars (bars: in units of x); size of points */
    double opacity; /* of areas; 0 = full */
    bool dashed;
    const char *title; /* in the script only, for people who restyle it; or NULL */
} hone_series;

typedef struct hone_plot {
    const char *name; /* of the files: letters, digits, - */
    const char *x_label, *y_label;
    double x_from, x_to, y_from, y_to; /* equal: round ends around all points */
    const char *x_tics, *y_tics;       /* as gnuplot takes them, or NULL */
    bool square;                       /* both axes of the same length */
    bool small;                        /* one of several in a row */
    size_t n;
    const hone_series *series;
} hone_plot;

/* Where figures are made. Zero it, open it, close it. */
typedef struct hone_plotter {
    char *folder; /* owned */
    bool keep;    /* the folder is the user's */
    bool missing; /* there is no gnuplot */
    size_t n_drawn, n_failed;
} hone_plotter;

/* folder: kept, made if it is not there; NULL: a temporary one. HONE_EIO. */
HONE_NODISCARD hone_status hone_plotter_open(hone_plotter *plotter, const char *folder,
                                             hone_error *err);
void hone_plotter_close(hone_plotter *plotter);
/* Draws a figure and gives its <svg> element as text (release it), or NULL where gnuplot is
 * missing or refuses. */
HONE_NODISCARD hone_status hone_plot_draw(hone_plotter *plotter, const hone_plot *plot, char **svg,
                                          hone_error *err);

/* axis.c: the ends of an axis, round ones around all points where the plot gives none; and its tics
 * as gnuplot takes them, "('0' 0, '20k' 20000)". */
typedef struct hone_axis {
    double from, to;
} hone_axis;
hone_axis hone_axis_of(const hone_plot *plot, bool upright);
void hone_axis_tics(FILE *file, hone_axis axis, bool small);

/* svg.c: what gnuplot wrote as an element for a page; see there. size: bytes of text. */
HONE_NODISCARD hone_status hone_svg_clean(const char *text, size_t size, char **out,
                                          hone_error *err);
/* "#rrggbb" of a colour on paper, and the style sheet's name for it ("var(--c1)"). */
const char *hone_plot_colour(int colour);

#endif
