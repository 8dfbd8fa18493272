// Compiled for processors with AVX2: eight lanes in one register.
#if defined(__x86_64__)
#include "core/gamma/batch_lanes.h"

namespace dosegate::gamma {

void look_at_batch_avx2(const BatchAsk& ask, Batch& batch);

void look_at_batch_avx2(const BatchAsk& ask, Batch& batch) { look(ask, batch); }

}  // namespace dosegate::gamma
#endif
