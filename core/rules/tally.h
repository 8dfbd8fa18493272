// What a rule that looks at many facts found, and the one finding it makes of them.
#pragma once

#include <string>
#include <vector>

#include "core/report/report.h"

namespace dosegate {

// Sentences, each with its full stop. The gravest decide: a deviation, then what is missing, then a warning, then what
// was met; only when there is nothing else, what is still to come (PENDING).
class Tally {
 public:
  void deviation(Prose sentence) { deviations_.push_back(std::move(sentence)); }
  void missing(Prose sentence) { missing_.push_back(std::move(sentence)); }
  void warning(Prose sentence) { warnings_.push_back(std::move(sentence)); }
  void pending(Prose sentence) { pending_.push_back(std::move(sentence)); }
  void met() { ++met_; }
  std::size_t count_met() const { return met_; }

  // `summary`: the sentence where all is met. The hints: what to do about a deviation or warning, about what is
  // missing.
  Finding finding(const Prose& summary, const Prose& mend, const Prose& supply) const;

 private:
  std::vector<Prose> deviations_, missing_, warnings_, pending_;
  std::size_t met_ = 0;
};

// "a, b and c"; of many the first eight.
std::string enumerated(const std::vector<std::string>& items);

}  // namespace dosegate
