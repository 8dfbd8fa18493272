// Answers on margins that are still true. An answer is kept with the very stacks, margins and tolerance that it was
// computed from, and found by these alone: whatever has changed in a case or a protocol shows as another stack or
// another number. No name and no ROI number tells one from another.
#pragma once

#include <map>
#include <memory>
#include <tuple>

#include "core/margin/margin_fit.h"

namespace dosegate {

class MarginStore {
 public:
  using Answer = std::shared_ptr<const Result<MarginFit>>;

  // Computed, unless it is kept. What cannot explain a shortfall, because it lies elsewhere, does not matter. Throws
  // Cancelled.
  Answer fit(const MarginQuestion& question, const Stacks& cropped_by, const Stacks& within, const Host& host);
  // Between these, what was not asked for is forgotten.
  void begin();
  void end();

 private:
  template <typename Value>
  struct Kept {
    Value value;
    bool asked = true;
  };
  // Stacks are told apart by where they are in memory, and stay there as long as they are in a key.
  using RowsKey = std::tuple<MarginStructure, Margins>;
  using QuestionKey = std::tuple<MarginStructure, MarginStructure, Margins, Length>;
  using AnswerKey = std::tuple<QuestionKey, Stacks, Stacks>;

  std::map<RowsKey, Kept<std::shared_ptr<ExpandedRows>>> rows_;
  std::map<QuestionKey, Kept<Result<std::shared_ptr<const MarginComparison>>>> comparisons_;
  std::map<AnswerKey, Kept<Answer>> answers_;
};

}  // namespace dosegate
