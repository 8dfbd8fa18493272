#include "adapters/present/comparison.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "adapters/present/number.h"
#include "adapters/present/words.h"
#include "dosegate/v1/geometry.pb.h"

namespace dosegate::present {
namespace {

using v1::ComparisonReport;
using v1::Finding;

constexpr double kWorth = 1e-6;  // of a number: what it is exact to

bool is_met(const Finding& f) { return f.status() == Finding::PASS || f.status() == Finding::WARNING; }
bool is_broken(const Finding& f) { return f.status() == Finding::DEVIATION; }
bool is_known(const Finding& f) { return is_met(f) || is_broken(f) || f.status() == Finding::INDETERMINATE; }

struct Interval {
  double lower, upper;
};

Interval interval_of(const Finding& f) {
  const double worth = kWorth * std::fabs(f.value());
  const double lower = f.has_lower() ? std::min(f.lower(), f.value()) : f.value();
  const double upper = f.has_upper() ? std::max(f.upper(), f.value()) : f.value();
  return {std::min(lower, f.value() - worth), std::max(upper, f.value() + worth)};
}

bool has_same_limit(const Finding& a, const Finding& b) {
  if (a.has_limit() != b.has_limit() || a.comparator() != b.comparator()) return false;
  return !a.has_limit() ||
         std::fabs(a.limit() - b.limit()) <= kWorth * std::max(std::fabs(a.limit()), std::fabs(b.limit()));
}

ComparisonReport::Change change_of(const Difference& d, const Finding& rule) {
  if (d.lower <= 0.0 && d.upper >= 0.0) return ComparisonReport::NONE;
  if (!rule.has_limit()) return ComparisonReport::DIFFERENT;
  const bool is_less = d.upper < 0.0;
  switch (rule.comparator()) {
    case v1::LT:
    case v1::LE:
      return is_less ? ComparisonReport::BETTER : ComparisonReport::WORSE;
    case v1::GT:
    case v1::GE:
      return is_less ? ComparisonReport::WORSE : ComparisonReport::BETTER;
    default:
      return ComparisonReport::DIFFERENT;
  }
}

const Finding* find(const v1::Report& report, const std::string& rule) {
  for (const Finding& f : report.findings()) {
    if (f.rule_id() == rule) return &f;
  }
  return nullptr;
}

// Rules in the order of the first report, then those that the others add.
std::vector<const Finding*> rules_of(const std::vector<Compared>& compared) {
  std::vector<const Finding*> rules;
  std::set<std::string> seen;
  for (const Compared& c : compared) {
    for (const Finding& f : c.report.findings()) {
      if (seen.insert(f.rule_id()).second) rules.push_back(&f);
    }
  }
  return rules;
}

void count(ComparisonReport::Plan& plan, const ComparisonReport::Cell& cell, const Finding* before) {
  const Finding* after = cell.has_finding() ? &cell.finding() : nullptr;
  switch (cell.change()) {
    case ComparisonReport::BETTER:
      plan.set_better(plan.better() + 1);
      break;
    case ComparisonReport::WORSE:
      plan.set_worse(plan.worse() + 1);
      break;
    case ComparisonReport::DIFFERENT:
      plan.set_different(plan.different() + 1);
      break;
    case ComparisonReport::NONE:
      plan.set_unchanged(plan.unchanged() + 1);
      break;
    case ComparisonReport::PENDING_IN_BOTH:
      plan.set_pending(plan.pending() + 1);
      break;
    default:
      plan.set_not_known(plan.not_known() + 1);
  }
  if (before == nullptr || after == nullptr) return;
  if (is_met(*before) && is_broken(*after)) plan.add_newly_broken(after->rule_id());
  if (is_broken(*before) && is_met(*after)) plan.add_no_longer_broken(after->rule_id());
}

ComparisonReport::Cell cell_of(const Finding* before, const Finding* after, bool is_first) {
  ComparisonReport::Cell cell;
  if (after != nullptr) {
    *cell.mutable_finding() = *after;
  }
  if (is_first) return cell;
  cell.set_change(change_between(before, after));
  const auto difference = before != nullptr && after != nullptr && unlike(*before, *after).empty()
                              ? difference_between(*before, *after)
                              : std::nullopt;
  if (difference) {
    cell.set_difference(difference->value);
    cell.set_difference_lower(difference->lower);
    cell.set_difference_upper(difference->upper);
  }
  return cell;
}

std::string digest_of(const v1::Report& report, const char* role) {
  std::set<std::string> all;
  for (const auto& in : report.inputs()) {
    if (in.role() == role) all.insert(in.sha256());
  }
  std::string text;
  for (const std::string& one : all) text += one + " ";
  return text;
}

std::string roi_of(const v1::Report& report, const std::string& role) {
  for (const auto& match : report.structures()) {
    if (match.role() == role) return match.has_roi() ? match.roi() : "";
  }
  return "";
}

// What else differs between the first plan and another one, so that the difference may not be the plan's.
class Notes {
 public:
  Notes(const Compared& first, const Compared& other, std::string mark, Language language)
      : a_(first), b_(other), mark_(std::move(mark)), language_(language) {}

  std::vector<std::string> run() {
    same();
    patient();
    structures();
    files();
    readings();
    unlike_numbers();
    return std::move(notes_);
  }

 private:
  // {0} is A, {1} the other one.
  void add(Text id, const std::string& third = {}, const std::string& fourth = {}) {
    notes_.push_back(say(id, language_, {mark_of(0), mark_, third, fourth}));
  }

  void same() {
    std::string first, other;
    for (const char* role : {"RTPLAN", "RTSTRUCT", "RTDOSE"}) {
      first += digest_of(a_.report, role);
      other += digest_of(b_.report, role);
    }
    is_same_ = !first.empty() && first == other;
    if (is_same_) add(Text::kNoteSameInputs);
  }

  // Never by its identifier.
  void patient() {
    if (!a_.plan || !b_.plan || a_.plan->patient_id.empty() || b_.plan->patient_id.empty()) {
      if (!is_same_) add(Text::kNotePatientNotKnown);
      return;
    }
    is_other_patient_ = a_.plan->patient_id != b_.plan->patient_id;
    if (is_other_patient_) add(Text::kNoteOtherPatient);
  }

  void structures() {
    const std::string first = digest_of(a_.report, "RTSTRUCT"), other = digest_of(b_.report, "RTSTRUCT");
    if (first.empty() || other.empty()) {
      add(Text::kNoteNoStructureSet);
    } else if (first != other && !is_other_patient_) {  // whose structures are others' without saying
      const bool has_frames =
          a_.plan && b_.plan && !a_.plan->frame_of_reference.empty() && !b_.plan->frame_of_reference.empty();
      const bool is_elsewhere = has_frames && a_.plan->frame_of_reference != b_.plan->frame_of_reference;
      add(is_elsewhere ? Text::kNoteOtherFrame : Text::kNoteOtherStructureSet);
    }
    for (const auto& match : a_.report.structures()) {
      const std::string here = match.has_roi() ? match.roi() : "", there = roi_of(b_.report, match.role());
      if (here == there || here.empty() || there.empty()) continue;
      notes_.push_back(say(Text::kNoteOtherRoi, language_, {mark_of(0), mark_, match.role(), here, there}));
    }
  }

  // One instance that is not one file.
  void files() {
    std::map<std::pair<std::string, std::string>, std::set<std::string>> first;
    for (const auto& in : a_.report.inputs()) {
      if (!in.sop_instance_uid().empty() && !in.sha256().empty())
        first[{in.role(), in.sop_instance_uid()}].insert(in.sha256());
    }
    std::set<std::string> roles;
    for (const auto& in : b_.report.inputs()) {
      const auto found = first.find({in.role(), in.sop_instance_uid()});
      const bool is_other = found != first.end() && !in.sha256().empty() && found->second.count(in.sha256()) == 0;
      if (is_other && roles.insert(in.role()).second) add(Text::kNoteOtherFile, in.role());
    }
  }

  void unlike_numbers() {
    for (const Finding& before : a_.report.findings()) {
      const Finding* after = find(b_.report, before.rule_id());
      if (after == nullptr || !is_known(before) || !is_known(*after)) continue;
      if (const std::string why = unlike(before, *after, language_); !why.empty())
        add(Text::kNoteUnlike, before.rule_id(), why);
    }
  }

  void readings() {
    const v1::Report &a = a_.report, &b = b_.report;
    if (a.engine_version() != b.engine_version()) add(Text::kNoteOtherEngine, a.engine_version(), b.engine_version());
    if (a.scope() != b.scope()) add(Text::kNoteOtherScope);
    if (a.as_of() != b.as_of() && !a.as_of().empty() && !b.as_of().empty())
      add(Text::kNoteOtherDay, a.as_of(), b.as_of());
    const auto &first = a.prescription(), &other = b.prescription();
    if (first.has_total_dose_gy() && other.has_total_dose_gy() && first.total_dose_gy() != other.total_dose_gy()) {
      add(Text::kNoteOtherPrescription, with_unit(shortest(first.total_dose_gy()), "Gy"),
          with_unit(shortest(other.total_dose_gy()), "Gy"));
    }
    const bool notes_differ = !std::equal(a.notes().begin(), a.notes().end(), b.notes().begin(), b.notes().end());
    if (notes_differ || a.dose().reading() != b.dose().reading()) add(Text::kNoteOtherReading);
  }

  const Compared &a_, &b_;
  std::string mark_;
  Language language_;
  bool is_same_ = false, is_other_patient_ = false;
  std::vector<std::string> notes_;
};

}  // namespace

std::string unlike(const Finding& before, const Finding& after, Language language) {
  const bool have_values = before.has_value() && after.has_value();
  const bool is_other_unit = have_values ? before.unit() != after.unit()
                                         : before.has_unit() && after.has_unit() && before.unit() != after.unit();
  const bool is_other_metric = have_values
                                   ? before.metric() != after.metric()
                                   : before.has_metric() && after.has_metric() && before.metric() != after.metric();
  const bool is_other_limit =
      (have_values || (before.has_limit() && after.has_limit())) && !has_same_limit(before, after);
  if (!is_other_unit && !is_other_metric && !is_other_limit) return {};
  const auto side = [&](const Finding& f) {
    const std::string unit = f.unit().empty() && is_other_unit ? say(Text::kWithoutUnit, language) : f.unit();
    std::string text = f.has_value() ? with_unit(shortest(f.value()), unit) : unit;
    if (is_other_metric) text = (f.metric().empty() ? "-" : f.metric()) + (text.empty() ? "" : " = " + text);
    if (!is_other_limit) return text;
    const std::string limit = f.has_limit() ? limit_text(f) : say(Text::kWithoutLimit, language);
    return text.empty() ? limit : text + " (" + limit + ")";
  };
  return say(Text::kBeside, language, {side(before), side(after)});
}

std::string mark_of(std::size_t plan) { return std::string(1, static_cast<char>('A' + plan)); }

std::optional<Difference> difference_between(const Finding& before, const Finding& after) {
  if (!before.has_value() || !after.has_value()) return std::nullopt;
  if (before.metric() != after.metric() || before.unit() != after.unit()) return std::nullopt;
  if (!std::isfinite(before.value()) || !std::isfinite(after.value())) return std::nullopt;
  const Interval a = interval_of(before), b = interval_of(after);
  for (const double end : {a.lower, a.upper, b.lower, b.upper}) {
    if (!std::isfinite(end)) return std::nullopt;
  }
  return Difference{after.value() - before.value(), b.lower - a.upper, b.upper - a.lower};
}

ComparisonReport::Change change_between(const Finding* before, const Finding* after) {
  const auto is_pending = [](const Finding* f) { return f != nullptr && f->status() == Finding::PENDING; };
  if (is_pending(before) && is_pending(after)) return ComparisonReport::PENDING_IN_BOTH;
  if (before == nullptr || after == nullptr || !is_known(*before) || !is_known(*after))
    return ComparisonReport::NOT_KNOWN;
  if (!unlike(*before, *after).empty()) return ComparisonReport::NOT_KNOWN;
  // The engine proves on which side of its limit a value is, by the intervals or where there is no value.
  if (is_met(*before) && is_broken(*after)) return ComparisonReport::WORSE;
  if (is_broken(*before) && is_met(*after)) return ComparisonReport::BETTER;
  if (const auto difference = difference_between(*before, *after)) return change_of(*difference, *after);
  const bool says_the_same = before->status() == after->status() && before->message() == after->message();
  return says_the_same ? ComparisonReport::NONE : ComparisonReport::DIFFERENT;
}

std::string not_comparable(const std::vector<Compared>& compared) {
  const v1::Report& first = compared.front().report;
  for (const Compared& c : compared) {
    const auto &a = first.protocol(), &b = c.report.protocol();
    if (a.id() != b.id() || a.version() != b.version()) {
      return c.name + ": was checked against " + b.id() + " version " + b.version() + ", " + compared.front().name +
             " against " + a.id() + " version " + a.version() + ". Compare reports on one protocol";
    }
    if (c.report.between_slices() != first.between_slices()) {
      return c.name + ": its contours were made solids in another way than those of " + compared.front().name +
             ". Check both with the same --between-slices";
    }
  }
  return {};
}

ComparisonReport compare(const std::vector<Compared>& compared, Language language) {
  ComparisonReport out;
  *out.mutable_protocol() = compared.front().report.protocol();
  for (const Compared& c : compared) {
    auto& plan = *out.add_plans();
    plan.set_name(c.name);
    plan.set_label(c.label);
    plan.set_verdict(c.report.verdict());
    plan.set_engine_version(c.report.engine_version());
    *plan.mutable_inputs() = c.report.inputs();
    plan.set_scope(c.report.scope());
    plan.set_between_slices(c.report.between_slices());
    plan.set_as_of(c.report.as_of());
  }
  for (const Finding* rule : rules_of(compared)) {
    auto& row = *out.add_rules();
    row.set_rule_id(rule->rule_id());
    row.set_clause(rule->clause());
    row.set_mandatory(rule->mandatory());
    const Finding* before = find(compared.front().report, rule->rule_id());
    for (std::size_t i = 0; i < compared.size(); ++i) {
      const Finding* after = i == 0 ? before : find(compared[i].report, rule->rule_id());
      auto& cell = *row.add_cells() = cell_of(before, after, i == 0);
      if (i > 0) count(*out.mutable_plans(static_cast<int>(i)), cell, before);
    }
  }
  for (std::size_t i = 1; i < compared.size(); ++i) {
    for (std::string& note : Notes(compared.front(), compared[i], mark_of(i), language).run())
      out.add_notes(std::move(note));
  }
  return out;
}

}  // namespace dosegate::present
