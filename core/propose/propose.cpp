#include "core/propose/propose.h"

#include <algorithm>
#include <tuple>

#include "core/checker.h"
#include "core/json/reader.h"
#include "core/json/writer.h"
#include "core/record/read_day.h"
#include "core/rules/therapy.h"
#include "core/schedule/calendar.h"
#include "core/schedule/course.h"
#include "core/schedule/layout.h"

namespace dosegate {
namespace {

using std::chrono::days;

constexpr std::size_t kSizeLimit = std::size_t{1} << 20;
constexpr std::size_t kMostDays = 10'000;
constexpr int kMostStarts = 731;                 // of a protocol that leaves the start open
constexpr std::chrono::minutes kFirstSlot{480};  // 08:00, where several fractions a day need times
constexpr std::chrono::minutes kLastMinute{24 * 60 - 1};

// The days, as far as they are not too many.
std::vector<Day> read_few_days(ObjectReader& o, std::string_view member) {
  const std::size_t count = o.count(member);
  if (count <= kMostDays) return read_days(o, member);
  o.fail(member, "has " + std::to_string(count) + " days; at most " + std::to_string(kMostDays));
  return {};
}

const TherapyRule* therapy_of(const Protocol& protocol, const std::string& drug) {
  for (const Rule& rule : protocol.rules) {
    const auto* therapy = rule.as<TherapyRule>();
    if (therapy != nullptr && therapy->cycles_before_surgery && therapy->drug == drug) return therapy;
  }
  return nullptr;
}

// Dates of a course, and how far they are from keeping the protocol.
struct Candidate {
  std::vector<Day> fractions, infusions;
  int broken = 0;
  std::int64_t beyond = 0;  // days
  bool operator<(const Candidate& other) const {
    return std::tuple(broken, beyond, fractions.back(), fractions.front()) <
           std::tuple(other.broken, other.beyond, other.fractions.back(), other.fractions.front());
  }
};

class Search {
 public:
  Search(const Protocol& protocol, const ScheduleRequest& request)
      : scheme_(*protocol.fractionation),
        request_(request),
        therapy_(therapy_of(protocol, scheme_.infusion_drug)),
        closed_(joined(request.holidays, request.missed)),
        site_(scheme_, request.holidays),
        calendar_(scheme_, closed_),
        layout_(scheme_, calendar_) {}

  std::optional<Candidate> best() const {
    std::optional<Candidate> found;
    for (const Day start : starts()) {
      auto candidate = from(start);
      if (candidate && (!found || *candidate < *found)) found = std::move(candidate);
    }
    return found;
  }

 private:
  static std::vector<Day> joined(const std::vector<Day>& a, const std::vector<Day>& b) {
    std::vector<Day> out;
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
    return out;
  }

  // The infusions as the therapy has them; without one, the first alone.
  std::vector<Day> infusions() const {
    std::vector<Day> out = {request_.first_infusion};
    const std::int32_t cycles = therapy_ != nullptr ? *therapy_->cycles_before_surgery : 1;
    for (std::int32_t n = 1; n < cycles; ++n) out.push_back(out.back() + days{therapy_->interval_days});
    return out;
  }
  static std::optional<Day> anchor(const std::vector<Day>& infusions, const FractionTiming& timing) {
    const auto n = static_cast<std::size_t>(timing.infusion);
    return n <= infusions.size() ? std::optional<Day>(infusions[n - 1]) : std::nullopt;
  }

  // Days from which to lay the fractions: the one due, or all that the protocol leaves.
  std::vector<Day> starts() const {
    Day first = request_.first_infusion;
    int count = 1;
    if (scheme_.start) {
      const Day zero = anchor(infusions(), *scheme_.start).value_or(request_.first_infusion);
      first = zero + days{scheme_.start->earliest_day.value_or(0)};
      if (scheme_.start->due_day) {
        first = zero + days{*scheme_.start->due_day};
      } else if (scheme_.start->latest_day) {
        count = std::min(kMostStarts, static_cast<int>((zero + days{*scheme_.start->latest_day} - first).count()) + 1);
      } else if (scheme_.end && (scheme_.end->earliest_day || scheme_.end->due_day)) {
        count = kMostStarts;
      }
    }
    std::vector<Day> out;
    for (int n = 0; n < count; ++n) {
      const auto day = calendar_.next(first + days{n});
      if (day && (out.empty() || out.back() != *day)) out.push_back(*day);
    }
    return out;
  }

  std::optional<Candidate> from(Day start) const {
    auto laid = layout_.complete({}, static_cast<std::size_t>(scheme_.fractions()), start);
    if (!laid) return {};
    Candidate c{std::move(*laid), infusions(), 0, 0};
    if (scheme_.end) {
      place_end(c);
      move_infusion(c);
    }
    weigh(c);
    return c;
  }

  // A course that must not end before a day: its last fraction waits.
  void place_end(Candidate& c) const {
    const auto zero = anchor(c.infusions, *scheme_.end);
    const auto least = scheme_.end->due_day ? scheme_.end->due_day : scheme_.end->earliest_day;
    if (!zero || !least || c.fractions.back() >= *zero + days{*least}) return;
    if (const auto day = calendar_.next(*zero + days{*least})) c.fractions.back() = *day;
  }

  // The infusion that the course ends by, later by what the therapy tolerates, though it be not enough: an interval
  // beyond its tolerance is never proposed. Each interval takes its share, the last
  // ones first.
  void move_infusion(Candidate& c) const {
    const auto zero = anchor(c.infusions, *scheme_.end);
    if (!zero || !scheme_.end->latest_day || therapy_ == nullptr || scheme_.end->infusion < 2) return;
    auto late = (c.fractions.back() - (*zero + days{*scheme_.end->latest_day})).count();
    const auto n = static_cast<std::size_t>(scheme_.end->infusion);
    for (std::size_t gap = n - 1; gap >= 1 && late > 0; --gap) {
      const auto share = std::min<std::int64_t>(late, therapy_->tolerance_days);
      for (std::size_t i = gap; i < c.infusions.size(); ++i) c.infusions[i] += days{share};
      late -= share;
    }
  }

  void weigh(Candidate& c) const {
    const auto late = [&](std::int64_t by) {
      if (by <= 0) return;
      ++c.broken;
      c.beyond += by;
    };
    if (scheme_.start) {
      if (const auto zero = anchor(c.infusions, *scheme_.start)) {
        if (scheme_.start->due_day) {
          late((c.fractions.front() - site_.next(*zero + days{*scheme_.start->due_day}).value_or(*zero)).count());
        }
        if (scheme_.start->latest_day) late((c.fractions.front() - *zero).count() - *scheme_.start->latest_day);
      }
    }
    if (scheme_.end) {
      if (const auto zero = anchor(c.infusions, *scheme_.end)) {
        const auto after = (c.fractions.back() - *zero).count();
        if (scheme_.end->latest_day) late(after - *scheme_.end->latest_day);
        if (scheme_.end->due_day) late(after - *scheme_.end->due_day);
      }
    }
    if (scheme_.overall_days) {
      // Only what the protocol's rule calls a deviation: longer than the calendar needs, and by no day missed.
      const auto least = layout_.complete({c.fractions.front()}, c.fractions.size(), c.fractions.front());
      if (least && c.fractions.back() > least->back()) {
        late((c.fractions.back() - c.fractions.front()).count() + 1 - *scheme_.overall_days);
      }
    }
  }

  const Fractionation& scheme_;
  const ScheduleRequest& request_;
  const TherapyRule* therapy_;
  std::vector<Day> closed_;
  Calendar site_, calendar_;
  Layout layout_;
};

// The protocol's own rules on the schedule.
Status remark(const Protocol& protocol, const ScheduleRequest& request, ScheduleProposal& proposal) {
  Protocol rules = protocol;
  std::erase_if(rules.rules, [](const Rule& rule) { return !rule.kind->needs().dates; });
  Case c;
  Day as_of;
  c.record = record_of(proposal, request, as_of);
  c.options.as_of = as_of;
  c.options.holidays = request.holidays;
  const Result<Report> report = check(c, rules);
  if (!report) return report.error();
  proposal.possible = true;
  for (const Finding& f : report->findings) {
    const bool met = f.status == FindingStatus::kPass || f.status == FindingStatus::kPending;
    if (met) continue;
    const bool broken = f.status != FindingStatus::kWarning;
    if (broken && f.mandatory) proposal.possible = false;
    proposal.remarks.push_back({f.rule_id, english(f.message), broken});
  }
  return ok();
}

}  // namespace

Result<ScheduleRequest> load_schedule_request(std::string_view json) {
  const auto document = parse_json(json, kSizeLimit, "the schedule request");
  if (!document) return document.error();
  std::vector<Error> errors;
  ObjectReader o(*document, "$", errors);
  ScheduleRequest request{};
  if (!o.has("firstInfusion"))
    o.fail("firstInfusion", "is missing; the day of the first infusion, e.g. \"2026-11-23\"");
  if (const auto day = read_day(o, "firstInfusion")) request.first_infusion = *day;
  request.holidays = read_few_days(o, "holidays");
  request.missed = read_few_days(o, "missed");
  o.finish();
  if (!errors.empty()) return errors.front();
  return request;
}

Record record_of(const ScheduleProposal& proposal, const ScheduleRequest& request, Day& as_of) {
  as_of = request.first_infusion;
  if (!request.missed.empty()) {
    as_of = std::max(as_of, request.missed.back());
  } else if (!proposal.fractions.empty()) {
    as_of = std::min(as_of, proposal.fractions.front().date);
  }
  Record record;
  for (const auto& f : proposal.fractions) {
    PlannedFraction planned{f.number, f.date, f.time, f.dose};
    record.planned_fractions.push_back(planned);
    if (f.date > as_of || request.missed.empty()) continue;
    DeliveredFraction given;
    given.number = f.number;
    given.date = f.date;
    given.time = f.time;
    given.dose = f.dose;
    record.delivered_fractions.push_back(given);
  }
  for (const auto& i : proposal.infusions) {
    Infusion infusion;
    infusion.date = i.date;
    infusion.drug = proposal.drug;
    infusion.dose_mg = i.dose_mg;
    infusion.given = i.date <= as_of;
    record.infusions.push_back(infusion);
  }
  return record;
}

Result<ScheduleProposal> propose_schedule(const Protocol& protocol, const ScheduleRequest& request) {
  if (!protocol.fractionation) {
    return Error{ErrorCode::kInvalidArgument, "protocol",
                 "The protocol " + protocol.id + " does not state how its course is laid out in time."};
  }
  const Fractionation& scheme = *protocol.fractionation;
  const auto best = Search(protocol, request).best();
  if (!best) {
    return Error{
        ErrorCode::kInvalidData, "$.holidays",
        "The calendar leaves too few treatment days for " + std::to_string(scheme.fractions()) + " fractions."};
  }
  ScheduleProposal out;
  out.protocol_id = protocol.id;
  out.protocol_version = protocol.version;
  out.drug = scheme.infusion_drug;
  std::int32_t number = 0, slot = 0;
  const auto first_slot = std::min(kFirstSlot, kLastMinute - (scheme.most_per_day - 1) * scheme.least_between);
  for (const Day date : best->fractions) {
    slot = number > 0 && out.fractions.back().date == date ? slot + 1 : 0;
    ScheduleProposal::Fraction f;
    f.number = ++number;
    f.date = date;
    if (scheme.most_per_day > 1) f.time = TimeOfDay{first_slot + slot * scheme.least_between};
    f.dose = dose_of(scheme, number).value_or(Dose());
    std::int32_t last = 0;
    for (const Phase& phase : scheme.phases) {
      last += phase.fractions;
      if (number <= last) {
        f.phase = phase.name;
        break;
      }
    }
    out.fractions.push_back(std::move(f));
  }
  const TherapyRule* therapy = therapy_of(protocol, scheme.infusion_drug);
  if (!scheme.infusion_drug.empty()) {
    for (const Day date : best->infusions) {
      out.infusions.push_back(
          {static_cast<std::int32_t>(out.infusions.size()) + 1, date, therapy != nullptr ? therapy->dose_mg : 0.0});
    }
  }
  if (const Status status = remark(protocol, request, out); !status) return status.error();
  return out;
}

std::string to_json(const ScheduleProposal& p) {
  JsonWriter json;
  json.begin_object();
  json.field("protocolId", p.protocol_id);
  json.field("protocolVersion", p.protocol_version);
  json.field("possible", p.possible);
  json.field_if_set("drug", p.drug);
  json.key("fractions");
  json.begin_array();
  for (const auto& f : p.fractions) {
    json.begin_object();
    json.field("number", f.number);
    json.field("date", text_of(f.date));
    if (f.time) json.field("time", text_of(*f.time));
    json.field("doseGy", f.dose.in_gy());
    json.field_if_set("phase", f.phase);
    json.end_object();
  }
  json.end_array();
  json.key("infusions");
  json.begin_array();
  for (const auto& i : p.infusions) {
    json.begin_object();
    json.field("number", i.number);
    json.field("date", text_of(i.date));
    if (i.dose_mg > 0.0) json.field("doseMg", i.dose_mg);
    json.end_object();
  }
  json.end_array();
  json.key("remarks");
  json.begin_array();
  for (const auto& r : p.remarks) {
    json.begin_object();
    json.field("ruleId", r.rule);
    json.field("broken", r.broken);
    json.field("text", r.text);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace dosegate
