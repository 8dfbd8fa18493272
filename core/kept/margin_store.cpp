#include "core/kept/margin_store.h"

namespace dosegate {
namespace {

// The value kept under `key`, made if there is none.
template <typename Map, typename Key, typename Make>
auto& kept(Map& map, const Key& key, const Make& make) {
  auto found = map.find(key);
  if (found == map.end()) found = map.emplace(key, typename Map::mapped_type{make()}).first;
  found->second.asked = true;
  return found->second.value;
}

}  // namespace

void MarginStore::begin() {
  const auto unasked = [](auto& map) {
    for (auto& [key, kept] : map) kept.asked = false;
  };
  unasked(rows_);
  unasked(comparisons_);
  unasked(answers_);
}

void MarginStore::end() {
  const auto forget = [](auto& map) { std::erase_if(map, [](const auto& entry) { return !entry.second.asked; }); };
  forget(rows_);
  forget(comparisons_);
  forget(answers_);
}

MarginStore::Answer MarginStore::fit(const MarginQuestion& q, const Stacks& cropped_by, const Stacks& within,
                                     const Host& host) {
  const auto& rows =
      kept(rows_, RowsKey{q.from, q.margins}, [&] { return std::make_shared<ExpandedRows>(q.from, q.margins); });
  const QuestionKey question{q.from, q.to, q.margins, q.tolerance};
  const auto& comparison = kept(comparisons_, question, [&] { return MarginComparison::make(q, rows, host); });
  AnswerKey key{question, {}, {}};
  if (comparison && !(*comparison)->is_within_tolerance()) {
    for (const auto& stack : cropped_by) {
      if ((*comparison)->meets(*stack)) std::get<1>(key).push_back(stack);
    }
    std::get<2>(key) = within;
  }
  return kept(answers_, key, [&] {
    return std::make_shared<const Result<MarginFit>>(
        comparison ? (*comparison)->fit(std::get<1>(key), std::get<2>(key), host) : comparison.error());
  });
}

}  // namespace dosegate
