#include "core/dose/copied_doses.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace dosegate {
namespace {

struct Copied {
  bool all_doses;
  float maximum;
  std::vector<float> values;
};

// To a place `off` values away from an aligned one, between values that are not to be touched.
Copied copied(const std::vector<float>& from, std::size_t off, bool streams) {
  std::vector<float> to(off + from.size() + 1, -7.0F);
  Copied out{false, 0.5F, {}};
  out.all_doses = copy_doses(reinterpret_cast<const unsigned char*>(from.data()), from.size(), streams, to.data() + off,
                             out.maximum);
  for (std::size_t n = 0; n < off; ++n) REQUIRE(to[n] == -7.0F);
  REQUIRE(to.back() == -7.0F);
  out.values.assign(to.begin() + static_cast<std::ptrdiff_t>(off), to.end() - 1);
  return out;
}

TEST_CASE("Doses are copied past the caches as through them, of any length and to any place", "[unit][dose]") {
  for (std::size_t count = 0; count < 70; ++count) {
    std::vector<float> from(count);
    for (std::size_t n = 0; n < count; ++n) from[n] = static_cast<float>((n * 37) % 71) / 8.0F;
    for (std::size_t off = 0; off < 9; ++off) {
      const Copied through = copied(from, off, false), past = copied(from, off, true);
      REQUIRE(through.all_doses);
      REQUIRE(past.all_doses);
      CHECK(through.values == from);
      CHECK(past.values == from);
      CHECK(past.maximum == through.maximum);
    }
  }
}

TEST_CASE("What is no dose is seen in every place of a copy", "[unit][dose]") {
  const float quiet = std::numeric_limits<float>::quiet_NaN();
  for (const float wrong : {-0.25F, -quiet, quiet, std::numeric_limits<float>::infinity(), 1.1e6F}) {
    for (std::size_t at = 0; at < 50; ++at) {
      std::vector<float> from(50, 1.0F);
      from[at] = wrong;
      for (const std::size_t off : {std::size_t{0}, std::size_t{3}}) {
        CHECK(!copied(from, off, false).all_doses);
        CHECK(!copied(from, off, true).all_doses);
      }
    }
  }
  CHECK(copied(std::vector<float>(50, 1e6F), 0, true).all_doses);
}

}  // namespace
}  // namespace dosegate
