#include "core/record/contradictions_of_findings.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/record/events.h"
#include "core/record/lab_units.h"

namespace dosegate {
namespace {

using Gravity = Contradiction::Gravity;

std::string veins_of(const Staging& s) {
  const auto digit = [](const auto& v) { return v ? std::to_string(static_cast<int>(*v) - 1) : std::string("?"); };
  return "Vp" + digit(s.vp) + ", Vv" + digit(s.vv);
}

// What of EL-3's ways the veins rule out; empty: nothing. A: tumour and thrombus on one side, which neither the main
// trunk nor the inferior vena cava is. B: thrombus to the bifurcation, which it reaches from a first-order branch on.
// C: thrombus in a hepatic vein or the inferior vena cava.
std::optional<Message> why_not(R0Way way, const Staging& s) {
  switch (way) {
    case R0Way::kSameSide:
      if (s.vp == PortalVein::kVp4) return say<Said::kVpMainTrunk>();
      if (s.vv == HepaticVein::kVv3) return say<Said::kVvVenaCava>();
      return {};
    case R0Way::kVascularResection:
      if (s.vp && *s.vp < PortalVein::kVp3) return say<Said::kBifurcationFree>();
      return {};
    case R0Way::kBloodFlowOcclusion:
      if (s.vv == HepaticVein::kVv0) return say<Said::kVvNone>();
      return {};
    case R0Way::kNotAchievable:
      return {};
  }
  return {};
}

Message words_of(R0Way way) {
  switch (way) {
    case R0Way::kSameSide:
      return say<Said::kWayA>();
    case R0Way::kVascularResection:
      return say<Said::kWayB>();
    case R0Way::kBloodFlowOcclusion:
      return say<Said::kWayC>();
    case R0Way::kNotAchievable:
      break;
  }
  return say<Said::kWayNone>();
}

class Findings {
 public:
  Findings(const Record& record, const std::set<std::string>& drugs, std::optional<Day> today,
           std::vector<Contradiction>& out)
      : record_(record), treatment_(first_treatment(record, drugs, today)), out_(out) {
    for (const Staging& s : record.staging) {
      if (s.date) stagings_.emplace(*s.date, &s);
    }
  }

  void run() {
    stagings();
    resectability();
    child_pugh();
    responses();
    operated_nevertheless();
    events();
  }

 private:
  void add(std::vector<Topic> topics, Gravity gravity, Message text) {
    out_.push_back({std::move(topics), gravity, std::move(text)});
  }

  void stagings() {
    if (stagings_.empty()) return;
    const Staging& first = *stagings_.begin()->second;
    if (treatment_ && *first.date > treatment_->date) {
      add({Topic::kBaseline, Topic::kInvasion}, Gravity::kImpossible,
          say<Said::kStagingAfterTreatment>(*first.date, treatment_->text));
    }
    const Staging* before = nullptr;
    for (const auto& [date, s] : stagings_) {
      const auto differ = [](const auto& a, const auto& b) { return a && b && *a != *b; };
      if (before != nullptr && before->date == s->date && (differ(before->vp, s->vp) || differ(before->vv, s->vv))) {
        std::vector<Topic> topics = {Topic::kStaging, Topic::kInvasion};
        if (date == *first.date) topics.push_back(Topic::kBaseline);
        add(std::move(topics), Gravity::kImpossible,
            say<Said::kTwoStagingsDiffer>(date, veins_of(*before), veins_of(*s)));
      }
      before = s;
    }
  }

  // The latest staging up to `date`; without one up to it, or without a date, the earliest.
  const Staging* staging_at(std::optional<Day> date) const {
    if (stagings_.empty()) return nullptr;
    if (!date) return stagings_.begin()->second;
    auto after = stagings_.upper_bound(*date);
    return after == stagings_.begin() ? after->second : std::prev(after)->second;
  }

  void check_way(const Resectability& r, std::optional<Day> judged, Topic topic) {
    const Staging* staging = staging_at(judged);
    if (!r.r0_way || staging == nullptr) return;
    const std::optional<Message> why = why_not(*r.r0_way, *staging);
    if (!why) return;
    // One staging is of the judgement's own day, or is all that there is before it.
    const bool later = judged && *staging->date > *judged;
    const Message way = words_of(*r.r0_way);
    add({topic}, later ? Gravity::kUnlikely : Gravity::kImpossible,
        topic == Topic::kAssessment && judged
            ? say<Said::kR0OfAssessment>(*judged, way, *staging->date, veins_of(*staging), *why)
            : say<Said::kR0AtEnrolment>(way, *staging->date, veins_of(*staging), *why));
  }
  void resectability() {
    if (const auto& e = record_.eligibility; e && e->resectability) {
      check_way(*e->resectability, e->date, Topic::kResectability);
    }
    for (const ResponseAssessment& r : record_.responses) {
      if (r.date && r.resectability) {
        check_way(*r.resectability, r.date, Topic::kAssessment);
      }
    }
  }

  // Pugh et al., Br J Surg 60 (1973) 646: 1 to 3 points each for bilirubin, albumin, clotting, ascites, encephalopathy;
  // A 5 to 6, B 7 to 9, C 10 and more. What is not known may be 1 or 3.
  void child_pugh() {
    const auto& e = record_.eligibility;
    if (!e || !e->resectability || !e->resectability->child_pugh) return;
    struct Part {
      Analyte analyte;
      double two, three;  // from these on 2, above these 3 points; of albumin below
      const char* unit;
      Message name;
    };
    // Bilirubin 2 and 3 mg/dL, albumin 3.5 and 2.8 g/dL, INR 1.7 and 2.3.
    const Part parts[] = {{Analyte::kTotalBilirubin, 2.0, 3.0, "mg/dL", say<Said::kTotalBilirubin>()},
                          {Analyte::kAlbumin, 3.5, 2.8, "g/dL", say<Said::kAlbumin>()},
                          {Analyte::kInr, 1.7, 2.3, "1", say<Said::kInr>()}};
    int least = 2, most = 6;  // of ascites and encephalopathy
    Listing values;
    values.join = Join::kComma;
    for (const Part& part : parts) {
      const auto value = latest_of(part.analyte, part.unit);
      if (!value) {
        least += 1, most += 3;
        continue;
      }
      // Where tables differ by a little (INR 2.2 or 2.3) either number of points is possible.
      const double near = 0.06;
      const bool falls = part.analyte == Analyte::kAlbumin;
      const auto points = [&](double shift) {
        const double v = falls ? *value * (1.0 - shift) : *value * (1.0 + shift);
        return falls ? (v > part.two ? 1 : v >= part.three ? 2 : 3) : (v < part.two ? 1 : v <= part.three ? 2 : 3);
      };
      least += points(-near), most += points(near);
      values.items.emplace_back(part.name);
    }
    const ChildPugh stated = *e->resectability->child_pugh;
    const int from = stated == ChildPugh::kA ? 5 : stated == ChildPugh::kB ? 7 : 10;
    const int to = stated == ChildPugh::kA ? 6 : stated == ChildPugh::kB ? 9 : 15;
    if (values.items.empty() || (least <= to && most >= from)) return;
    const char letter = stated == ChildPugh::kA ? 'A' : stated == ChildPugh::kB ? 'B' : 'C';
    add({Topic::kChildPugh}, Gravity::kUnlikely,
        say<Said::kChildPughPoints>(std::string(1, letter), from, to, std::move(values), least, most));
  }
  // The latest sample up to enrolment, in `unit`.
  std::optional<double> latest_of(Analyte analyte, const char* unit) const {
    const auto& enrolled = record_.eligibility->date;
    const double one = lab_value(analyte, 1.0, unit).value_or(1.0);
    std::optional<double> found;
    std::optional<Day> when;
    for (const LabResult& lab : record_.labs) {
      if (lab.analyte != analyte || !lab.date || !lab.value || (enrolled && *lab.date > *enrolled)) continue;
      const auto value = lab_value(analyte, *lab.value, lab.unit);
      if (!value || (when && *when > *lab.date)) continue;
      found = *value / one, when = lab.date;
    }
    return found;
  }

  void responses() {
    std::vector<const ResponseAssessment*> all;
    for (const ResponseAssessment& r : record_.responses) {
      if (!r.date || !r.recist) continue;
      all.push_back(&r);
      if (r.resectability && r.resectability->extrahepatic_metastasis == true && *r.recist != Recist::kPd) {
        add({Topic::kResponse, Topic::kAssessment}, Gravity::kUnlikely,
            say<Said::kNewLesion>(*r.date, name_of(*r.recist)));
      }
    }
    std::stable_sort(all.begin(), all.end(), [](const auto* a, const auto* b) {
      return std::tie(*a->date, *a->recist) < std::tie(*b->date, *b->recist);
    });
    const ResponseAssessment* complete = nullptr;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const ResponseAssessment& r = *all[i];
      if (i > 0 && all[i - 1]->date == r.date && all[i - 1]->recist != r.recist) {
        add({Topic::kResponse, Topic::kAssessment}, Gravity::kImpossible,
            say<Said::kTwoAssessmentsDiffer>(*r.date, name_of(*all[i - 1]->recist), name_of(*r.recist)));
      } else if (complete != nullptr && (*r.recist == Recist::kPr || *r.recist == Recist::kSd)) {
        add({Topic::kResponse}, Gravity::kUnlikely,
            say<Said::kAfterComplete>(*r.date, name_of(*r.recist), *complete->date));
      }
      if (*r.recist == Recist::kCr && complete == nullptr) complete = &r;
    }
  }
  static std::string name_of(Recist r) {
    constexpr const char* kNames[] = {"CR", "PR", "SD", "PD"};
    return kNames[static_cast<int>(r) - 1];
  }

  void operated_nevertheless() {
    const auto operated = operation_day(record_);
    if (!operated) return;
    const ResponseAssessment* last = nullptr;
    for (const ResponseAssessment& r : record_.responses) {
      if (r.date && *r.date <= *operated && r.resectability && (last == nullptr || *r.date >= *last->date)) last = &r;
    }
    if (last == nullptr) return;
    const Resectability& r = *last->resectability;
    const auto despite = [&](bool is_so, Message text) {
      if (is_so) add({Topic::kAssessment}, Gravity::kUnlikely, std::move(text));
    };
    despite(r.extrahepatic_metastasis == true, say<Said::kOperatedDespiteMetastasis>(*operated, *last->date));
    despite(r.remnant_liver_enough == false, say<Said::kOperatedDespiteLiver>(*operated, *last->date));
    despite(r.child_pugh == ChildPugh::kC, say<Said::kOperatedDespiteChildPugh>(*operated, *last->date));
    despite(r.r0_way == R0Way::kNotAchievable, say<Said::kOperatedDespiteR0>(*operated, *last->date));
  }

  void events() {
    std::map<std::pair<Day, std::string>, std::int32_t> grades;
    for (const AdverseEvent& e : record_.adverse_events) {
      if (!e.date || e.term.empty() || !e.grade) continue;
      const auto [at, is_new] = grades.emplace(std::pair(*e.date, drug_name(e.term)), *e.grade);
      if (is_new || at->second == *e.grade) continue;
      add({Topic::kEvents}, Gravity::kUnlikely, say<Said::kTwoGradesDiffer>(*e.date, at->second, *e.grade));
    }
  }

  const Record& record_;
  std::optional<TimedEvent> treatment_;
  std::multimap<Day, const Staging*> stagings_;
  std::vector<Contradiction>& out_;
};

}  // namespace

void findings_that_contradict(const Record& record, const std::set<std::string>& drugs, std::optional<Day> today,
                              std::vector<Contradiction>& out) {
  Findings(record, drugs, today, out).run();
}

}  // namespace dosegate
