#include "core/parallel/parallel.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

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

TEST_CASE("Tasks may hand out tasks of their own, and all run once") {
  for (const unsigned threads : {1U, 2U, 5U}) {
    Host host;
    host.threads = threads;
    Workers workers(host);
    host.workers = &workers;
    for (int again = 0; again < 50; ++again) {
      std::vector<std::vector<int>> runs(9);
      CHECK(parallel_for(host, runs.size(), [&](std::size_t i) {
        runs[i].assign(i * i, 0);
        parallel_for(host, runs[i].size(), [&, i](std::size_t k) { ++runs[i][k]; });
      }));
      for (const auto& inner : runs) {
        for (const int n : inner) CHECK(n == 1);
      }
    }
  }
}

TEST_CASE(
    "A host that cancels is heard inside long tasks of every thread, asked on its own thread, and not asked again") {
  for (const unsigned threads : {1U, 2U, 4U}) {
    Host host;
    host.threads = threads;
    std::atomic<int> asked{0}, elsewhere{0};
    const auto caller = std::this_thread::get_id();
    host.should_cancel = [&] {
      if (std::this_thread::get_id() != caller) ++elsewhere;
      return ++asked >= 5;
    };
    Workers workers(host);
    host.workers = &workers;
    // Without end, but for the cancelling: on the calling thread, on others, and where the caller only waits.
    const auto endless = [&](std::size_t) {
      CancelPoint point(host.workers);
      while (true) point.step();
    };
    std::atomic<bool> another_is_in{false};
    const auto endless_elsewhere = [&](std::size_t i) {
      if (std::this_thread::get_id() == caller && threads > 1) {
        while (!another_is_in) std::this_thread::yield();
        return;
      }
      another_is_in = true;
      endless(i);
    };
    CHECK_THROWS_AS(parallel_for(host, 6, endless), Cancelled);
    CHECK(asked == 5);
    asked = 0;
    Workers fresh(host);
    host.workers = &fresh;
    CHECK_THROWS_AS(parallel_for(host, 6, endless_elsewhere), Cancelled);
    CHECK(elsewhere == 0);
  }
}
