#!/usr/bin/env python3
"""Writes src/core/pow5.c: the first 128 bits of 5^q for q = -342 .. 324.

Powers q >= 0 are cut off, those below are rounded up, as Eisel-Lemire wants them
(Lemire 2021, "Number parsing at a gigabyte per second")."""

FIRST, LAST = -342, 324


def bits128(q):
    power = 5 ** abs(q)
    if q >= 0:
        shift = power.bit_length() - 128
        return power >> shift if shift > 0 else power << -shift
    shift = power.bit_length() + 127
    return (1 << shift) // power + 1


rows = [f"{{0x{v >> 64:016x}, 0x{v & (1 << 64) - 1:016x}}},"
        for v in map(bits128, range(FIRST, LAST + 1))]
print("/* pow5.c -- made by tools/make_pow5.py, do not edit: the first 128 bits of 5^q (high, low),")
print(f" * q = {FIRST} .. {LAST}. */")
print('#include "core/pow5.h"\n')
print("/* clang-format off */")
print("const uint64_t hone_pow5[HONE_POW5_LAST - HONE_POW5_FIRST + 1][2] = {")
for i in range(0, len(rows), 2):
    print("    " + " ".join(rows[i:i + 2]))
print("};")
