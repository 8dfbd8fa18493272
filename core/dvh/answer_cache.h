// The answers that a DVH gave before, kept by the question.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <map>
#include <mutex>

namespace dosegate {

// Several threads may use it at once. It holds 10,000 answers at most; further ones are computed whenever they are
// asked for.
class AnswerCache {
 public:
  // A question is the number of its kind and its operands, NaN for one that is not given. An answer is
  // value, lower and upper bound, or a dose and its place (u, v, w).
  struct Question {
    int kind = 0;
    std::array<double, 5> operand{};
  };
  using Answer = std::array<double, 4>;

  // The answer that is kept, or else that of compute(), which is then kept. Two threads that ask at once may both
  // compute it. An exception of compute() goes through, and nothing is kept.
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
  // The operands as bits, so that NaN equals NaN.
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
