/* error.h -- filling in the caller's hone_error. */
#ifndef HONE_CORE_ERROR_H
#define HONE_CORE_ERROR_H

#include <hone/status.h>

/* Writes the message (cut to fit, always terminated) and returns `status`. err may be NULL. */
hone_status hone_fail(hone_error *err, hone_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the message that is there. Returns err's status, or `status` if NULL. */
hone_status hone_fail_within(hone_error *err, hone_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
