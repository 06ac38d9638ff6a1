/* once.h -- run a function exactly once, however many threads ask for it at the same time. */
#ifndef HONE_CORE_ONCE_H
#define HONE_CORE_ONCE_H

#include <threads.h>

typedef once_flag hone_once_flag;
#define HONE_ONCE_INIT ONCE_FLAG_INIT

/* Returns when fn has run to its end, here or on another thread. */
static inline void hone_once(hone_once_flag *flag, void (*fn)(void)) {
    call_once(flag, fn);
}

#endif
