#include "core/gamma/batch.h"

#include "core/gamma/batch_lanes.h"

namespace dosegate::gamma {

#if defined(__x86_64__)
void look_at_batch_avx2(Batch& batch);
#endif

void look_at_batch(Batch& batch) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2");
  if (has_avx2) {
    look_at_batch_avx2(batch);
    return;
  }
#endif
  look(batch);
}

}  // namespace dosegate::gamma
