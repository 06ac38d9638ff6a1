/* api.h -- the three marks that every public declaration carries. */
#ifndef HONE_API_H
#define HONE_API_H

#ifdef __cplusplus
#define HONE_BEGIN_DECLS extern "C" {
#define HONE_END_DECLS   }
#else
#define HONE_BEGIN_DECLS
#define HONE_END_DECLS
#endif

/** Part of the library's interface: visible outside the shared object. */
#define HONE_API __attribute__((visibility("default")))

/** The result must be looked at. */
#define HONE_NODISCARD __attribute__((warn_unused_result))

#endif
