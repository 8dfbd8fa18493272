// Answers on margins that are still true. An answer is kept with the very stacks, margins and tolerance that it was
// computed from, and found by these alone: whatever has changed in a case or a protocol shows as another stack or
// another number. No name and no ROI number tells one from another.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "core/margin/margin_fit.h"

namespace dosegate {

class MarginStore {
 public:
  using Answer = std::shared_ptr<const Result<MarginFit>>;
  struct Asked {
    MarginQuestion question;
    Stacks cropped_by, within;
  };

  // All that is asked of a case at a time: what is not kept is computed, in parallel. What cannot explain a shortfall,
  // because it lies elsewhere, does not matter. What was kept and is not asked for is forgotten. Throws Cancelled.
  std::vector<Answer> fit(const std::vector<Asked>& asked, const Host& host);

 private:
  // A value that was not made yet is empty: making it may have ended early.
  template <typename Value>
  struct Kept {
    Value value{};
    bool asked = true;
  };
  struct Compared {
    std::optional<Result<std::shared_ptr<const MarginComparison>>> answer;
    std::map<std::shared_ptr<const SlabStack>, bool> meets;  // of structures that may explain a shortfall
  };
  // Stacks are told apart by where they are in memory, and stay there as long as they are in a key.
  using SectionsKey = std::shared_ptr<const SlabStack>;
  using RowsKey = std::tuple<MarginStructure, Margins>;
  using QuestionKey = std::tuple<MarginStructure, MarginStructure, Margins, Length>;
  using AnswerKey = std::tuple<QuestionKey, Stacks, Stacks>;

  template <typename Key, typename Value>
  static Value& kept(std::map<Key, Kept<Value>>& map, const Key& key);
  static QuestionKey key_of(const MarginQuestion& q) { return {q.from, q.to, q.margins, q.tolerance}; }
  void index(const std::vector<Asked>& asked, const Host& host);
  MarginSections sections_of(const MarginStructure& structure);
  void compare(const std::vector<Asked>& asked, const Host& host);
  AnswerKey answer_key(const Asked& asked);

  std::map<SectionsKey, Kept<std::shared_ptr<const SectionIndexes>>> sections_;
  std::map<RowsKey, Kept<std::shared_ptr<ExpandedRows>>> rows_;
  std::map<QuestionKey, Kept<Compared>> comparisons_;
  std::map<AnswerKey, Kept<Answer>> answers_;
};

}  // namespace dosegate
