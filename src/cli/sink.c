/* sink.c -- files that are whole or not there. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static hone_status cannot_write(const char *path, int reason, hone_error *err) {
    return cli_fail(err, HONE_EIO, "cannot write %s: %s", path,
                    reason ? strerror(reason) : "unknown reason");
}

bool cli_is_standard(const char *path) {
    return path && strcmp(path, "-") == 0;
}

static const char *shown(const cli_sink *sink) {
    return cli_is_standard(sink->path) ? "standard output" : sink->path;
}

/* A new file beside the one that it will replace, with the same rights. */
static int open_beside(cli_sink *sink, const struct stat *old) {
    char *real = old ? realpath(sink->path, NULL) : strdup(sink->path); /* links stay links */
    if (!real)
        return -1;
    sink->beside = cli_format("%s.new-%ld", real, (long)getpid());
    free(real);
    int fd = open(sink->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 && old && fchmod(fd, old->st_mode & 0777) != 0) {
        close(fd);
        unlink(sink->beside);
        fd = -1;
    }
    return fd;
}

static FILE *open_path(cli_sink *sink) {
    struct stat old;
    bool there = stat(sink->path, &old) == 0;
    if (there && access(sink->path, W_OK) != 0)
        return NULL;
    if (there && S_ISDIR(old.st_mode)) {
        errno = EISDIR;
        return NULL;
    }
    int fd = there && !S_ISREG(old.st_mode) ? open(sink->path, O_WRONLY | O_CLOEXEC)
                                            : open_beside(sink, there ? &old : NULL);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (fd >= 0 && !file)
        close(fd);
    return file;
}

hone_status cli_sink_open(cli_sink *sink, const char *path, hone_error *err) {
    *sink = (cli_sink){.path = cli_format("%s", path)};
    sink->file = cli_is_standard(path) ? stdout : open_path(sink);
    if (sink->file)
        return HONE_OK;
    hone_status status = cannot_write(path, errno, err);
    cli_sink_discard(sink);
    return status;
}

void cli_sink_check(cli_sink *sink) {
    if (!sink->failed && ferror(sink->file))
        sink->failed = errno ? errno : EIO;
}

/* The renamed file's real name: `beside` without its suffix. */
static int rename_beside(const cli_sink *sink) {
    char *real = cli_format("%.*s", (int)(strrchr(sink->beside, '.') - sink->beside), sink->beside);
    int failed = rename(sink->beside, real);
    free(real);
    return failed;
}

hone_status cli_sink_close(cli_sink *sink, hone_error *err) {
    if (!sink->file)
        return HONE_OK;
    hone_status status = HONE_OK;
    cli_sink_check(sink);
    if (fflush(sink->file) != 0)
        sink->failed = sink->failed ? sink->failed : errno;
    if (sink->file != stdout && fclose(sink->file) != 0)
        sink->failed = sink->failed ? sink->failed : errno;
    sink->file = NULL;
    if (!sink->failed && sink->beside && rename_beside(sink) != 0)
        sink->failed = errno;
    if (sink->failed)
        status = cannot_write(shown(sink), sink->failed, err);
    else
        free(sink->beside), sink->beside = NULL;
    cli_sink_discard(sink);
    return status;
}

void cli_sink_discard(cli_sink *sink) {
    if (sink->file && sink->file != stdout)
        fclose(sink->file);
    if (sink->beside)
        unlink(sink->beside);
    free(sink->beside);
    free(sink->path);
    *sink = (cli_sink){0};
}

hone_status cli_write_json(cli_sink *sink, hone_json *value, hone_error *err) {
    hone_error reason = {0};
    hone_status status = HONE_ENOMEM;
    if (!value)
        return cli_fail(err, status, "out of memory");
    errno = 0;
    status = hone_json_write(value, sink->file, &reason);
    if (status != HONE_OK && status != HONE_EIO)
        cli_fail(err, status, "%s", reason.message);
    else if (status == HONE_EIO)
        sink->failed = errno ? errno : EIO;
    hone_json_free(value);
    return status == HONE_EIO ? HONE_OK : status; /* the sink tells it, with its path */
}
