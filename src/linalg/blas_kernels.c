/* blas_kernels.c -- OpenBLAS on one thread, and the kernels that it chose.
 *
 * OpenBLAS's own threads would fight with ours, and would change the order of sums. It offers no
 * switch per call, only one for the process: thrown once, before the first product. From then on
 * each call runs on the thread that made it, and any number of threads may be inside at once.
 *
 * Kernels: 0.3.21 and older know no AVX-512 processor of AMD and give it the Haswell set, half as
 * fast as SkylakeX there; it asks for AVX-512 F, CD, BW, DQ and VL. */
#include "linalg/blas_kernels.h"

#include <hone/blas.h>

#include <cblas.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

static void use_one_thread(void) {
    openblas_set_num_threads(1);
}

void hone_blas_ready(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, use_one_thread);
}

#if defined(__x86_64__)
static bool has_avx512(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
#else
static bool has_avx512(void) {
    return false;
}
#endif

const char *hone_blas_kernels(void) {
    const char *name = openblas_get_corename();
    return name && *name ? name : "unknown";
}

const char *hone_blas_better_kernels(void) {
    static const char *const WITH_AVX512[] = {"SkylakeX", "Cooperlake", "SapphireRapids"};
    for (size_t i = 0; i < sizeof WITH_AVX512 / sizeof *WITH_AVX512; i++)
        if (strcasecmp(hone_blas_kernels(), WITH_AVX512[i]) == 0)
            return NULL;
    const char *config = openblas_get_config();
    bool can_choose = config && strstr(config, "DYNAMIC_ARCH");
    return can_choose && has_avx512() ? "SkylakeX" : NULL;
}
