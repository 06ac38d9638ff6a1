/* output.c -- style, numbers, notes and CSV fields. */
#include "cli/output.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool cli_colour(FILE *file) {
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fileno(file)) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

bool cli_utf8(void) {
    static const char *const NAMES[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = getenv(NAMES[i]);
        if (value && *value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

int cli_decimals(double size) {
    size = fabs(size);
    if (size >= 1e4)
        return 1;
    return size >= 1e3 ? 2 : size >= 10 ? 3 : 4;
}

char *cli_number(double value, int decimals, char out[CLI_NUMBER]) {
    if (isnan(value))
        snprintf(out, CLI_NUMBER, "-");
    else if (fabs(value) < 1e9)
        snprintf(out, CLI_NUMBER, "%.*f", decimals, value);
    else
        snprintf(out, CLI_NUMBER, "%.6g", value);
    bool nought = *out == '-' && out[1] && !out[strspn(out, "-0.,")];
    if (nought) /* what rounds to 0 has no sign */
        memmove(out, out + 1, strlen(out));
    return out;
}

char *cli_seconds(double value, char out[CLI_NUMBER]) {
    if (isnan(value))
        snprintf(out, CLI_NUMBER, "-");
    else
        snprintf(out, CLI_NUMBER, "%.*f s", value < 0.1 ? 4 : value < 10 ? 2 : 1, value);
    return out;
}

/* UTF-8 passes; C0 and C1 controls (the latter are C2 80 .. C2 9F) do not. */
char *cli_clean(const char *text) {
    char *copy = cli_format("%s", text);
    for (unsigned char *c = (unsigned char *)copy; *c; c++) {
        if (*c < 0x20 || *c == 0x7f)
            *c = '?';
        else if (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
            c[0] = c[1] = '?';
    }
    return copy;
}

static void say(const char *before, const char *format, va_list args) {
    char text[4096];
    vsnprintf(text, sizeof text, format, args);
    char *clean = cli_clean(text);
    fprintf(stderr, "%s%s\n", before, clean);
    free(clean);
}

void cli_note(const cli_session *session, const char *format, ...) {
    if (session->set.quiet)
        return;
    va_list args;
    va_start(args, format);
    say("", format, args);
    va_end(args);
}

void cli_warn(const char *format, ...) {
    va_list args;
    va_start(args, format);
    say("hone: warning: ", format, args);
    va_end(args);
}

void cli_csv_field(FILE *file, const char *text) {
    bool plain = text[0] != ' ' && text[strcspn(text, ",\"\r\n")] == '\0' && *text &&
                 text[strlen(text) - 1] != ' ';
    if (plain) {
        fputs(text, file);
        return;
    }
    putc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', file);
        putc(*text, file);
    }
    putc('"', file);
}

void cli_csv_number(FILE *file, double value) {
    char text[HONE_NUMBER_SIZE];
    if (!isnan(value))
        fputs(hone_write_double(value, text), file);
}
