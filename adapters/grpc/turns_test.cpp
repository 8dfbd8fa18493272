// Whose turn it is: counted in questions and jobs, not in seconds.
#include "adapters/grpc/turns.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

using dosegate::rpc::Turns;

namespace {

// What a calculation does: works for a millisecond, asks, and counts how often it was let go on.
void work_until(const std::atomic<bool>& stop, std::atomic<long>& questions) {
  while (!stop) {
    const auto end = Turns::Clock::now() + std::chrono::milliseconds(1);
    while (Turns::Clock::now() < end) {
    }
    Turns::question([&] { return stop.load(); });
    ++questions;
  }
}

}  // namespace

TEST_CASE("what is posted to a line is done in its order and one after another") {
  std::vector<int> done;
  {
    Turns turns(4);
    const Turns::Line line(turns, "a");
    std::atomic<int> at_once{0};
    for (int i = 0; i < 500; ++i) {
      line.post([&, i] {
        CHECK(++at_once == 1);
        done.push_back(i);
        --at_once;
      });
    }
    turns.join();
  }
  REQUIRE(done.size() == 500);
  CHECK(std::is_sorted(done.begin(), done.end()));
}

TEST_CASE("every task is done once, on whatever lines there are, and all are done when run_tasks returns") {
  for (const unsigned at_a_time : {1U, 3U}) {
    Turns turns(at_a_time);
    std::vector<Turns::Line> helpers;
    for (int i = 0; i < 5; ++i) helpers.emplace_back(turns, "a");
    const Turns::Line line(turns, "a");
    for (int round = 0; round < 50; ++round) {
      line.post([&] {
        std::vector<std::atomic<int>> done(100);
        Turns::run_tasks(
            helpers, done.size(), [](void* all, std::uint64_t i) { ++(*static_cast<decltype(&done)>(all))[i]; }, &done);
        for (const auto& one : done) CHECK(one == 1);
      });
    }
    turns.join();
  }
}

TEST_CASE("a client that has no turn gets one though all are taken by others that ask") {
  // Its work begins without any of theirs ending or being overdue: they ask all the time, and are of two clients.
  Turns turns(1);
  std::atomic<bool> stop{false};
  std::atomic<long> questions{0};
  for (const char* name : {"a", "b"}) Turns::Line(turns, name).post([&] { work_until(stop, questions); });
  while (questions < 10) std::this_thread::yield();
  std::promise<void> came;
  Turns::Line(turns, "c").post([&] { came.set_value(); });
  came.get_future().wait();
  stop = true;
  turns.join();
  CHECK(questions >= 10);
}

TEST_CASE("as many lines of a client work at a time as there are turns") {
  Turns turns(3);
  std::atomic<int> at_once{0}, most{0};
  for (int i = 0; i < 30; ++i) {
    Turns::Line(turns, "a").post([&] {
      int seen = ++at_once;
      for (int before = most; seen > before && !most.compare_exchange_weak(before, seen);) {
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      --at_once;
    });
  }
  turns.join();
  CHECK(most <= 3);
}

TEST_CASE("a client whose sixty-four cases all compute keeps another waiting for a few shares of a turn at most") {
  Turns turns(2);
  std::atomic<bool> stop{false};
  std::atomic<long> questions{0};
  for (int i = 0; i < 64; ++i) {
    Turns::Line(turns, "hostile").post([&] { work_until(stop, questions); });
  }
  while (questions < 100) std::this_thread::yield();
  const Turns::Line honest(turns, "honest");
  long waited = 0;
  constexpr int kJobs = 10;
  for (int i = 0; i < kJobs; ++i) {
    const long before = questions;
    std::promise<long> begun;
    honest.post([&] { begun.set_value(questions); });
    waited += begun.get_future().get() - before;
  }
  stop = true;
  turns.join();
  INFO(waited << " questions were asked while " << kJobs << " jobs waited");
  // In a share of 20 ms at most 20 are asked, by each of the two that have a turn.
  CHECK(waited <= kJobs * 2 * 20 * 2);
}

TEST_CASE("lines of one client get their turns in rotation, too") {
  Turns turns(1);
  std::atomic<bool> stop{false};
  std::vector<std::atomic<long>> questions(4);
  for (auto& own : questions) Turns::Line(turns, "").post([&] { work_until(stop, own); });
  const auto least = [&] { return std::min_element(questions.begin(), questions.end())->load(); };
  while (least() < 100) std::this_thread::yield();
  const long most = *std::max_element(questions.begin(), questions.end());
  stop = true;
  turns.join();
  CHECK(most < 100 * 10);
}

TEST_CASE("work that never asks keeps its thread and not its turn") {
  // The two that have the turns end only when the third has come.
  Turns turns(2);
  std::promise<void> came;
  const std::shared_future<void> has_come = came.get_future().share();
  std::atomic<int> ended{0};
  for (int i = 0; i < 2; ++i) {
    Turns::Line(turns, "hostile").post([&] {
      has_come.wait();
      ++ended;
    });
  }
  Turns::Line(turns, "honest").post([&] { came.set_value(); });
  turns.join();
  CHECK(ended == 2);
}

TEST_CASE("two hundred that never ask do not keep the next waiting") {
  Turns turns(2);
  std::promise<void> came;
  const std::shared_future<void> has_come = came.get_future().share();
  for (int i = 0; i < 200; ++i) Turns::Line(turns, "hostile").post([&] { has_come.wait(); });
  Turns::Line(turns, "honest").post([&] { came.set_value(); });
  turns.join();
  CHECK(turns.waiting() == 0);
}

TEST_CASE("work that waits for its turn ends when it is told to") {
  Turns turns(1);
  std::atomic<bool> stop{false}, give_up{false}, has_ended{false};
  std::atomic<long> questions{0};
  Turns::Line(turns, "a").post([&] {
    work_until(give_up, questions);
    has_ended = true;
  });
  while (questions < 5) std::this_thread::yield();
  // Takes the turn and keeps it: it never asks.
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  Turns::Line(turns, "b").post([&] { released.wait(); });
  give_up = true;
  while (!has_ended) std::this_thread::yield();
  release.set_value();
  turns.join();
  CHECK(has_ended);
}

TEST_CASE("who was idle has saved nothing up") {
  Turns turns(1);
  std::atomic<bool> stop{false};
  std::atomic<long> first{0}, second{0};
  Turns::Line(turns, "first").post([&] { work_until(stop, first); });
  while (first < 500) std::this_thread::yield();
  Turns::Line(turns, "second").post([&] { work_until(stop, second); });
  while (second < 20) std::this_thread::yield();
  const long before = first;
  const long second_before = second;
  while (second < second_before + 200) std::this_thread::yield();
  const long meanwhile = first - before;
  stop = true;
  turns.join();
  INFO("the first asked " << meanwhile << " times while the second did 200 times");
  CHECK(meanwhile > 50);
}
