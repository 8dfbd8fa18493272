#include "core/kept/margin_store.h"

#include <set>
#include <utility>

namespace dosegate {
namespace {

// Tasks that may run parts in parallel themselves: one after another where that is not for a host's pool to do.
void each_margin(const Host& host, std::size_t count, const std::function<void(std::size_t)>& task) {
  if (!host.run) {
    if (!parallel_for(host, count, task)) throw Cancelled{};
    return;
  }
  for (std::size_t n = 0; n < count; ++n) {
    if (host.cancelled()) throw Cancelled{};
    task(n);
  }
}

template <typename Map>
void nothing_asked(Map& map) {
  for (auto& [key, kept] : map) kept.asked = false;
}
template <typename Map>
void forget_unasked(Map& map) {
  std::erase_if(map, [](const auto& entry) { return !entry.second.asked; });
}

}  // namespace

template <typename Key, typename Value>
Value& MarginStore::kept(std::map<Key, Kept<Value>>& map, const Key& key) {
  Kept<Value>& found = map[key];
  found.asked = true;
  return found.value;
}

// The sections of what is compared anew, each slab's for itself.
void MarginStore::index(const std::vector<Asked>& asked, const Host& host) {
  struct Made {
    std::shared_ptr<const SectionIndexes>* kept;
    std::shared_ptr<const SlabStack> stack;
    std::vector<std::optional<SectionIndex>> slabs;
  };
  std::vector<Made> made;
  std::set<SectionsKey> seen;
  for (const Asked& a : asked) {
    const bool is_new = !kept(comparisons_, key_of(a.question)).answer;
    for (const auto& stack :
         {a.question.from.solid, a.question.from.planes, a.question.to.solid, a.question.to.planes}) {
      auto& sections = kept(sections_, stack);
      if (!sections && is_new && seen.insert(stack).second) made.push_back({&sections, stack, {}});
    }
  }
  std::vector<std::pair<Made*, std::size_t>> tasks;
  for (Made& m : made) {
    m.slabs.resize(m.stack->slabs.size());
    for (std::size_t n = 0; n < m.slabs.size(); ++n) tasks.emplace_back(&m, n);
  }
  const bool went_on = parallel_for(host, tasks.size(), [&](std::size_t n) {
    auto& [m, slab] = tasks[n];
    m->slabs[slab].emplace(*m->stack->slabs[slab].include);
  });
  if (!went_on) throw Cancelled{};
  for (Made& m : made) {
    SectionIndexes all;
    all.reserve(m.slabs.size());
    for (auto& slab : m.slabs) all.push_back(std::move(*slab));
    *m.kept = std::make_shared<const SectionIndexes>(std::move(all));
  }
}

MarginSections MarginStore::sections_of(const MarginStructure& s) {
  return {sections_.at(s.solid).value, sections_.at(s.planes).value};
}

// Questions on one structure with one margin share what it covers, and are answered one after another.
void MarginStore::compare(const std::vector<Asked>& asked, const Host& host) {
  std::map<RowsKey, std::set<QuestionKey>> of_rows;
  for (const Asked& a : asked) {
    const RowsKey rows{a.question.from, a.question.margins};
    kept(rows_, rows);
    if (!kept(comparisons_, key_of(a.question)).answer) of_rows[rows].insert(key_of(a.question));
  }
  std::vector<std::pair<const RowsKey*, const std::set<QuestionKey>*>> tasks;
  for (const auto& [rows, questions] : of_rows) tasks.emplace_back(&rows, &questions);
  each_margin(host, tasks.size(), [&](std::size_t n) {
    const auto& [from, margins] = *tasks[n].first;
    auto& rows = rows_.at(*tasks[n].first).value;
    if (!rows) rows = std::make_shared<ExpandedRows>(from, sections_of(from), margins);
    for (const QuestionKey& key : *tasks[n].second) {
      const MarginQuestion q{from, std::get<1>(key), margins, std::get<3>(key)};
      comparisons_.at(key).value.answer.emplace(MarginComparison::make(q, rows, sections_of(q.to), host));
    }
  });
}

MarginStore::AnswerKey MarginStore::answer_key(const Asked& a) {
  AnswerKey key{key_of(a.question), {}, {}};
  Compared& compared = comparisons_.at(std::get<0>(key)).value;
  if (!*compared.answer || (**compared.answer)->is_within_tolerance()) return key;
  std::map<std::shared_ptr<const SlabStack>, bool> meets;
  for (const auto& stack : a.cropped_by) {
    const auto known = compared.meets.find(stack);
    const bool does = known != compared.meets.end() ? known->second : (**compared.answer)->meets(*stack);
    meets.emplace(stack, does);
    if (does) std::get<1>(key).push_back(stack);
  }
  compared.meets = std::move(meets);
  std::get<2>(key) = a.within;
  return key;
}

std::vector<MarginStore::Answer> MarginStore::fit(const std::vector<Asked>& asked, const Host& host) {
  nothing_asked(sections_);
  nothing_asked(rows_);
  nothing_asked(comparisons_);
  nothing_asked(answers_);
  index(asked, host);
  compare(asked, host);
  std::vector<Answer> out;
  for (const Asked& a : asked) {
    const AnswerKey key = answer_key(a);
    Answer& answer = kept(answers_, key);
    const auto& comparison = *comparisons_.at(std::get<0>(key)).value.answer;
    if (!answer) {
      answer = std::make_shared<const Result<MarginFit>>(
          comparison ? (*comparison)->fit(std::get<1>(key), std::get<2>(key), host) : comparison.error());
    }
    out.push_back(answer);
  }
  forget_unasked(sections_);
  forget_unasked(rows_);
  forget_unasked(comparisons_);
  forget_unasked(answers_);
  return out;
}

}  // namespace dosegate
