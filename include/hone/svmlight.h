/* svmlight.h -- svmlight text, as LIBSVM and others write it: compressed rows, one in a line.
 *
 *     label [qid:GROUP] index:value index:value ...  # comment
 *
 * What is not named is zero. Indices ascend within a line and count from 0 or from 1. */
#ifndef HONE_SVMLIGHT_H
#define HONE_SVMLIGHT_H

#include <hone/dataset.h>

HONE_BEGIN_DECLS

/** The index of the first column. */
typedef enum hone_svmlight_base {
    HONE_SVMLIGHT_AUTO, /**< 0 if any row has that index, else 1 */
    HONE_SVMLIGHT_FROM_0,
    HONE_SVMLIGHT_FROM_1
} hone_svmlight_base;

/** How to read and write it; all zero does. */
typedef struct hone_svmlight_options {
    hone_svmlight_base base; /**< in writing, AUTO is 1 */
    size_t n_columns;        /**< columns of X, at least those that are there; 0 = no more */
} hone_svmlight_options;

/** Reads svmlight text (also .gz, recognised by content; path "-" is standard input) as a data set
 *  without schema: `sparse` holds X, y the labels as they stand there, groups the numbers behind
 *  qid: if there are any. Blank lines and those with a comment alone are skipped.
 *  HONE_EIO if it cannot be read; HONE_EDATA, with file:line:column, for a label, index or value
 *  that is no (finite) number, indices that do not ascend, that are below the base or beyond
 *  n_columns, groups that are there in some rows only, no rows or no column at all.
 *  Free it with hone_dataset_free(). O(bytes), in parallel; 12 bytes per value. */
HONE_API HONE_NODISCARD hone_status hone_read_svmlight(const char *path,
                                                       const hone_svmlight_options *options,
                                                       const hone_monitor *mon, hone_dataset **out,
                                                       hone_error *err);

/** The same from memory: `text` is borrowed during the call; `name` stands for the path in
 *  messages. */
HONE_API HONE_NODISCARD hone_status hone_parse_svmlight(const char *text, size_t size,
                                                        const char *name,
                                                        const hone_svmlight_options *options,
                                                        const hone_monitor *mon, hone_dataset **out,
                                                        hone_error *err);

/** Writes a data set, dense or sparse, with y (0 without; a class whose name is a number by that
 *  number, else by its code) and groups; zeros are left out of dense rows. Numbers have the fewest
 *  digits that read back to the same bits. HONE_EDATA, before a byte is written, for a value that
 * is not finite, with its row and column; HONE_EIO with the reason. O(bytes). */
HONE_API HONE_NODISCARD hone_status hone_write_svmlight(const hone_dataset *data, const char *path,
                                                        const hone_svmlight_options *options,
                                                        hone_error *err);

HONE_END_DECLS
#endif
