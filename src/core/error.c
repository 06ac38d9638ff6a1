/* error.c -- see error.h and hone/status.h. */
#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *hone_status_text(hone_status status) {
    switch (status) {
#define STATUS_TEXT(code, text) \
    case code:                  \
        return text;
        HONE_STATUSES(STATUS_TEXT)
#undef STATUS_TEXT
    }
    return "unknown status";
}

const char *hone_version(void) {
    return HONE_VERSION;
}

hone_status hone_fail(hone_error *err, hone_status status, const char *format, ...) {
    if (err) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->message, sizeof err->message, format, args);
        va_end(args);
        err->status = status;
    }
    return status;
}

hone_status hone_fail_within(hone_error *err, hone_status status, const char *format, ...) {
    if (!err)
        return status;
    char prefix[HONE_ERROR_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    char message[2 * HONE_ERROR_SIZE + 2];
    snprintf(message, sizeof message, "%s: %s", prefix, err->message);
    memcpy(err->message, message, sizeof err->message);
    err->message[sizeof err->message - 1] = '\0';
    return err->status;
}
