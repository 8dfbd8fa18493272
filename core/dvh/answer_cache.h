// What a DVH was asked before. Shared by threads.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <map>
#include <mutex>

namespace dosegate {

class AnswerCache {
 public:
  // The question by number and its operands (NaN: none); the answer as value, lower and upper, or dose and place.
  struct Question {
    int kind = 0;
    std::array<double, 5> operand{};
  };
  using Answer = std::array<double, 4>;

  // The answer kept, or that of `compute`, which is then kept. Two threads may compute the same one.
  template <typename Compute>
  Answer get(const Question& question, const Compute& compute) {
    const Key key = key_of(question);
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = answers_.find(key); found != answers_.end()) return found->second;
    }
    const Answer answer = compute();
    const std::lock_guard lock(mutex_);
    if (answers_.size() < kMost) answers_.emplace(key, answer);
    return answer;
  }

 private:
  static constexpr std::size_t kMost = 10'000;
  // Bits, so that NaN equals NaN.
  using Key = std::array<unsigned long long, 6>;
  static Key key_of(const Question& question) {
    Key key{static_cast<unsigned long long>(question.kind)};
    for (std::size_t i = 0; i < question.operand.size(); ++i) {
      key[i + 1] = std::bit_cast<unsigned long long>(question.operand[i]);
    }
    return key;
  }

  std::mutex mutex_;
  std::map<Key, Answer> answers_;
};

}  // namespace dosegate
