#include "core/margin/margin_fit.h"

#include "core/margin/comparison.h"

namespace dosegate {

MarginComparison::MarginComparison(std::unique_ptr<const State> state) : state_(std::move(state)) {}
MarginComparison::~MarginComparison() = default;

namespace {

Error complex() {
  return {ErrorCode::kLimitExceeded, "", "The contours are too complex for their margin to be verified."};
}

}  // namespace

Result<std::shared_ptr<const MarginComparison>> MarginComparison::make(const MarginQuestion& q,
                                                                       const std::shared_ptr<ExpandedRows>& rows,
                                                                       const MarginSections& of_to, const Host& host) {
  auto state = std::make_unique<State>(q, rows, of_to);
  Budget budget;
  try {
    // Neither knows of the other: while one waits for its last task, its threads work on the other.
    share_out(host.workers, 2, [&](std::size_t part) {
      if (part == 1) return state->find_certain(host, budget);
      state->integrate(host, budget);
      state->find_shortfall(host, budget);
    });
  } catch (const TooComplex&) {
    return complex();
  }
  if (!state->fit.beyond) {  // what is missing where does not matter
    state->missing.clear();
    state->lacking.clear();
  }
  return std::shared_ptr<const MarginComparison>(new MarginComparison(std::move(state)));
}

bool MarginComparison::is_within_tolerance() const { return !state_->fit.beyond; }

bool MarginComparison::meets(const SlabStack& stack) const {
  const auto in = [&](const std::vector<Lack>& lacks) {
    return std::any_of(lacks.begin(), lacks.end(), [&](const Lack& lack) { return lack.meets(stack); });
  };
  return in(state_->missing) || in(state_->lacking);
}

Result<MarginFit> MarginComparison::fit(const Stacks& cropped_by, const Stacks& within, const Host& host) const {
  const State& s = *state_;
  MarginFit fit = s.fit;
  if (!fit.beyond || (cropped_by.empty() && within.empty())) return fit;
  Budget budget;
  try {
    std::vector<double> volumes(s.missing.size(), 0.0);
    each(host, s.missing.size(), [&](std::size_t n) {
      const Lack& lack = s.missing[n];
      if (lack.missing.empty()) return;
      const std::vector<Row> open = lack.unexplained(cropped_by, within);
      for (std::size_t k = 0; k < open.size(); ++k) volumes[n] += lack.weight[k] * length(open[k]);
    });
    double sum = 0.0;
    for (std::size_t n = 0; n < volumes.size(); ++n) sum += s.missing[n].weight_of_plane * volumes[n];
    fit.unexplained = Volume::mm3(sum);
    std::vector<double> most;
    for (const Lack& lack : s.lacking) most.push_back(lack.most);
    const Found open = worst_of(host, budget, most, s.beyond_start(),
                                [&](std::size_t n, Found& found, std::int64_t& used, CancelPoint& cancel_point) {
                                  const Lack& lack = s.lacking[n];
                                  if (!(lack.most > s.q.tolerance.in_mm() + found.rank)) return;
                                  const std::vector<Row> rows = lack.unexplained(cropped_by, within);
                                  for (std::size_t k = 0; k < rows.size(); ++k) {
                                    search(s.reach, rows[k], lack.drawn[k], lack.v[k], lack.z, s.q.tolerance.in_mm(),
                                           found, used, cancel_point);
                                  }
                                });
    fit.beyond_unexplained = s.beyond_of(s.refined(open, cropped_by, within, host, budget));
  } catch (const TooComplex&) {
    return complex();
  } catch (const TooManyCrossings&) {
    return complex();
  }
  return fit;
}

Result<MarginFit> fit_margin(const MarginQuestion& q, const Stacks& cropped_by, const Stacks& within,
                             const Host& host) {
  const auto index = [](const std::shared_ptr<const SlabStack>& stack) {
    return std::make_shared<const SectionIndexes>(index_sections(*stack));
  };
  const auto index_both = [&](const MarginStructure& s) {
    const auto solid = index(s.solid);
    return MarginSections{solid, s.planes == s.solid ? solid : index(s.planes)};
  };
  const auto rows = std::make_shared<ExpandedRows>(q.from, index_both(q.from), q.margins);
  const auto made = MarginComparison::make(q, rows, index_both(q.to), host);
  if (!made) return made.error();
  return (*made)->fit(cropped_by, within, host);
}

}  // namespace dosegate
