/* gunzip.c -- gzip (RFC 1952): all members one after the other, padding zeros allowed at the end.
 *
 * Cost: O(unpacked size). */
#include "data/bytes.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

enum { WINDOW_BITS_GZIP = 15 + 16, STEP = 1 << 22, FIRST_ROOM_MAX = 1 << 28 };

struct unpacking {
    z_stream stream;
    const char *next, *end; /* input not yet handed to zlib */
    char *text;
    size_t size, room;
};

bool hone_bytes_gzipped(const char *data, size_t size) {
    return size >= 2 && (unsigned char)data[0] == 0x1f && (unsigned char)data[1] == 0x8b;
}

/* The last four bytes tell the unpacked size modulo 2^32, if they are right: only a guess. */
static size_t guess_room(const char *data, size_t size) {
    size_t guess = 0;
    for (size_t i = 0; i < 4 && size >= 18; i++)
        guess |= (size_t)(unsigned char)data[size - 4 + i] << 8 * i;
    if (guess / 1032 > size || guess > FIRST_ROOM_MAX) /* deflate's best ratio */
        guess = 4 * size < FIRST_ROOM_MAX ? 4 * size : FIRST_ROOM_MAX;
    return guess + 64;
}

static hone_status fail_damaged(const char *name, const char *what, hone_error *err) {
    return hone_fail(err, HONE_EDATA, "%s: damaged gzip file: %s", name, what);
}

/* One call of inflate with as much room and input as its counters take. */
static int step(struct unpacking *u) {
    size_t in = (size_t)(u->end - u->next), out = u->room - u->size;
    in = in < STEP ? in : STEP;
    out = out < STEP ? out : STEP;
    u->stream.next_in = (z_const Bytef *)(uintptr_t)u->next;
    u->stream.avail_in = (uInt)in;
    u->stream.next_out = (Bytef *)u->text + u->size;
    u->stream.avail_out = (uInt)out;
    int code = inflate(&u->stream, Z_NO_FLUSH);
    u->next += in - u->stream.avail_in;
    u->size += out - u->stream.avail_out;
    return code;
}

/* Behind a member: another one, nothing, or padding. */
static hone_status next_member(struct unpacking *u, const char *name, bool *more, hone_error *err) {
    *more = false;
    while (u->next < u->end && *u->next == 0)
        u->next++;
    if (u->next == u->end)
        return HONE_OK;
    if (!hone_bytes_gzipped(u->next, (size_t)(u->end - u->next)))
        return fail_damaged(name, "foreign bytes behind its end", err);
    *more = true;
    return inflateReset(&u->stream) == Z_OK ? HONE_OK : fail_damaged(name, "zlib gave up", err);
}

static hone_status unpack(struct unpacking *u, const char *name, const hone_monitor *mon,
                          hone_error *err) {
    hone_status status;
    for (bool more = true; more;) {
        if ((status = hone_monitor_poll(mon, err)))
            return status;
        if (u->size == u->room) {
            if ((status = hone_grow(&u->text, u->room, 2 * u->room, err)))
                return status;
            u->room *= 2;
        }
        int code = step(u);
        if (code == Z_STREAM_END) {
            if ((status = next_member(u, name, &more, err)))
                return status;
        } else if (code == Z_MEM_ERROR) {
            return hone_fail(err, HONE_ENOMEM, "%s: out of memory while unpacking", name);
        } else if (code != Z_OK && code != Z_BUF_ERROR) {
            return fail_damaged(name, u->stream.msg ? u->stream.msg : "not valid", err);
        } else if (u->next == u->end && u->size < u->room) {
            return fail_damaged(name, "it ends too early", err);
        }
    }
    return HONE_OK;
}

hone_status hone_bytes_gunzip(const char *data, size_t size, const char *name,
                              const hone_monitor *mon, hone_bytes *out, hone_error *err) {
    struct unpacking u = {.next = data, .end = data + size, .room = guess_room(data, size)};
    hone_status status = hone_new(&u.text, u.room, err);
    if (status)
        return status;
    if (inflateInit2(&u.stream, WINDOW_BITS_GZIP) != Z_OK) {
        hone_release(u.text);
        return hone_fail(err, HONE_ENOMEM, "%s: out of memory while unpacking", name);
    }
    status = unpack(&u, name, mon, err);
    inflateEnd(&u.stream);
    if (status == HONE_OK) {
        *out = (hone_bytes){.data = u.text, .size = u.size, .owned = u.text};
        u.text = NULL;
    }
    hone_release(u.text);
    return status;
}
