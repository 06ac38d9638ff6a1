/* clones.h -- one function, compiled for several instruction sets and chosen when the program
 * loads: put HONE_CLONES before the definition of a hot kernel that calls nothing but inline code.
 *
 * -ffp-contract=off holds in every clone and the compiler may not reorder sums, so all clones
 * give the same bits; hone_f64x8 lets a sum run over eight lanes in one fixed order.
 * Mark static functions only, and give each a name of its own in the whole library: clang gives the
 * others a symbol that no other file can find, and two of one name the same resolver. */
#ifndef HONE_CORE_CLONES_H
#define HONE_CORE_CLONES_H

#if defined(__x86_64__) && defined(__ELF__) && defined(__gnu_linux__)
#define HONE_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define HONE_CLONES
#define __builtin_cpu_supports(name) 0
#endif

/* Bytes of the registers that the clones of this machine have. A kernel that keeps sums in vectors
 * through a loop must not take larger ones: compilers put those into memory. */
static inline int hone_vector_bytes(void) {
    return __builtin_cpu_supports("avx512f") ? 64 : __builtin_cpu_supports("avx2") ? 32 : 16;
}

/* For helpers of such a kernel: they are compiled as part of it. */
#define HONE_INLINE static inline __attribute__((always_inline))

/* Eight doubles, whatever the registers. For local variables only: as an argument or result its
 * place would depend on the instruction set. */
typedef double hone_f64x8 __attribute__((vector_size(64)));
/* The same where they lie in memory, aligned like a double. */
typedef double hone_f64x8_in_memory __attribute__((vector_size(64), aligned(8), may_alias));

#endif
