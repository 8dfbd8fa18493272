// Collects what a rule that looks at many facts found, and makes one finding of it.
#pragma once

#include <string>
#include <vector>

#include "core/report/report.h"

namespace dosegate {

// It is given whole sentences, each with its full stop. The gravest decide: a deviation (DEVIATION), then what is
// missing (NOT_EVALUABLE), then a warning (WARNING), then what was met (PASS), and only when there is nothing else what
// is still to come (PENDING). Nothing at all is NOT_EVALUABLE, never a pass. Of many sentences of a kind the first
// eight are said.
class Tally {
 public:
  void deviation(Prose sentence) { deviations_.push_back(std::move(sentence)); }
  void missing(Prose sentence) { missing_.push_back(std::move(sentence)); }
  void warning(Prose sentence) { warnings_.push_back(std::move(sentence)); }
  void pending(Prose sentence) { pending_.push_back(std::move(sentence)); }
  void met() { ++met_; }
  std::size_t count_met() const { return met_; }

  // `summary` is the sentence for when all is met. The hints say what to do: `mend` about a deviation or a warning,
  // `supply` about what is missing.
  Finding finding(const Prose& summary, const Prose& mend, const Prose& supply) const;

 private:
  std::vector<Prose> deviations_, missing_, warnings_, pending_;
  std::size_t met_ = 0;
};

// "a, b and c"; of more than eight the first eight, and how many more there are.
std::string enumerated(const std::vector<std::string>& items);

}  // namespace dosegate
