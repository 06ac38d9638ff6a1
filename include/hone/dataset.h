/* dataset.h -- a table is a matrix plus a schema; every estimator takes the same thing.
 *
 * Conventions: a categorical cell holds the code of its level (0 .. n_levels - 1), NaN is the one
 * and only missing value, a code >= n_levels is a category that was not seen when the schema was
 * made. Class targets hold class codes in the same way. */
#ifndef HONE_DATASET_H
#define HONE_DATASET_H

#include <stdbool.h>

#include <hone/matrix.h>
#include <hone/monitor.h>

HONE_BEGIN_DECLS

typedef enum hone_kind { HONE_NUMERIC, HONE_CATEGORICAL } hone_kind;

/** One column. As a target, HONE_CATEGORICAL means classes and HONE_NUMERIC means a real value. */
typedef struct hone_column {
    const char *name;
    hone_kind kind;
    size_t n_levels; /* 0 for numeric columns */
    const char *const
        *levels; /* n_levels labels: in numeric order if all are numbers, else bytes */
} hone_column;

/** What the columns of X and y mean. */
typedef struct hone_schema {
    size_t n_columns;
    const hone_column *columns; /* n_columns */
    size_t n_targets;
    const hone_column *targets; /* n_targets; 0 when there is no y */
} hone_schema;

/** A borrowed data set: fill in what there is and leave the rest zero. Raw arrays need no more
 *  than `(hone_dataset){.x = hone_view_of(x, n, m), .y = hone_view_of(y, n, 1)}`.
 *  Without a schema all columns are numeric and named x0, x1, ...; a classifier then takes the
 *  distinct values of y as its classes. */
typedef struct hone_dataset {
    hone_view x;            /* n x m; data NULL when `sparse` is given */
    const hone_csr *sparse; /* n x m, or NULL */
    hone_view y;            /* n x outputs (class codes or values), or all zero */
    const double *weights;  /* n, each >= 0, or NULL = all 1 */
    const uint32_t *groups; /* n group codes, or NULL */
    const double *time;     /* n, when each row was, in any unit (for time_series), or NULL */
    const int32_t *fold;    /* n fold numbers, negative = never tested (for predefined), or NULL */
    const size_t *row_ids;  /* n, where each row came from (its row in the file, from 0),
                               or NULL = its own index */
    const hone_schema *schema; /* or NULL */
} hone_dataset;

/** Rows of a data set, dense or sparse. O(1). */
HONE_API size_t hone_dataset_rows(const hone_dataset *data);
/** Columns of a data set, dense or sparse. O(1). */
HONE_API size_t hone_dataset_cols(const hone_dataset *data);

/** Copies the given rows (repetitions allowed) into a new data set that owns all it points to.
 *  rows: n indices below hone_dataset_rows(data). Free with hone_dataset_free(). O(n m). */
HONE_API HONE_NODISCARD hone_status hone_dataset_take(const hone_dataset *data, const size_t *rows,
                                                      size_t n, hone_dataset **out,
                                                      hone_error *err);

/** Frees a data set that a function of hone returned (never one of your own). NULL is fine. */
HONE_API void hone_dataset_free(hone_dataset *data);

/* ---- tables: columns as a file has them ------------------------------------------------- */

/** Columns as read from a file; owns everything. Opaque. */
typedef struct hone_table hone_table;

/** How to read delimited text. All zero = find out from the data (and say so in hone_csv_info). */
typedef struct hone_csv_options {
    char delimiter;             /**< 0 = sniff among , ; tab | */
    int header;                 /**< 0 = sniff, 1 = first line is a header, -1 = there is none */
    const char *const *missing; /**< tokens that mean missing; NULL = "", NA, N/A, NaN, null, ? */
    size_t n_missing;
    const hone_column *pins; /**< columns whose kind is pinned: only name and kind are read */
    size_t n_pins;
    const hone_schema *schema; /**< of a fitted model, or NULL: the kinds of its columns hold where
                                    the file has them and no pin says otherwise */
    char decimal;  /**< of numbers: 0 or '.', or ',' (1,5): then none with a point is a number, and
                        ',' is no delimiter unless it is given or nothing else delimits */
    bool hash;     /**< compute the SHA-256 of the input's bytes (as stored, before gunzip) */
    bool svmlight; /**< take svmlight text too, recognised by its first lines or by the path's end
                        (.libsvm, .svm, .svmlight, maybe .gz) unless delimiter or header are given;
                        its columns are y, qid (if there) and x<index>, all numeric. Where that is
                        beyond 1 GiB, zeros included, the table has y and qid alone, and
                        hone_table_sparse() the others; at most ten million columns */
    bool compressed; /**< keep rows of svmlight text compressed, however small the table */
} hone_csv_options;

/** What the reader found, to be shown to the user. */
typedef struct hone_csv_info {
    char delimiter;
    bool header;
    bool gzip;
    bool bom;
    bool svmlight;   /**< it was svmlight text */
    size_t bytes;    /**< bytes of text read, after gunzip */
    char sha256[65]; /**< lower-case hex, or "" when not asked for */
} hone_csv_info;

/** Reads CSV/TSV (RFC 4180; also .gz, recognised by content; path "-" is standard input).
 *  Types, header and delimiter are inferred unless pinned; numbers are correctly rounded and
 *  independent of the locale.
 *  Cells: blanks around them are cut, quotes may hold delimiters, line ends (LF, CRLF, CR) and
 *  doubled quotes; blank lines are skipped. A column is numeric when every cell that is not
 *  missing is a number (007, 1e5, inf; quoted or not; none at all too), else its levels are the
 *  texts as written. The standard tokens for missing count in any case, one's own as written.
 *  Among texts a quoted token ("NA") is a level, only the empty one ("") is missing.
 *  Without a header columns are called x0, x1, ..., as is a column without a name.
 *  Errors name file:line:column, the column being that of the first byte of the cell, from 1.
 *  HONE_EIO if it cannot be read; HONE_EDATA for its content: not UTF-8, NUL, rows of different
 *  length, columns of the same name, no rows, a quote without partner, a cell over 1 MB, over a
 *  million columns, damaged gzip, text where a number is pinned; HONE_ENAME for a pin of an
 *  unknown column. Free the table with hone_table_free(). O(bytes); 8 bytes per cell. */
HONE_API HONE_NODISCARD hone_status hone_read_csv(const char *path, const hone_csv_options *options,
                                                  const hone_monitor *mon, hone_table **out,
                                                  hone_error *err);

/** The same from memory: `text` is borrowed during the call; `name` stands for the path in
 * messages. */
HONE_API HONE_NODISCARD hone_status hone_parse_csv(const char *text, size_t size, const char *name,
                                                   const hone_csv_options *options,
                                                   const hone_monitor *mon, hone_table **out,
                                                   hone_error *err);

HONE_API void hone_table_free(hone_table *table);
HONE_API size_t hone_table_rows(const hone_table *table);
HONE_API size_t hone_table_cols(const hone_table *table);
/** Column j's name, kind and levels; borrowed from the table. */
HONE_API const hone_column *hone_table_column(const hone_table *table, size_t j);
/** Column j's n values (level codes if categorical, NaN = missing); borrowed from the table. */
HONE_API const double *hone_table_values(const hone_table *table, size_t j);
/** The columns that stay compressed and are no columns of the table, or NULL; borrowed. */
HONE_API const hone_csr *hone_table_sparse(const hone_table *table);
/** What was inferred; borrowed from the table. */
HONE_API const hone_csv_info *hone_table_info(const hone_table *table);
/** Index of the column called `name`. HONE_ENAME with the nearest name suggested. */
HONE_API HONE_NODISCARD hone_status hone_table_find(const hone_table *table, const char *name,
                                                    size_t *out, hone_error *err);

/** How the target is to be understood. AUTO: categorical columns, and numeric ones with only
 *  integers and at most 20 distinct values, are classes; all else is regression. */
typedef enum hone_target_kind {
    HONE_TARGET_AUTO,
    HONE_TARGET_CLASSES,
    HONE_TARGET_REAL
} hone_target_kind;

/** Which column plays which part. */
typedef struct hone_roles {
    const char *target; /**< NULL = no y */
    const char *weight; /**< sample weights, or NULL */
    const char *group;  /**< groups for cross-validation, or NULL */
    const char *time;   /**< order of the rows for cross-validation: a numeric column, or texts
                             whose order as text is that of time (2024-05-31); or NULL */
    const char *fold;   /**< fold numbers for cross-validation: whole numbers (negative or missing =
                             never tested), or texts (each a fold; missing or "train" = never tested);
                           or NULL */
    const char *const *drop;
    size_t n_drop;
    hone_target_kind target_kind;
} hone_roles;

/** Makes a data set (owning, free with hone_dataset_free()) from a table: X row-major with all
 *  columns that play no other part; or compressed rows where the table has them. Rows whose target
 * is missing are left out and counted in
 *  `*n_dropped` (NULL allowed); row_ids then tells which stayed.
 *  HONE_ENAME for an unknown column (nearest suggested), HONE_EDATA when nothing is left,
 *  for a negative, missing or infinite weight, for a missing group or time, or a fold that is no
 *  whole number. O(n m). */
HONE_API HONE_NODISCARD hone_status hone_table_dataset(const hone_table *table,
                                                       const hone_roles *roles, hone_dataset **out,
                                                       size_t *n_dropped, hone_error *err);

HONE_END_DECLS
#endif
