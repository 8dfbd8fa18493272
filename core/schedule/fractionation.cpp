#include "core/schedule/fractionation.h"

namespace dosegate {

std::int32_t Fractionation::fractions() const {
  std::int32_t sum = 0;
  for (const Phase& phase : phases) sum += phase.fractions;
  return sum;
}

Dose Fractionation::total() const {
  Dose sum;
  for (const Phase& phase : phases) sum = sum + phase.fractions * phase.per_fraction;
  return sum;
}

}  // namespace dosegate
