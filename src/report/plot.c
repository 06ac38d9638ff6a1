/* plot.c -- writes NAME.dat and NAME.gp, runs gnuplot on them, reads NAME.svg. The only file that
 * names the plotting tool.
 *
 * Scripts hold no text from outside but the titles of series, reduced to harmless characters.
 * gnuplot is started without a shell, without the user's settings, in the folder of the files. */
#include "report/plot.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/run.h"

#include <hone/text.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the folder ------------------------------------------------------------------------------ */

static hone_status join(const char *folder, const char *name, const char *end, char **out,
                        hone_error *err) {
    size_t size = strlen(folder) + strlen(name) + strlen(end) + 2;
    hone_status status = hone_new(out, size, err);
    if (status == HONE_OK)
        snprintf(*out, size, "%s/%s%s", folder, name, end);
    return status;
}

hone_status hone_plotter_open(hone_plotter *plotter, const char *folder, hone_error *err) {
    *plotter = (hone_plotter){.keep = folder};
    hone_status status;
    if (folder) {
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            return hone_fail(err, HONE_EIO, "cannot make the folder %s: %s", folder,
                             strerror(errno));
        return hone_text_copy(folder, &plotter->folder, err);
    }
    const char *base = getenv("TMPDIR");
    status = join(base && *base ? base : "/tmp", "hone-plots-XXXXXX", "", &plotter->folder, err);
    if (status == HONE_OK && !mkdtemp(plotter->folder)) {
        status = hone_fail(err, HONE_EIO, "cannot make the folder %s: %s", plotter->folder,
                           strerror(errno));
        hone_release(plotter->folder);
        plotter->folder = NULL;
    }
    return status;
}

void hone_plotter_close(hone_plotter *plotter) {
    if (plotter->folder && !plotter->keep)
        rmdir(plotter->folder);
    hone_release(plotter->folder);
    plotter->folder = NULL;
}

static void forget(const hone_plotter *plotter, const char *path) {
    if (path && !plotter->keep)
        unlink(path);
}

/* ---- the data -------------------------------------------------------------------------------- */

static void put_number(FILE *file, double value) {
    char text[HONE_NUMBER_SIZE];
    fputs(isnan(value) ? "NaN" : hone_write_double(value, text), file);
}

/* Series are blocks of lines, two empty lines apart. */
static void put_data(const hone_plot *plot, FILE *file) {
    for (size_t s = 0; s < plot->n; s++) {
        const hone_series *series = &plot->series[s];
        for (size_t i = 0; i < series->n; i++) {
            put_number(file, series->x[i]);
            putc(' ', file);
            put_number(file, series->y[i]);
            if (series->z)
                putc(' ', file), put_number(file, series->z[i]);
            putc('\n', file);
        }
        fputs(series->n ? "\n\n" : "NaN NaN NaN\n\n\n", file);
    }
}

/* ---- the script ------------------------------------------------------------------------------ */

/* Range and tics; tics: the plot's own, or NULL. */
static void put_axis(FILE *file, const hone_plot *plot, bool upright, const char *tics) {
    hone_axis axis = hone_axis_of(plot, upright);
    char name = upright ? 'y' : 'x';
    fprintf(file, "set %crange [", name);
    put_number(file, axis.from);
    putc(':', file);
    put_number(file, axis.to);
    fprintf(file, "]\nset %ctics", name);
    if (tics)
        fprintf(file, " %s\n", tics);
    else
        hone_axis_tics(file, axis, plot->small);
}

/* Between single quotes only the quote itself means something, and two of them are one. Back
 * quotes, backslashes, @ and control characters would be harmless there, but are not trusted. */
static void put_title(FILE *file, const char *text) {
    fputs(" title '", file);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '\'')
            fputs("''", file);
        else
            putc(c < 0x20 || c == 0x7f || strchr("`\\@\"", c) ? '?' : c, file);
    }
    putc('\'', file);
}

static void put_style(FILE *file, const hone_series *series) {
    static const char *const MARKS[] = {"using 1:2 with lines", "using 1:2:3 with filledcurves",
                                        "using 1:2 with points pt 7", "using 1:2 with boxes",
                                        "using 1:2:(0):($3-$2) with vectors nohead"};
    fputs(MARKS[series->mark], file);
    fprintf(file, " lc rgb '%s'", hone_plot_colour(series->colour));
    if (series->mark == HONE_LINE || series->mark == HONE_WHISKERS)
        fputs(" lw ", file), put_number(file, series->width > 0 ? series->width : 1.5);
    if (series->mark == HONE_POINTS)
        fputs(" ps ", file), put_number(file, series->width > 0 ? series->width : 0.4);
    if (series->mark == HONE_BAND || series->mark == HONE_BARS) {
        fputs(" fs transparent solid ", file);
        put_number(file, series->opacity > 0 ? series->opacity : 1);
        fputs(" noborder", file);
    }
    if (series->dashed)
        fputs(" dt (6,4)", file);
}

static void put_axes(const hone_plot *plot, FILE *file) {
    fprintf(file, "set xlabel '%s'\nset ylabel '%s'\n", plot->x_label, plot->y_label);
    put_axis(file, plot, false, plot->x_tics);
    put_axis(file, plot, true, plot->y_tics);
    if (plot->small || plot->square) /* figures of a row stand in line */
        fputs("set lmargin 8\nset rmargin 1\nset tmargin 0.6\n", file);
    if (plot->square)
        fputs("set size square\n", file);
}

static void put_script(const hone_plot *plot, FILE *file) {
    int width = plot->small ? 330 : plot->square ? 470 : 640;
    int height = plot->small ? plot->square ? 310 : 220 : plot->square ? 440 : 340;
    fprintf(file,
            "# Run in this folder: gnuplot %s.gp\n"
            "set terminal svg size %d,%d dynamic noenhanced font 'sans,%d'\n"
            "set output '%s.svg'\n"
            "set encoding utf8\nset datafile missing 'NaN'\nset border 3 lw 1 lc rgb '%s'\n"
            "set tics nomirror scale 0.5\nset grid lc rgb '%s' dt solid lw 0.5\n"
            "unset key # the report has its own; set key outside below\n",
            plot->name, width, height, plot->small ? 11 : 12, plot->name,
            hone_plot_colour(HONE_MUTED), hone_plot_colour(HONE_MUTED));
    put_axes(plot, file);
    for (size_t s = 0; s < plot->n; s++)
        if (plot->series[s].mark == HONE_BARS) {
            fputs("set boxwidth ", file);
            put_number(file, plot->series[s].width);
            putc('\n', file);
            break;
        }
    fputs("plot \\\n", file);
    for (size_t s = 0; s < plot->n; s++) {
        fprintf(file, "  '%s.dat' index %zu ", plot->name, s);
        put_style(file, &plot->series[s]);
        if (plot->series[s].title)
            put_title(file, plot->series[s].title);
        else
            fputs(" notitle", file);
        fputs(s + 1 < plot->n ? ", \\\n" : "\n", file);
    }
}

static hone_status write_file(const char *path, const hone_plot *plot,
                              void (*put)(const hone_plot *plot, FILE *file), hone_error *err) {
    FILE *file = fopen(path, "we");
    if (!file)
        return hone_fail(err, HONE_EIO, "cannot write %s: %s", path, strerror(errno));
    put(plot, file);
    bool bad = ferror(file) != 0;
    bad |= fclose(file) != 0;
    return bad ? hone_fail(err, HONE_EIO, "cannot write %s: %s", path, strerror(errno)) : HONE_OK;
}

/* ---- running it ------------------------------------------------------------------------------ */

/* True when gnuplot ran and left without a complaint. */
static bool run(hone_plotter *plotter, char *script) {
    char program[] = "gnuplot", plain[] = "-d";
    char *arguments[] = {program, plain, strrchr(script, '/') + 1, NULL};
    int code = hone_run(arguments, plotter->folder, NULL, NULL);
    plotter->missing = code < 0 || code == 127;
    return code == 0;
}

static hone_status read_svg(const char *path, char **svg, hone_error *err) {
    enum { MOST = 1 << 26 };
    FILE *file = fopen(path, "re");
    char *text = NULL;
    struct stat info;
    hone_status status = HONE_OK;
    if (!file)
        return HONE_OK; /* no figure */
    if (fstat(fileno(file), &info) == 0 && info.st_size > 0 && info.st_size < MOST) {
        size_t size = (size_t)info.st_size;
        status = hone_new(&text, size + 1, err);
        if (status == HONE_OK && fread(text, 1, size, file) == size)
            status = hone_svg_clean(text, size, svg, err);
    }
    hone_release(text);
    fclose(file);
    return status;
}

hone_status hone_plot_draw(hone_plotter *plotter, const hone_plot *plot, char **svg,
                           hone_error *err) {
    char *data = NULL, *script = NULL, *image = NULL;
    *svg = NULL;
    if (plotter->missing && !plotter->keep)
        return HONE_OK;
    hone_status status;
    if ((status = join(plotter->folder, plot->name, ".dat", &data, err)) != HONE_OK ||
        (status = join(plotter->folder, plot->name, ".gp", &script, err)) != HONE_OK ||
        (status = join(plotter->folder, plot->name, ".svg", &image, err)) != HONE_OK ||
        (status = write_file(data, plot, put_data, err)) != HONE_OK ||
        (status = write_file(script, plot, put_script, err)) != HONE_OK)
        goto done;
    if (!plotter->missing && run(plotter, script))
        status = read_svg(image, svg, err);
    if (*svg)
        plotter->n_drawn++;
    else
        plotter->n_failed++;
done:
    forget(plotter, data);
    forget(plotter, script);
    forget(plotter, image);
    hone_release(data);
    hone_release(script);
    hone_release(image);
    return status;
}
