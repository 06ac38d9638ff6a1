/* svg.c -- what gnuplot wrote becomes an element that a page can hold.
 *
 * Only shapes, groups and texts pass, and of their attributes only those of the list below: no ids
 * (so none is ever met twice), links, scripts, fonts, background. Empty groups go. Colours of
 * series become variables of the style sheet, black the colour of the text. Coordinates keep one
 * decimal, a tenth of a pixel. Points, each of which gnuplot writes as a whole element, become one
 * path of dots.   Cost: O(size). */
#include "report/plot.h"

#include "core/alloc.h"
#include "core/error.h"

#include <stdlib.h>
#include <string.h>

/* ---- colours --------------------------------------------------------------------------------- */

static const char *const COLOURS[HONE_COLOURS + 2] = {"#c4c8cf", "#000000", "#0072b2", "#d55e00",
                                                      "#009e73", "#9a3fa0", "#b8860b", "#3fa7d6",
                                                      "#cc3366", "#6b7280", "#7a9a01", "#4b3fbf"};
static const char *const VARIABLES[HONE_COLOURS + 2] = {
    "var(--grid)", "currentColor", "var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)",
    "var(--c5)",   "var(--c6)",    "var(--c7)", "var(--c8)", "var(--c9)", "var(--c10)"};

const char *hone_plot_colour(int colour) {
    return COLOURS[colour < 1 ? colour + 1 : 2 + (colour - 1) % HONE_COLOURS];
}

/* ---- text that grows ------------------------------------------------------------------------- */

struct text {
    char *at;
    size_t n, room;
    hone_status status;
    hone_error *err;
};

static void add(struct text *out, const char *bytes, size_t n) {
    if (out->status != HONE_OK)
        return;
    if (out->n + n + 1 > out->room) {
        size_t room = 2 * out->room + n + 1024;
        out->status = hone_grow(&out->at, out->room, room, out->err);
        if (out->status != HONE_OK)
            return;
        out->room = room;
    }
    memcpy(out->at + out->n, bytes, n);
    out->n += n;
}

static void add_text(struct text *out, const char *text) {
    add(out, text, strlen(text));
}

/* ---- tags ------------------------------------------------------------------------------------ */

struct slice {
    const char *at;
    size_t n;
};

static bool is(struct slice slice, const char *text) {
    return slice.n == strlen(text) && memcmp(slice.at, text, slice.n) == 0;
}

enum { ATTRIBUTES_MAX = 16, DEPTH_MAX = 16 };

struct tag {
    struct slice name;
    bool closing, empty;
    size_t n;
    struct slice names[ATTRIBUTES_MAX], values[ATTRIBUTES_MAX];
};

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static const char *word(const char *at, const char *end, struct slice *out) {
    *out = (struct slice){at, 0};
    while (at < end && !is_blank(*at) && !strchr("=/>", *at))
        at++;
    out->n = (size_t)(at - out->at);
    return at;
}

static const char *skip_blanks(const char *at, const char *end) {
    while (at < end && is_blank(*at))
        at++;
    return at;
}

/* Reads the attribute at `at`; returns the position after it, or NULL. */
static const char *read_attribute(const char *at, const char *end, struct tag *tag) {
    struct slice name, value;
    at = skip_blanks(word(at, end, &name), end);
    if (!name.n || at >= end || *at != '=')
        return NULL;
    at = skip_blanks(at + 1, end);
    if (at >= end || (*at != '"' && *at != '\''))
        return NULL;
    const char *close = memchr(at + 1, *at, (size_t)(end - at - 1));
    if (!close)
        return NULL;
    value = (struct slice){at + 1, (size_t)(close - at - 1)};
    if (tag->n < ATTRIBUTES_MAX) {
        tag->names[tag->n] = name;
        tag->values[tag->n++] = value;
    }
    return close + 1;
}

/* Reads the tag whose '<' is at `at`; returns the position after it, or NULL at the end or where
 * it cannot be read. Declarations and comments come out with a name that is no element's. */
static const char *read_tag(const char *at, const char *end, struct tag *tag) {
    *tag = (struct tag){.closing = at + 1 < end && at[1] == '/'};
    at = word(at + 1 + tag->closing, end, &tag->name);
    while ((at = skip_blanks(at, end)) < end && *at != '>') {
        if (*at == '/' || *at == '?') {
            tag->empty = true;
            at++;
            continue;
        }
        at = read_attribute(at, end, tag);
        if (!at)
            return NULL;
    }
    return at < end ? at + 1 : NULL;
}

static struct slice value_of(const struct tag *tag, const char *name) {
    for (size_t i = 0; i < tag->n; i++)
        if (is(tag->names[i], name))
            return tag->values[i];
    return (struct slice){"", 0};
}

/* ---- attributes ------------------------------------------------------------------------------ */

/* "rgb(  0, 114, 178)" or a name. */
static void add_colour(struct text *out, struct slice value) {
    unsigned red, green, blue;
    char text[40], hex[8];
    size_t n = value.n < sizeof text - 1 ? value.n : sizeof text - 1;
    memcpy(text, value.at, n);
    text[n] = '\0';
    bool numbers = sscanf(text, "rgb(%u,%u,%u)", &red, &green, &blue) == 3;
    snprintf(hex, sizeof hex, "#%02x%02x%02x", red & 0xff * numbers, green & 0xff * numbers,
             blue & 0xff * numbers);
    for (size_t i = 0; numbers && i < HONE_COLOURS + 2; i++)
        if (strcmp(COLOURS[i], hex) == 0) {
            add_text(out, VARIABLES[i]);
            return;
        }
    add_text(out, numbers ? hex : strcmp(text, "none") == 0 ? "none" : "currentColor");
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Copies coordinates: of a number's decimals one stays, rounded. */
static void add_coordinates(struct text *out, struct slice value) {
    const char *at = value.at, *end = at + value.n;
    while (at < end) {
        if (!is_digit(*at)) {
            if (!strchr("\"'<>&", *at))
                add(out, at, 1);
            at++;
            continue;
        }
        long tenths = 0;
        while (at < end && is_digit(*at) && tenths < 1000000)
            tenths = tenths * 10 + (*at++ - '0');
        tenths *= 10;
        if (at + 1 < end && *at == '.' && is_digit(at[1])) {
            tenths += at[1] - '0';
            at += 2;
            tenths += at < end && is_digit(*at) && *at >= '5';
            while (at < end && is_digit(*at))
                at++;
        }
        char number[24];
        snprintf(number, sizeof number, tenths % 10 ? "%ld.%ld" : "%ld", tenths / 10, tenths % 10);
        add_text(out, number);
    }
}

static bool is_listed(struct slice name, const char *const *list) {
    while (*list && !is(name, *list))
        list++;
    return *list;
}

static void add_attributes(struct text *out, const struct tag *tag) {
    static const char *const COLOURED[] = {"fill", "stroke", NULL};
    static const char *const PLAIN[] = {
        "d",           "points",    "transform",    "x",
        "y",           "width",     "height",       "cx",
        "cy",          "r",         "stroke-width", "stroke-dasharray",
        "text-anchor", "font-size", "rx",           NULL};
    static const char *const EXACT[] = {"fill-opacity", "stroke-opacity", "opacity", NULL};
    for (size_t i = 0; i < tag->n; i++) {
        struct slice name = tag->names[i], value = tag->values[i];
        bool coloured = is_listed(name, COLOURED), exact = is_listed(name, EXACT);
        if (!coloured && !exact && !is_listed(name, PLAIN))
            continue;
        add_text(out, " ");
        add(out, name.at, name.n);
        add_text(out, "=\"");
        if (coloured)
            add_colour(out, value);
        else if (exact)
            add(out, value.at, strspn(value.at, "0123456789."));
        else
            add_coordinates(out, value);
        add_text(out, "\"");
    }
}

/* ---- the walk -------------------------------------------------------------------------------- */

/* Groups that are open in the input; the first `written` of them are open in the output too. */
struct walk {
    struct text out;
    struct tag groups[DEPTH_MAX];
    size_t depth, written;
    struct slice dots_colour; /* of the path of dots that is open; n == 0: none */
};

static void end_dots(struct walk *walk) {
    if (walk->dots_colour.n)
        add_text(&walk->out, "\"/>\n");
    walk->dots_colour.n = 0;
}

static void write_groups(struct walk *walk) {
    end_dots(walk);
    for (; walk->written < walk->depth; walk->written++) {
        add_text(&walk->out, "<g");
        add_attributes(&walk->out, &walk->groups[walk->written]);
        add_text(&walk->out, ">");
    }
}

static void close_group(struct walk *walk) {
    end_dots(walk);
    if (walk->depth == 0)
        return;
    if (walk->written == walk->depth) {
        add_text(&walk->out, "</g>\n");
        walk->written--;
    }
    walk->depth--;
}

/* Twice the s of "... scale(s)": points have radius 1. */
static void add_diameter(struct text *out, struct slice place) {
    const char *scale = memmem(place.at, place.n, "scale(", 6);
    char number[24];
    double size = scale ? strtod(scale + 6, NULL) : 1;
    snprintf(number, sizeof number, "%d", size >= 1 ? (int)(2 * size + 0.5) : 2);
    add_text(out, number);
}

/* <use ... transform='translate(x,y) scale(s)' color='...'/>: a point. */
static void add_dot(struct walk *walk, const struct tag *tag) {
    struct slice colour = value_of(tag, "color"), place = value_of(tag, "transform");
    const char *open = memchr(place.at, '(', place.n), *close = memchr(place.at, ')', place.n);
    if (!open || !close || close < open || !colour.n)
        return;
    bool same =
        walk->dots_colour.n == colour.n && memcmp(walk->dots_colour.at, colour.at, colour.n) == 0;
    if (!same) {
        write_groups(walk);
        add_text(&walk->out, "<path class=\"dots\" stroke-width=\"");
        add_diameter(&walk->out, place);
        add_text(&walk->out, "\" stroke=\"");
        add_colour(&walk->out, colour);
        add_text(&walk->out, "\" d=\"");
        walk->dots_colour = colour;
    }
    add_text(&walk->out, "M");
    add_coordinates(&walk->out, (struct slice){open + 1, (size_t)(close - open - 1)});
    add_text(&walk->out, "h0");
}

/* A shape, or the begin of a text. */
static void add_element(struct walk *walk, const struct tag *tag) {
    write_groups(walk);
    add_text(&walk->out, "<");
    add(&walk->out, tag->name.at, tag->name.n);
    add_attributes(&walk->out, tag);
    add_text(&walk->out, is(tag->name, "text") ? ">" : "/>\n");
}

/* gnuplot has escaped the text; blanks at its ends go. */
static const char *add_content(struct walk *walk, const char *at, const char *end) {
    const char *close = memchr(at, '<', (size_t)(end - at));
    close = close ? close : end;
    const char *last = close;
    at = skip_blanks(at, close);
    while (last > at && is_blank(last[-1]))
        last--;
    add(&walk->out, at, (size_t)(last - at));
    add_text(&walk->out, "</text>");
    return close;
}

/* Skips to behind the end tag of an element that does not pass. */
static const char *skip_element(const struct tag *tag, const char *at, const char *end) {
    struct tag inner;
    while (at && (at = memchr(at, '<', (size_t)(end - at)))) {
        at = read_tag(at, end, &inner);
        if (at && inner.closing && inner.name.n == tag->name.n &&
            memcmp(inner.name.at, tag->name.at, tag->name.n) == 0)
            return at;
    }
    return NULL;
}

/* What becomes of one tag; returns where to go on, NULL at the end. */
static const char *take_tag(struct walk *walk, const struct tag *tag, const char *at,
                            const char *end) {
    static const char *const SHAPES[] = {"path", "polygon", "polyline", "circle",
                                         "line", "rect",    NULL};
    static const char *const DROPPED[] = {"defs", "title", "desc", "style", "script", NULL};
    if (is(tag->name, "svg"))
        return tag->closing ? NULL : at;
    if (!walk->out.n)
        return at; /* before it */
    if (is(tag->name, "g") && tag->closing) {
        close_group(walk);
    } else if (is(tag->name, "g") && !tag->empty) {
        if (walk->depth == DEPTH_MAX)
            return NULL;
        end_dots(walk);
        walk->groups[walk->depth++] = *tag;
    } else if (is(tag->name, "use")) {
        add_dot(walk, tag);
    } else if (is(tag->name, "text") && !tag->closing) {
        add_element(walk, tag);
        return add_content(walk, at, end);
    } else if (is_listed(tag->name, SHAPES) && !tag->closing) {
        bool background = is(tag->name, "rect") && is(value_of(tag, "fill"), "none");
        if (!background)
            add_element(walk, tag);
    } else if (is_listed(tag->name, DROPPED) && !tag->closing && !tag->empty) {
        return skip_element(tag, at, end);
    }
    return at;
}

hone_status hone_svg_clean(const char *text, size_t size, char **out, hone_error *err) {
    struct walk *walk = NULL;
    struct tag tag;
    const char *end = text + size, *at = text;
    hone_status status = hone_new(&walk, 1, err);
    if (status != HONE_OK)
        return status;
    walk->out.err = err;
    while (at && (at = memchr(at, '<', (size_t)(end - at))) && (at = read_tag(at, end, &tag))) {
        if (is(tag.name, "svg") && !tag.closing && !walk->out.n) {
            add_text(&walk->out, "<svg class=\"plot\" viewBox=\"");
            add_coordinates(&walk->out, value_of(&tag, "viewBox"));
            add_text(&walk->out, "\" aria-hidden=\"true\">\n");
        }
        at = take_tag(walk, &tag, at, end);
    }
    while (walk->depth)
        close_group(walk);
    end_dots(walk);
    bool begun = walk->out.n > 0;
    add(&walk->out, "</svg>\n", sizeof "</svg>\n"); /* with its zero */
    status = walk->out.status;
    if (status == HONE_OK && begun)
        *out = walk->out.at, walk->out.at = NULL;
    hone_release(walk->out.at);
    hone_release(walk);
    return status;
}
