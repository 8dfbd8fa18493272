#include "core/gamma/batch.h"

#include "core/gamma/batch_lanes.h"

namespace dosegate::gamma {

#if defined(__x86_64__)
void look_at_batch_avx2(const BatchAsk& ask, Batch& batch);
#endif

void look_at_batch(const BatchAsk& ask, Batch& batch) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2");
  if (has_avx2) {
    look_at_batch_avx2(ask, batch);
    return;
  }
#endif
  look(ask, batch);
}

}  // namespace dosegate::gamma
