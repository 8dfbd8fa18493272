/* Extension "dosegate.memory/1": how much memory cases hold, and what a host that has little of it can do.
 *
 *   const dosegate_memory* memory = (const dosegate_memory*)api.get_extension(DOSEGATE_EXT_MEMORY);
 *   if (memory != NULL) memory->case_set_limit(the_case, 256 << 20, &error);
 *
 * NULL: this library has none. The table is constant, belongs to the library and grows at its end only. All rules of
 * dosegate.h hold. Bytes are those that malloc gave, its rounding included, its own book-keeping not; they are right to
 * 64 KiB for each thread that works on the case at that moment. */
#ifndef DOSEGATE_EXTENSIONS_MEMORY_H_
#define DOSEGATE_EXTENSIONS_MEMORY_H_

#include "dosegate/dosegate.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DOSEGATE_EXT_MEMORY "dosegate.memory/1"

typedef struct dosegate_case_memory {
  uint32_t struct_size;
  uint32_t reserved; /* set to 0 */
  uint64_t bytes;    /* that the case holds now; during a call, with what the call has taken */
  uint64_t kept;     /* of these, results that make the next check faster, and what a running call has taken */
  uint64_t most;     /* the most at a time since the last question */
} dosegate_case_memory;

typedef struct dosegate_memory {
  uint32_t struct_size; /* bytes of the table that are valid */
  uint32_t reserved;    /* 0 */
  /* The host sets out->struct_size. Also while another thread's call works on the case.
   * [thread-safe] Order: after case_create, before case_release. */
  dosegate_status (*case_memory)(dosegate_case*, dosegate_case_memory* out, dosegate_error** error);
  /* The case lets go of kept results. The next answer is the same and takes as long as a first one.
   * [case] Order: after case_create, before case_release. */
  dosegate_status (*case_give_back)(dosegate_case*, dosegate_error** error);
  /* What the case may hold, calls included; 0, as at first: anything. A call that would take more gives back what was
   * kept and tries once more, and otherwise answers DOSEGATE_OUT_OF_MEMORY and has no effect. A limit below what the
   * case holds takes nothing from it. Counts for a running call, too.
   * [thread-safe] Order: after case_create, before case_release. */
  dosegate_status (*case_set_limit)(dosegate_case*, uint64_t bytes, dosegate_error** error);
} dosegate_memory;

#ifdef __cplusplus
}
#endif
#endif
