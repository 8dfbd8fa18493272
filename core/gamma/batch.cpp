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

// What this processor can run, the fastest last.
const std::vector<Variant>& variants() {
  static const std::vector<Variant> all = [] {
    std::vector<Variant> out = {{"plain", [](const BatchAsk& ask, Batch& batch) { look(ask, batch); }}};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) out.push_back({"AVX2", look_at_batch_avx2});
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
      out.push_back({"AVX-512", look_at_batch_avx512});
    }
#endif
    return out;
  }();
  return all;
}

}  // namespace

void look_at_batch(const BatchAsk& ask, Batch& batch) {
  static void (*const fastest)(const BatchAsk&, Batch&) = variants().back().look;
  fastest(ask, batch);
}

std::vector<const char*> batch_variants() {
  std::vector<const char*> names;
  for (const Variant& variant : variants()) names.push_back(variant.name);
  return names;
}

void look_at_batch(std::size_t variant, const BatchAsk& ask, Batch& batch) { variants()[variant].look(ask, batch); }

}  // namespace dosegate::gamma
