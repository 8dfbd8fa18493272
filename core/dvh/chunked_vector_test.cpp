#include "core/dvh/chunked_vector.h"

#include <catch2/catch.hpp>

TEST_CASE(
    "What grows in chunks keeps every value, its place in memory too, and takes the same memory again when cleared") {
  dosegate::ChunkedVector<int> chunks;
  chunks.push_back(7);
  const int* const first = &chunks[0];
  for (int i = 1; i < 5000; ++i) chunks.push_back(7 * i);
  REQUIRE(chunks.size() == 5000);
  CHECK(&chunks[0] == first);
  CHECK(chunks[0] == 7);
  for (std::size_t i = 1; i < chunks.size(); ++i) REQUIRE(chunks[i] == 7 * static_cast<int>(i));
  chunks.clear();
  CHECK(chunks.size() == 0);
  chunks.push_back(3);
  CHECK(&chunks[0] == first);
  CHECK(chunks[0] == 3);
}
