/* blas.h -- which kernels the BLAS library underneath has chosen, and whether it could do better.
 *
 * hone calls OpenBLAS from its own threads and therefore keeps it on one thread: the first
 * product of the process calls openblas_set_num_threads(1), which is a setting of the whole
 * process. A program that uses OpenBLAS beside hone shares that setting. */
#ifndef HONE_BLAS_H
#define HONE_BLAS_H

#include <hone/api.h>

HONE_BEGIN_DECLS

/** Kernel set that OpenBLAS chose when it was loaded ("Haswell", "SkylakeX"), or "unknown".
 *  Static text, never NULL. O(1). */
HONE_API const char *hone_blas_kernels(void);

/** The value of the environment variable OPENBLAS_CORETYPE that would give this processor better
 *  kernels than those chosen ("SkylakeX": it has AVX-512 and OpenBLAS took kernels without), or
 *  NULL when there is nothing to gain. OpenBLAS reads the variable while it is loaded, so it takes
 *  effect in a new process only. Static text. O(1). */
HONE_API const char *hone_blas_better_kernels(void);

HONE_END_DECLS
#endif
