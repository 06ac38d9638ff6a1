/* text.c -- messages, memory and lists of texts. */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hone_status fill(hone_error *err, hone_status status, const char *format, va_list args) {
    if (err) {
        err->status = status;
        vsnprintf(err->message, sizeof err->message, format, args);
    }
    return status;
}

hone_status cli_fail(hone_error *err, hone_status status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fill(err, status, format, args);
    va_end(args);
    return status;
}

hone_status cli_misuse(cli_session *session, hone_error *err, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fill(err, HONE_EINVAL, format, args);
    va_end(args);
    return cli_misused(session, HONE_EINVAL);
}

hone_status cli_misused(cli_session *session, hone_status status) {
    session->misused = status != HONE_OK;
    return status;
}

static void *need(void *block) {
    if (block)
        return block;
    fputs("hone: out of memory\n", stderr);
    exit(CLI_FAILED);
}

void *cli_take(size_t n, size_t size) {
    return need(calloc(n ? n : 1, size));
}

void *cli_resize(void *block, size_t n, size_t size) {
    return need(reallocarray(block, n ? n : 1, size));
}

char *cli_format(const char *format, ...) {
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    return need(text);
}

void cli_append(char **text, const char *format, ...) {
    char *more = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&more, format, args) < 0)
        more = NULL;
    va_end(args);
    need(more);
    size_t length = *text ? strlen(*text) : 0;
    *text = cli_resize(*text, length + strlen(more) + 1, 1);
    memcpy(*text + length, more, strlen(more) + 1);
    free(more);
}

void cli_append_word(char **text, const char *word) {
    static const char PLAIN[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,:=+@%";
    bool plain = *word != '\0';
    for (const char *c = word; *c; c++)
        plain = plain && ((unsigned char)*c >= 0x80 || strchr(PLAIN, *c));
    if (plain) {
        cli_append(text, "%s", word);
        return;
    }
    cli_append(text, "'");
    for (; *word; word++)
        cli_append(text, *word == '\'' ? "'\\'%c" : "%c", *word);
    cli_append(text, "'");
}

void cli_append_item(char **list, const char *item) {
    bool quoted = strpbrk(item, ",\"") != NULL;
    cli_append(list, "%s%s", *list ? "," : "", quoted ? "\"" : "");
    for (; *item; item++)
        cli_append(list, quoted && *item == '"' ? "\"%c" : "%c", *item);
    cli_append(list, quoted ? "\"" : "");
}

void cli_texts_add(cli_texts *list, const char *text, size_t length) {
    list->at = cli_resize(list->at, list->n + 1, sizeof *list->at);
    list->at[list->n++] = need(strndup(text, length));
}

void cli_texts_free(cli_texts *list) {
    for (size_t i = 0; i < list->n; i++)
        free(list->at[i]);
    free(list->at);
    *list = (cli_texts){0};
}
