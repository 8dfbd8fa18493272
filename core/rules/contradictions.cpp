#include "core/rules/contradictions.h"

#include <algorithm>

#include "core/record/contradictions.h"
#include "core/record/events.h"
#include "core/rules/on_record.h"

namespace dosegate {
namespace {

using Gravity = Contradiction::Gravity;

constexpr char kCorrect[] = "Find out which of the facts named is wrong, and correct it in the clinical record.";

// What a rule on the record rests on, by its kind.
struct RestsOn {
  std::set<Topic> operator()(const GammaRule&) const { return {Topic::kMeasurement}; }
  std::set<Topic> operator()(const DeliveryRule& r) const {
    return r.at_simulation ? std::set<Topic>{Topic::kSimulation} : std::set<Topic>{};
  }
  std::set<Topic> operator()(const FractionationRule&) const { return {Topic::kFractions}; }
  std::set<Topic> operator()(const TherapyRule&) const { return {Topic::kTherapy, Topic::kSurgery}; }
  std::set<Topic> operator()(const ImagingRule&) const { return {Topic::kImaging, Topic::kSurgery}; }
  std::set<Topic> operator()(const LabRule&) const { return {Topic::kEnrolment}; }
  std::set<Topic> operator()(const GradingRule&) const { return {Topic::kStaging}; }
  std::set<Topic> operator()(const EligibilityRule& r) const {
    using Criterion = EligibilityRule::Criterion;
    switch (r.criterion) {
      case Criterion::kVascularInvasion:
        return {Topic::kEnrolment, Topic::kBaseline};
      case Criterion::kChildPugh:
        return {Topic::kChildPugh};
      case Criterion::kR0Achievable:
        return {Topic::kResectability};
      case Criterion::kEcog:
      case Criterion::kTreatmentNaive:
        return {Topic::kEnrolment};
      default:
        return {};
    }
  }
  std::set<Topic> operator()(const ResponseRule& r) const {
    switch (r.check) {
      case ResponseRule::Check::kAssessed:
        return {Topic::kAssessment};
      case ResponseRule::Check::kRecist:
        return {Topic::kResponse};
      case ResponseRule::Check::kVascularInvasion:
        return {Topic::kInvasion};
      case ResponseRule::Check::kPathology:
        return {Topic::kSpecimen};
      case ResponseRule::Check::kEvents:
        return {Topic::kEvents};
    }
    return {};
  }
  template <typename Other>
  std::set<Topic> operator()(const Other&) const {
    return {};
  }
};

void add_sentence(std::string& text, const std::string& sentence) { text += (text.empty() ? "" : " ") + sentence; }

// True: the finding says it.
bool doubt_one(Finding& f, const Contradiction& c) {
  const bool impossible = c.gravity == Gravity::kImpossible;
  switch (f.status) {
    case FindingStatus::kPending:
      if (!impossible) return false;
      [[fallthrough]];
    case FindingStatus::kPass:
    case FindingStatus::kWarning:
      f.status = impossible ? FindingStatus::kNotEvaluable : FindingStatus::kWarning;
      f.hint = kCorrect;
      if (impossible) {  // what was found is not known to be so
        f.message.clear();
        f.value = f.lower = f.upper = std::nullopt;
      }
      break;
    default:
      if (f.hint.empty()) f.hint = kCorrect;
      break;
  }
  add_sentence(f.message, c.text);
  return true;
}

}  // namespace

std::set<std::string> drugs_of(const Protocol& protocol) {
  std::set<std::string> drugs;
  const auto add = [&](const std::string& drug) {
    if (!drug.empty()) drugs.insert(drug_name(drug));
  };
  if (protocol.fractionation) add(protocol.fractionation->infusion_drug);
  for (const Rule& rule : protocol.rules) {
    if (const auto* therapy = std::get_if<TherapyRule>(&rule.kind)) add(therapy->drug);
    if (const auto* imaging = std::get_if<ImagingRule>(&rule.kind)) add(imaging->drug);
    if (const auto* response = std::get_if<ResponseRule>(&rule.kind)) add(response->drug);
  }
  return drugs;
}

void doubt(const Context& context, std::vector<Finding>& findings, std::vector<std::string>& notes) {
  const Case& c = context.input();
  if (!c.record || c.options.scope == Scope::kPlan) return;
  auto all = contradictions_in(*c.record, drugs_of(context.protocol()), now(context));
  // What is impossible first: it clears what the finding said.
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.gravity > b.gravity; });
  const std::vector<Rule>& rules = context.protocol().rules;
  std::vector<bool> said(all.size(), false);
  constexpr std::size_t kMostSaid = 8;  // in one finding, as in a tally, and in the notes
  for (std::size_t r = 0; r < rules.size(); ++r) {
    const std::set<Topic> topics = std::visit(RestsOn{}, rules[r].kind);
    std::size_t count = 0;
    for (std::size_t i = 0; i < all.size() && count < kMostSaid; ++i) {
      const bool touched =
          std::any_of(all[i].topics.begin(), all[i].topics.end(), [&](Topic t) { return topics.count(t) > 0; });
      if (!touched) continue;
      const bool cleared = count > 0 && findings[r].status == FindingStatus::kNotEvaluable;
      if (cleared) {
        add_sentence(findings[r].message, all[i].text);
        said[i] = true;
      } else {
        said[i] = doubt_one(findings[r], all[i]) || said[i];
      }
      ++count;
    }
  }
  std::size_t noted = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!said[i] && noted++ < kMostSaid) notes.push_back("In the clinical record: " + all[i].text);
  }
}

}  // namespace dosegate
