/* crc32.c -- the remainder of the bytes, as a polynomial over GF(2), by that of IEEE 802.3.
 *
 * Eight bytes at a time: row k of the table holds the remainder of each byte with k zero bytes
 * behind it, and remainders of a sum are added. The table is made anew by each call, which costs
 * as much as 5 KB of data. Cost: O(size).
 * Reference: Kounavis & Berry, "Novel table lookup-based algorithms for high-performance CRC
 * generation", 2008. */
#include "core/crc32.h"

enum { BYTES = 256, ROWS = 8 };

static const uint32_t POLYNOMIAL = 0xedb88320; /* bits reversed */

static void make_table(uint32_t table[ROWS][BYTES]) {
    for (uint32_t i = 0; i < BYTES; i++) {
        uint32_t rest = i;
        for (int bit = 0; bit < 8; bit++)
            rest = rest >> 1 ^ (rest & 1 ? POLYNOMIAL : 0);
        table[0][i] = rest;
    }
    for (int k = 1; k < ROWS; k++)
        for (int i = 0; i < BYTES; i++)
            table[k][i] = table[k - 1][i] >> 8 ^ table[0][table[k - 1][i] & 0xff];
}

uint32_t hone_crc32(uint32_t crc, const void *data, size_t size) {
    const unsigned char *p = data;
    uint32_t table[ROWS][BYTES];
    make_table(table);
    crc = ~crc;
    for (; size >= ROWS; size -= ROWS, p += ROWS) {
        uint32_t next = 0;
        for (int k = 0; k < ROWS; k++) {
            uint32_t byte = k < 4 ? p[k] ^ crc >> 8 * k : p[k];
            next ^= table[ROWS - 1 - k][byte & 0xff];
        }
        crc = next;
    }
    for (; size > 0; size--, p++)
        crc = crc >> 8 ^ table[0][(crc ^ *p) & 0xff];
    return ~crc;
}
