#include "core/gamma/block.h"

#include "core/gamma/block_lanes.h"

namespace dosegate::gamma {

#if defined(__x86_64__)
Block look_at_block_avx2(const Field& field, const std::array<std::uint32_t, 3>& node, const Vec3& p, double dose,
                         double per_dose);
#endif

Block look_at_block(const Field& field, const std::array<std::uint32_t, 3>& node, const Vec3& p, double dose,
                    double per_dose) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2");
  if (has_avx2) return look_at_block_avx2(field, node, p, dose, per_dose);
#endif
  return look(field, node, p, dose, per_dose);
}

}  // namespace dosegate::gamma
