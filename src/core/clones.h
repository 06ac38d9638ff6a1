/* clones.h -- one function, compiled for several instruction sets and chosen when the program
 * loads: put HONE_CLONES before the definition of a hot kernel that calls nothing but inline code.
 *
 * -ffp-contract=off holds in every clone and the compiler may not reorder sums, so all clones
 * give the same bits. */
#ifndef HONE_CORE_CLONES_H
#define HONE_CORE_CLONES_H

#if defined(__x86_64__) && defined(__ELF__) && defined(__gnu_linux__)
#define HONE_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define HONE_CLONES
#endif

#endif
