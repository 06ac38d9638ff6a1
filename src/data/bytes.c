/* bytes.c -- loading files: regular ones are mapped, all others read to their end.
 *
 * Cost: O(size); mapping copies nothing. */
#include "data/bytes.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"

#include <errno.h>
#include <fcntl.h>
#include <sha2.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_ROOM = 1 << 16 };

static hone_status fail_io(const char *name, const char *what, hone_error *err) {
    char reason[128];
    return hone_fail(err, HONE_EIO, "%s: cannot %s: %s", name, what,
                     strerror_r(errno, reason, sizeof reason));
}

static hone_status map_file(int file, size_t size, const char *name, hone_bytes *out,
                            hone_error *err) {
    void *mapped = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    if (mapped == MAP_FAILED)
        return fail_io(name, "map the file", err);
    *out = (hone_bytes){.data = mapped, .size = size, .mapped = mapped, .mapped_size = size};
    return HONE_OK;
}

/* Pipes, terminals and files that do not tell their size. */
static hone_status read_all(int file, const char *name, const hone_monitor *mon, hone_bytes *out,
                            hone_error *err) {
    hone_status status;
    char *text = NULL;
    size_t size = 0, room = FIRST_ROOM;
    if ((status = hone_new(&text, room, err)))
        return status;
    for (;;) {
        if ((status = hone_monitor_poll(mon, err)))
            break;
        ssize_t n = read(file, text + size, room - size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            status = fail_io(name, "read", err);
            break;
        }
        if (n == 0)
            break;
        size += (size_t)n;
        if (size == room) {
            if ((status = hone_grow(&text, room, 2 * room, err)))
                break;
            room *= 2;
        }
    }
    if (status == HONE_OK) {
        *out = (hone_bytes){.data = text, .size = size, .owned = text};
        text = NULL;
    }
    hone_release(text);
    return status;
}

hone_status hone_bytes_load(const char *path, const char *name, const hone_monitor *mon,
                            hone_bytes *out, hone_error *err) {
    hone_status status;
    struct stat info;
    bool standard = strcmp(path, "-") == 0;
    int file = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fail_io(name, "open", err);
    if (fstat(file, &info) != 0)
        status = fail_io(name, "look at it", err);
    else if (S_ISDIR(info.st_mode))
        status = hone_fail(err, HONE_EIO, "%s: this is a directory, expected a file", name);
    else if (!standard && S_ISREG(info.st_mode) && info.st_size > 0)
        status = map_file(file, (size_t)info.st_size, name, out, err);
    else
        status = read_all(file, name, mon, out, err);
    if (!standard)
        close(file);
    return status;
}

void hone_bytes_free(hone_bytes *bytes) {
    if (bytes->mapped)
        munmap(bytes->mapped, bytes->mapped_size);
    hone_release(bytes->owned);
    *bytes = (hone_bytes){0};
}

void hone_bytes_sha256(const char *data, size_t size, char out[65]) {
    static const char hex[] = "0123456789abcdef";
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA2_CTX context;
    SHA256Init(&context);
    SHA256Update(&context, (const uint8_t *)data, size);
    SHA256Final(digest, &context);
    for (size_t i = 0; i < sizeof digest; i++) {
        out[2 * i] = hex[digest[i] >> 4];
        out[2 * i + 1] = hex[digest[i] & 15];
    }
    out[64] = 0;
}
