/* lightgbm.h -- the words of LightGBM's text models, and the pieces of their reader. */
#ifndef HONE_FOREIGN_LIGHTGBM_H
#define HONE_FOREIGN_LIGHTGBM_H

#include "classic/foreign/foreign.h"

/* Its objectives and our losses with the same link; ends with a name of NULL. The first one with a
 * loss is written. */
struct hone_lightgbm_objective {
    const char *name;
    bool classes, many;
    enum hone_objective_name loss;
    const char *word;
};
extern const struct hone_lightgbm_objective hone_lightgbm_objectives[];

enum { /* bits of decision_type */
       HONE_LIGHTGBM_CATEGORY = 1,
       HONE_LIGHTGBM_DEFAULT_LEFT = 2,
       HONE_LIGHTGBM_MISSING = 12, /* which values are missing: */
       HONE_LIGHTGBM_MISSING_NONE = 0,
       HONE_LIGHTGBM_MISSING_ZERO = 4,
       HONE_LIGHTGBM_MISSING_NAN = 8
};

/* Lines of a text in memory. */
typedef struct hone_lines {
    const char *at, *end; /* of what is left */
    size_t number;        /* of the line read last */
} hone_lines;

/* The next line as [*start, *stop), without its end; false past the last. */
bool hone_lines_next(hone_lines *lines, const char **start, const char **stop);

/* A list of numbers or words as it stands in a line; NULL start: there was none. */
typedef struct hone_span {
    const char *start, *stop;
    size_t line;
} hone_span;

/* Blanks at `at` and one number behind them: the position after it, or NULL. */
const char *hone_span_number(const char *at, const char *stop, double *out);
/* Reads "key=value": false when there is no = or another key. */
bool hone_line_value(const char *start, const char *stop, const char *key, hone_span *value);

/* Reads a file whole; model (zeroed) is the caller's to free, also on failure. */
HONE_NODISCARD hone_status hone_lightgbm_read(const char *path, hone_foreign_model *out,
                                              hone_error *err);
/* The tree behind its line "Tree=N", up to the empty line behind it (lightgbm_tree.c). */
HONE_NODISCARD hone_status hone_lightgbm_read_tree(hone_foreign_model *m, hone_lines *lines,
                                                   size_t number, double scale,
                                                   hone_trees_builder *builder, hone_error *err);
/* Writes a file. HONE_EIO. */
HONE_NODISCARD hone_status hone_lightgbm_write(const hone_foreign_source *in, const char *path,
                                               hone_error *err);

#endif
