/* status.h -- how every call of hone tells that it failed, and why. */
#ifndef HONE_STATUS_H
#define HONE_STATUS_H

#include <hone/api.h>

HONE_BEGIN_DECLS

/** Every status with its meaning: only codes that a caller can act on differently. */
#define HONE_STATUSES(X)                                    \
    X(HONE_OK, "success")                                   \
    X(HONE_EINVAL, "invalid argument or parameter value")   \
    X(HONE_ENAME, "unknown name")                           \
    X(HONE_EDATA, "unusable data")                          \
    X(HONE_ESTATE, "not fitted yet")                        \
    X(HONE_EUNSUPPORTED, "not supported by this estimator") \
    X(HONE_EFORMAT, "damaged or foreign file")              \
    X(HONE_EIO, "input or output failed")                   \
    X(HONE_ENOMEM, "out of memory")                         \
    X(HONE_ENUMERIC, "numerical failure")                   \
    X(HONE_ECANCELLED, "cancelled")                         \
    X(HONE_ETIME, "deadline passed")

typedef enum hone_status {
#define HONE_STATUS_CODE(code, text) code,
    HONE_STATUSES(HONE_STATUS_CODE)
#undef HONE_STATUS_CODE
} hone_status;

/** Longest message, with its terminating zero. */
#define HONE_ERROR_SIZE 512

/** The caller owns it, usually on the stack, and passes its address as last argument; NULL is
 *  allowed everywhere. Written only on failure. Nothing in it needs to be freed. */
typedef struct hone_error {
    hone_status status;
    char message[HONE_ERROR_SIZE]; /**< one line: who, what was wrong, what was expected */
} hone_error;

/** Short meaning of a status ("unusable data"). Static text, never NULL. */
HONE_API const char *hone_status_text(hone_status status);

/** hone's version, "major.minor.patch". Static text. */
HONE_API const char *hone_version(void);

HONE_END_DECLS
#endif
