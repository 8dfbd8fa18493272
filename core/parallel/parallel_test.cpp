#include "core/parallel/parallel.h"

#include <catch2/catch.hpp>
#include <stdexcept>

using namespace dosegate;

TEST_CASE("Every task runs once, on any number of threads, also when threads wait between the parts") {
  for (const unsigned threads : {0U, 1U, 2U, 5U}) {
    Host host;
    host.threads = threads;
    Workers workers(host);
    for (int part = 0; part < 200; ++part) {
      host.workers = part % 2 == 0 ? &workers : nullptr;
      std::vector<int> runs(static_cast<std::size_t>(part % 7), 0);
      CHECK(parallel_for(host, runs.size(), [&](std::size_t i) { ++runs[i]; }));
      for (const int n : runs) CHECK(n == 1);
    }
  }
}

TEST_CASE("An exception of a task comes out on the caller's thread, and the threads are usable afterwards") {
  Host host;
  host.threads = 3;
  Workers workers(host);
  host.workers = &workers;
  for (int part = 0; part < 50; ++part) {
    CHECK_THROWS_AS(parallel_for(host, 20,
                                 [](std::size_t i) {
                                   if (i == 7) throw std::runtime_error("task");
                                 }),
                    std::runtime_error);
    std::vector<int> runs(20, 0);
    CHECK(parallel_for(host, runs.size(), [&](std::size_t i) { ++runs[i]; }));
  }
}

TEST_CASE("A host that cancels is obeyed before the next task") {
  Host host;
  int asked = 0;
  host.should_cancel = [&] { return ++asked > 3; };
  int ran = 0;
  CHECK_FALSE(parallel_for(host, 100, [&](std::size_t) { ++ran; }));
  CHECK(ran == 3);
}
