// Compiled for processors with AVX2: eight lanes in one register.
#if defined(__x86_64__)
#include "core/gamma/batch_lanes.h"

namespace dosegate::gamma {

void look_at_batch_avx2(Batch& batch);

void look_at_batch_avx2(Batch& batch) { look(batch); }

}  // namespace dosegate::gamma
#endif
