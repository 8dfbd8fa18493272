// Compiled for processors with AVX2: eight lanes in one register.
#if defined(__x86_64__)
#include "core/gamma/block_lanes.h"

namespace dosegate::gamma {

Block look_at_block_avx2(const Field& field, const std::array<std::uint32_t, 3>& node, const Vec3& p, double dose,
                         double per_dose);

Block look_at_block_avx2(const Field& field, const std::array<std::uint32_t, 3>& node, const Vec3& p, double dose,
                         double per_dose) {
  return look(field, node, p, dose, per_dose);
}

}  // namespace dosegate::gamma
#endif
