#include "adapters/present/view.h"

#include <algorithm>
#include <cmath>

#include "adapters/present/listing.h"
#include "adapters/present/number.h"
#include "adapters/present/says.h"
#include "adapters/present/sentences.h"
#include "adapters/present/words.h"

namespace dosegate::present {
namespace {

using dosegate::v1::Finding;
using dosegate::v1::Report;

constexpr std::size_t kMostHeadlines = 3;

Status status_of(const Finding& f) {
  switch (f.status()) {
    case Finding::PASS:
      return f.has_value() && !f.has_limit() && !f.metric().empty() ? Status::kInformation : Status::kPassed;
    case Finding::WARNING:
      return Status::kNear;
    case Finding::DEVIATION:
      return f.mandatory() ? Status::kBroken : Status::kNear;
    case Finding::INDETERMINATE:
      return Status::kUndecided;
    case Finding::PENDING:
      return Status::kPending;
    default:
      return Status::kNotKnown;
  }
}

template <typename... Ids>
bool opens_with(const SentenceSpan& sentences, Ids... ids) {
  return sentences.size() >= 2 && says(*sentences.front(), ids...);
}

// What the same sentences have in common, whatever the language.
std::string identity_of(const SentenceSpan& sentences) {
  std::string text;
  for (const dosegate::v1::Sentence* s : sentences) text += s->SerializeAsString() + '\n';
  return text;
}

// What was found: the whole, without what the row says already, and parted into what cannot be said and why.
void say_message(const Finding& f, Language language, Row& row) {
  row.message = in_words_or(f.message_sentences(), language, f.message());
  row.hint = in_words_or(f.hint_sentences(), language, f.hint());
  row.reason = row.cause = row.message;
  row.same = f.message();
  SentenceSpan left = all_of(f.message_sentences());
  // "Stomach: V45Gy[%] cannot be evaluated."
  if (opens_with(left, Said::kCannotBeEvaluated)) left.erase(left.begin());
  const auto reason = in_words(left, language);
  if (left.empty() || !reason) {
    row.same += '\0' + f.hint();
    return;
  }
  row.reason = row.cause = *reason;
  if (opens_with(left, Said::kMarginCannotBeVerified, Said::kContainmentCannotBeVerified)) {
    row.what = in_words({left.front()}, language).value_or("");
    left.erase(left.begin());
    // "CTV: no ROI stands for CTV": the name once.
    if (left.size() == 1 && says(*left.front(), Said::kOfRole) && left.front()->arguments_size() == 2) {
      const SentenceSpan why = all_of(left.front()->arguments(1).sentences().sentences());
      const std::string& role = left.front()->arguments(0).text();
      const auto text = in_words(why, language);
      if (text && text->find(role) != std::string::npos && role.find(' ') == std::string::npos) left = why;
    }
    row.cause = in_words(left, language).value_or(row.reason);
  }
  row.same = identity_of(left) + '\0' + identity_of(all_of(f.hint_sentences()));
}

std::string room_of(const Finding& f, Status status) {
  switch (status) {
    case Status::kBroken:
      return margin_text(f, Margin::kExcess);
    case Status::kUndecided:
    case Status::kNear:
      return margin_text(f, f.status() == Finding::DEVIATION ? Margin::kExcess : Margin::kRoom);
    case Status::kPassed:
    case Status::kInformation:
      return margin_text(f, Margin::kRoomInBrief);
    case Status::kNotKnown:
    case Status::kPending:
      break;
  }
  return "";
}

Row row_of(const Finding& f, Language language) {
  Row row;
  row.finding = &f;
  row.status = status_of(f);
  row.rule = rule_text(f);
  row.structure = structure_text(f);
  row.metric = f.metric();
  row.value = value_text(f);
  row.interval = interval_text(f, language);
  row.limit = limit_text(f);
  row.room = room_of(f, row.status);
  say_message(f, language, row);
  if (f.has_location()) row.place = place_text(f, language);
  if (!f.mandatory() && f.status() != Finding::NOT_EVALUABLE && f.status() != Finding::PENDING) {
    row.advisory = say(Text::kAdvisory, language);
  }
  row.used = share_of_limit(f);
  // A pass rate says nothing without what was compared.
  const bool is_rate = std::any_of(f.message_sentences().begin(), f.message_sentences().end(),
                                   [](const v1::Sentence& said) { return says(said, Said::kGammaMeasured); });
  row.needs_reason = (f.metric().empty() && !f.has_limit() && !f.message().empty()) || is_rate;
  return row;
}

void find_causes(Group& group) {
  for (std::size_t i = 0; i < group.rows.size(); ++i) {
    const Row& row = group.rows[i];
    const auto same = std::find_if(group.causes.begin(), group.causes.end(), [&](const auto& cause) {
      const Row& first = group.rows[cause.front()];
      return first.same == row.same;
    });
    if (same != group.causes.end()) {
      same->push_back(i);
    } else {
      group.causes.push_back({i});
    }
  }
}

Text title_of(Status status) {
  constexpr Text kTitles[] = {Text::kBrokenRules, Text::kNotEvaluated, Text::kTooClose,      Text::kWarnings,
                              Text::kPending,     Text::kPassed,       Text::kForInformation};
  return kTitles[static_cast<std::size_t>(status)];
}

Text room_heading_of(Status status) {
  switch (status) {
    case Status::kBroken:
      return Text::kBeyondBy;
    case Status::kUndecided:
    case Status::kNear:
      return Text::kDistance;
    default:
      return Text::kRoomLeft;
  }
}

std::string verdict_word(Report::Verdict verdict, Language language) {
  switch (verdict) {
    case Report::PASS:
      return say(Text::kVerdictPass, language);
    case Report::FAIL:
      return say(Text::kVerdictFail, language);
    case Report::INCOMPLETE:
      return say(Text::kVerdictIncomplete, language);
    default:
      return say(Text::kVerdictNone, language);
  }
}

Text approval_of(Report::Verdict verdict) {
  switch (verdict) {
    case Report::PASS:
      return Text::kMayBeApproved;
    case Report::FAIL:
      return Text::kMayNotBeApproved;
    default:
      return Text::kMayNotBeApprovedYet;
  }
}

std::string as_sentence(const std::string& text, Language language) {
  return text.ends_with('.') || text.ends_with("。") ? text : say(Text::kSentence, language, {text});
}

std::string summary_of(const View& v) {
  std::string summary;
  const auto add = [&](Status status, Text text) {
    const std::size_t n = v.group(status).rows.size();
    if (n == 0) return;
    const std::string part = say_count(text, v.language, n);
    summary = summary.empty() ? part : say(Text::kComma, v.language, {summary, part});
  };
  const auto& open = v.group(Status::kNotKnown).rows;
  const bool decides = std::any_of(open.begin(), open.end(), [](const Row& r) { return r.finding->mandatory(); });
  add(Status::kBroken, Text::kCountBroken);
  add(Status::kNotKnown, decides ? Text::kCountNotEvaluated : Text::kCountNotEvaluatedAdvisory);
  add(Status::kUndecided, Text::kCountTooClose);
  add(Status::kPending, Text::kCountPending);
  add(Status::kNear, Text::kCountWarnings);
  add(Status::kPassed, Text::kCountPassed);
  return summary.empty() ? say(Text::kNothingEvaluated, v.language) : say(Text::kSentence, v.language, {summary});
}

// What is broken or near, by the share of its limit that is used, largest first; what has no such share comes last.
std::vector<Headline> rows_by_share(const View& v, Status status) {
  std::vector<Headline> found;
  for (std::size_t i = 0; i < v.group(status).rows.size(); ++i) found.push_back({status, i, 1});
  std::stable_sort(found.begin(), found.end(), [&](const Headline& a, const Headline& b) {
    const auto share = [&](const Headline& h) { return v.row(h).used ? v.row(h).used->value : 0.0; };
    return share(a) > share(b);
  });
  return found;
}

// What decides comes before what is advisory, and what more rules hang on before what fewer do.
std::vector<Headline> causes_by_weight(const View& v, Status status) {
  std::vector<Headline> found;
  for (const auto& cause : v.group(status).causes) found.push_back({status, cause.front(), cause.size()});
  std::stable_sort(found.begin(), found.end(), [&](const Headline& a, const Headline& b) {
    const bool first = v.row(a).finding->mandatory(), second = v.row(b).finding->mandatory();
    return first != second ? first : a.rules > b.rules;
  });
  return found;
}

void find_headlines(View& v) {
  for (const auto& found : {rows_by_share(v, Status::kBroken), causes_by_weight(v, Status::kNotKnown),
                            rows_by_share(v, Status::kUndecided), rows_by_share(v, Status::kNear)}) {
    v.headlines.insert(v.headlines.end(), found.begin(), found.end());
  }
  if (v.headlines.size() > kMostHeadlines) v.headlines.resize(kMostHeadlines);
}

void describe_dose(View& v, const Report& report) {
  if (report.has_prescription()) {
    const auto& p = report.prescription();
    v.prescription_lines.push_back(p.has_total_dose_gy() ? say(Text::kPrescribedTo, v.language,
                                                               {with_unit(fixed(p.total_dose_gy()), "Gy"), p.role(),
                                                                in_words_or(p.how_sentences(), v.language, p.how())})
                                                         : in_words_or(p.problem_sentences(), v.language, p.problem()));
  }
  if (!report.has_dose()) return;
  const auto& d = report.dose();
  if (!d.reading().empty()) v.dose_lines.push_back(in_words_or(d.reading_sentences(), v.language, d.reading()));
  if (d.has_maximum_gy()) {
    v.dose_lines.push_back(say(Text::kLargestDose, v.language, {with_unit(fixed(d.maximum_gy()), "Gy")}));
  }
  if (d.has_scale_factor() && d.scale_factor() != 1.0) {
    v.dose_lines.push_back(say(Text::kMultipliedBy, v.language, {shortest(d.scale_factor())}));
  }
}

Deviation deviation_of(const v1::ProtocolDeviation& d, const Report& report, Language language) {
  using State = v1::ProtocolDeviation;
  const Text says = d.state() == State::ACCEPTED  ? Text::kDeviationAccepted
                    : d.state() == State::AWAITED ? Text::kDeviationAwaited
                    : d.state() == State::VOID    ? Text::kDeviationVoid
                                                  : Text::kDeviationUnverified;
  constexpr std::size_t kDay = sizeof "2026-11-30" - 1;
  Deviation made{
      &d, d.rule_id(), say(says, language, {d.person(), d.role(), d.expires().substr(0, kDay), d.reason()}), {}};
  for (const Finding& f : report.findings()) {
    if (f.rule_id() == d.rule_id()) made.rule = rule_text(f);
  }
  if (!d.why().empty()) made.why = say(Text::kBecause, language, {d.why()});
  return made;
}

}  // namespace

Status status_of(Report::Verdict verdict) {
  switch (verdict) {
    case Report::PASS:
      return Status::kPassed;
    case Report::FAIL:
      return Status::kBroken;
    default:
      return Status::kNotKnown;
  }
}

Text word_of(Status status) {
  constexpr Text kWords[] = {Text::kWordBroken,  Text::kWordNotKnown, Text::kWordUndecided,  Text::kWordNear,
                             Text::kWordPending, Text::kWordPassed,   Text::kWordInformation};
  return kWords[static_cast<std::size_t>(status)];
}

Text word_of(Report::Verdict verdict) {
  switch (verdict) {
    case Report::PASS:
      return Text::kPassWord;
    case Report::FAIL:
      return Text::kFailWord;
    case Report::INCOMPLETE:
      return Text::kIncompleteWord;
    default:
      return Text::kNoVerdictWord;
  }
}

std::string headline_text(const View& view, const Headline& headline) {
  const Row& row = view.row(headline);
  const Language language = view.language;
  if (!row.value.empty() && !row.limit.empty() && !row.metric.empty()) {
    const std::string metric = row.metric.substr(0, row.metric.find('['));
    const std::string text = say(Text::kHeadlineValue, language, {row.structure, metric, row.value, row.limit});
    if (row.room.empty()) return text;
    const std::string room = say(Text::kLabelled, language, {view.group(row.status).room_heading, row.room});
    return text + " " + as_sentence(room, language);
  }
  std::string text = row.status == Status::kNotKnown ? row.cause : row.reason;
  capitalise(text);
  text = as_sentence(text, language);
  return headline.rules > 1 ? text + " " + say_count(Text::kHangOnIt, language, headline.rules) : text;
}

std::string rule_text(const Finding& f) {
  if (f.clause().empty() || f.rule_id().rfind(f.clause(), 0) == 0) return f.rule_id();
  return f.rule_id() + " (" + f.clause() + ")";
}

std::optional<Share> share_of_limit(const Finding& f) {
  if (!f.has_value() || !f.has_limit()) return std::nullopt;
  const double limit = f.limit();
  // A volume in %, or a rate: never more than 100.
  const bool is_part_of_all = f.unit() == "%" && (f.metric().starts_with("V") || f.metric().empty());
  const auto share = [&](double x) -> double {
    switch (f.comparator()) {
      case v1::LT:
      case v1::LE:
        return x / limit;
      case v1::GT:
      case v1::GE:
        return is_part_of_all ? (100.0 - x) / (100.0 - limit) : limit / x;
      default:
        return std::nan("");
    }
  };
  Share s;
  s.value = share(f.value());
  const double a = f.has_lower() ? share(f.lower()) : s.value, b = f.has_upper() ? share(f.upper()) : s.value;
  s.lower = std::min({a, b, s.value});
  s.upper = std::max({a, b, s.value});
  if (!std::isfinite(s.value) || !std::isfinite(a) || !std::isfinite(b) || s.lower < 0.0) return std::nullopt;
  return s;
}

bool Group::is_rules_alone(const std::vector<std::size_t>& cause) const {
  return std::all_of(cause.begin(), cause.end(), [&](std::size_t i) {
    const Row& r = rows[i];
    return r.structure.empty() && r.metric.empty() && r.value.empty() && r.limit.empty();
  });
}

View make_view(const Report& report, const v1::Plan& plan, const std::string& protocol_title, Language language) {
  View v;
  v.language = language;
  v.report = &report;
  v.verdict = verdict_word(report.verdict(), language);
  v.plan_label = plan.label().empty() ? plan.name() : plan.label();
  v.prescription = prescription_text(plan, language);
  const std::string named =
      v.plan_label.empty() ? say(Text::kPlanWithoutLabel, language) : say(Text::kPlanNamed, language, {v.plan_label});
  v.plan = say(Text::kComma, language, {named, v.prescription});
  v.protocol_title = protocol_title;
  v.protocol = say(Text::kProtocolVersion, language, {report.protocol().id(), report.protocol().version()});
  if (!protocol_title.empty()) v.protocol = say(Text::kLabelled, language, {v.protocol, protocol_title});

  for (std::size_t i = 0; i < kStatuses; ++i) {
    Group& group = v.groups[i];
    group.status = static_cast<Status>(i);
    group.title = say(title_of(group.status), language);
    group.room_heading = say(room_heading_of(group.status), language);
  }
  for (const Finding& f : report.findings()) {
    Row row = row_of(f, language);
    v.groups[static_cast<std::size_t>(row.status)].rows.push_back(std::move(row));
  }
  for (const auto& d : report.protocol_deviations()) v.deviations.push_back(deviation_of(d, report, language));
  for (Group& group : v.groups) find_causes(group);
  v.summary = summary_of(v);
  v.approval = say(approval_of(report.verdict()), language);
  find_headlines(v);
  describe_dose(v, report);
  v.note_lines = notes_in_words(report, language);
  v.solids = solids_text(report.between_slices(), language);
  if (!report.engine_version().empty()) v.engine = say(Text::kEngine, language, {report.engine_version()});
  return v;
}

}  // namespace dosegate::present
