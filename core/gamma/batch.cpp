#include "core/gamma/batch.h"

#include "core/gamma/batch_lanes.h"

namespace dosegate::gamma {

#if defined(__x86_64__)
void look_at_batch_avx2(const BatchAsk& ask, Batch& batch);
void look_at_batch_avx512(const BatchAsk& ask, Batch& batch);
#endif

namespace {

struct Variant {
  const char* name;
  void (*look)(const BatchAsk&, Batch&);
};

// What this processor can run, the fastest last. Nothing of it is allocated: it is nobody's case that pays for it.
struct Variants {
  std::array<Variant, 3> of{};
  std::size_t count = 0;

  Variants() {
    of[count++] = {"plain", [](const BatchAsk& ask, Batch& batch) { look(ask, batch); }};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) of[count++] = {"AVX2", look_at_batch_avx2};
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
      of[count++] = {"AVX-512", look_at_batch_avx512};
    }
#endif
  }
};
const Variants& variants() {
  static const Variants all;
  return all;
}

}  // namespace

void look_at_batch(const BatchAsk& ask, Batch& batch) {
  const Variants& all = variants();
  all.of[all.count - 1].look(ask, batch);
}

std::vector<const char*> batch_variants() {
  std::vector<const char*> names;
  for (std::size_t i = 0; i < variants().count; ++i) names.push_back(variants().of[i].name);
  return names;
}

void look_at_batch(std::size_t variant, const BatchAsk& ask, Batch& batch) { variants().of[variant].look(ask, batch); }

}  // namespace dosegate::gamma
