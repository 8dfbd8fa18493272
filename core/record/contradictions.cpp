#include "core/record/contradictions.h"

#include <algorithm>

#include "core/record/contradictions_of_findings.h"
#include "core/record/events.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

using Gravity = Contradiction::Gravity;

// The order of what took place.
class Order {
 public:
  Order(const Record& record, const std::set<std::string>& drugs, std::optional<Day> today,
        std::vector<Contradiction>& out)
      : record_(record),
        drugs_(drugs),
        today_(today),
        first_fraction_(first_fraction(record, today)),
        last_fraction_(last_fraction(record, today)),
        treatment_(first_treatment(record, drugs, today)),
        operated_(operation_day(record)),
        out_(out) {
    if (record.eligibility) enrolled_ = record.eligibility->date;
    if (record.simulation) simulated_ = record.simulation->date;
  }

  void run() {
    after_the_check();
    enrolment();
    earlier_therapy();
    simulation();
    measurement();
    fractions();
    therapy();
    surgery();
    imaging();
    assessments();
    events();
  }

 private:
  void add(std::vector<Topic> topics, Gravity gravity, Message text) {
    out_.push_back({std::move(topics), gravity, std::move(text)});
  }
  void impossible(std::vector<Topic> topics, Message text) {
    add(std::move(topics), Gravity::kImpossible, std::move(text));
  }
  void unlikely(std::vector<Topic> topics, Message text) {
    add(std::move(topics), Gravity::kUnlikely, std::move(text));
  }

  // Fractions, infusions and gamma results that lie there are said by their own rules.
  void after_the_check() {
    if (!today_) return;
    const auto look = [&](const std::optional<Day>& date, Topic topic, Message what) {
      if (date && *date > *today_) unlikely({topic}, say<Said::kAfterThisCheck>(std::move(what), *date, *today_));
    };
    look(enrolled_, Topic::kEnrolment, say<Said::kTheEnrolment>());
    look(simulated_, Topic::kSimulation, say<Said::kTheSimulation>());
    for (const Staging& s : record_.staging) look(s.date, Topic::kStaging, say<Said::kAStaging>());
    for (const ImagingStudy& s : record_.imaging) look(s.date, Topic::kImaging, say<Said::kAnImagingStudy>());
    for (const ResponseAssessment& r : record_.responses) look(r.date, Topic::kAssessment, say<Said::kAnAssessment>());
    if (record_.surgery && record_.surgery->performed == true) {
      look(operated_, Topic::kSurgery, say<Said::kTheSurgeryPerformed>());
    }
    if (record_.surgery) {
      for (const Complication& c : record_.surgery->complications) {
        look(c.date, Topic::kEvents, say<Said::kAComplication>());
      }
    }
    for (const AdverseEvent& e : record_.adverse_events) look(e.date, Topic::kEvents, say<Said::kAnAdverseEvent>());
  }

  void enrolment() {
    if (!enrolled_ || !treatment_ || *enrolled_ <= treatment_->date) return;
    impossible({Topic::kEnrolment}, say<Said::kEnrolmentAfterTreatment>(*enrolled_, treatment_->text));
  }

  void earlier_therapy() {
    if (!enrolled_ || !record_.eligibility || record_.eligibility->treatment_naive != true) return;
    for (const Infusion& i : record_.infusions) {
      if (!i.date || *i.date >= *enrolled_ || was_given(i, today_) != Given::kYes) continue;
      impossible({Topic::kEnrolment}, say<Said::kTreatedBeforeEnrolment>(*enrolled_, i.drug, *i.date));
    }
  }

  void simulation() {
    if (!simulated_) return;
    const auto late = [&](Message event) { return say<Said::kSimulationLate>(*simulated_, std::move(event)); };
    if (first_fraction_ && *simulated_ > *first_fraction_) {
      impossible({Topic::kSimulation}, late(say<Said::kFirstFractionOn>(*first_fraction_)));
    } else if (first_fraction_ && *simulated_ == *first_fraction_ && later_on_the_day()) {
      impossible({Topic::kSimulation},
                 say<Said::kSimulationLateThatDay>(*simulated_, text_of(*record_.simulation->time)));
    } else if (!first_fraction_ && operated_ && *simulated_ > *operated_) {
      impossible({Topic::kSimulation}, late(say<Said::kSurgeryOn>(*operated_)));
    } else if (!first_fraction_) {
      std::optional<Day> planned;
      for (const PlannedFraction& f : record_.planned_fractions) {
        if (f.date && (!planned || *f.date < *planned)) planned = f.date;
      }
      if (planned && *simulated_ > *planned) {
        impossible({Topic::kSimulation}, late(say<Said::kFirstFractionPlannedFor>(*planned)));
      }
    }
    if (enrolled_ && *simulated_ < *enrolled_) {
      unlikely({Topic::kSimulation}, say<Said::kSimulationBeforeEnrolment>(*simulated_, *enrolled_));
    }
  }
  bool later_on_the_day() const {
    const auto& time = record_.simulation->time;
    return time && std::any_of(record_.delivered_fractions.begin(), record_.delivered_fractions.end(),
                               [&](const DeliveredFraction& f) {
                                 return f.date == simulated_ && f.time &&
                                        f.time->since_midnight <= time->since_midnight && took_place(f);
                               });
  }

  void measurement() {
    std::optional<Day> first, last;
    for (const GammaResult& g : record_.gamma_results) {
      if (!g.date) continue;
      if (!first || *g.date < *first) first = g.date;
      if (!last || *g.date > *last) last = g.date;
    }
    if (!first) return;
    if (simulated_ && *first < *simulated_) {
      // A later one is of the plan; the earlier one then belongs to another.
      add({Topic::kMeasurement}, *last < *simulated_ ? Gravity::kImpossible : Gravity::kUnlikely,
          say<Said::kGammaBeforeSimulation>(*first, *simulated_));
    }
    if (first_fraction_ && *first > *first_fraction_ && !(today_ && *first > *today_)) {
      unlikely({Topic::kMeasurement}, *first > *last_fraction_
                                          ? say<Said::kMeasuredAfterLast>(*first, *first_fraction_, *last_fraction_)
                                          : say<Said::kMeasuredLate>(*first, *first_fraction_));
    }
  }

  void fractions() {
    for (const DeliveredFraction& f : record_.delivered_fractions) {
      if (f.dose && f.dose->in_gy() > 0.0 && f.monitor_units == 0.0) {
        const Prose which = f.number && f.date ? say<Said::kWhichNumberAndDay>(*f.number, *f.date)
                            : f.number         ? say<Said::kWhichNumber>(*f.number)
                            : f.date           ? Prose(say<Said::kWhichDay>(*f.date))
                                               : Prose();
        unlikely({Topic::kFractions}, say<Said::kDoseWithoutUnits>(which));
      }
    }
    if (!operated_) return;
    std::set<std::int32_t> given;
    for (const DeliveredFraction& f : record_.delivered_fractions) {
      if (f.number && took_place(f)) given.insert(*f.number);
    }
    for (const PlannedFraction& f : record_.planned_fractions) {
      if (!f.date || *f.date <= *operated_ || (f.number && given.count(*f.number) > 0)) continue;
      return unlikely({Topic::kFractions, Topic::kSurgery}, say<Said::kPlannedAfterSurgery>(*f.date, *operated_));
    }
  }

  // After surgery therapy lasts until progression [SY-3].
  void after_progression() {
    if (!operated_) return;
    std::optional<Day> progressed;
    for (const ResponseAssessment& r : record_.responses) {
      if (r.recist != Recist::kPd || !r.date || *r.date <= *operated_) continue;
      if (!progressed || *r.date < *progressed) progressed = r.date;
    }
    if (!progressed) return;
    std::size_t count = 0;
    const Infusion* given = nullptr;
    for (const Infusion& i : record_.infusions) {
      if (!i.date || *i.date <= *progressed || was_given(i, today_) == Given::kNo) continue;
      if (!drugs_.empty() && drugs_.count(drug_name(i.drug)) == 0) continue;
      ++count;
      if (given == nullptr || *i.date > *given->date) given = &i;
    }
    if (given == nullptr) return;
    const Argument drug = given->drug.empty() ? Argument(say<Said::kUnnamedDrug>()) : Argument(given->drug);
    unlikely({Topic::kTherapy}, say<Said::kTreatedAfterProgression>(*progressed, drug, count, *given->date));
  }

  void therapy() {
    after_progression();
    if (!record_.systemic_stop || !record_.systemic_stop->date) return;
    const Day stop = *record_.systemic_stop->date;
    for (const Infusion& i : record_.infusions) {
      if (!i.date || *i.date <= stop || was_given(i, today_) == Given::kNo) continue;
      if (!drugs_.empty() && drugs_.count(drug_name(i.drug)) == 0) continue;
      const Argument drug = i.drug.empty() ? Argument(say<Said::kUnnamedDrug>()) : Argument(i.drug);
      return impossible({Topic::kTherapy}, say<Said::kInfusionAfterStop>(drug, *i.date, stop));
    }
  }

  void surgery() {
    if (!record_.surgery) return;
    const Surgery& s = *record_.surgery;
    if (s.performed == false) {
      const bool found = s.margin || s.viable_tumour_percent;
      if (found || !s.complications.empty()) {
        impossible({Topic::kSurgery, Topic::kSpecimen, Topic::kEvents},
                   found ? say<Said::kSpecimenWithoutSurgery>() : say<Said::kComplicationsWithoutSurgery>());
      }
      return;
    }
    if (!operated_) return;
    if (!s.performed && !(today_ && *operated_ > *today_)) {
      impossible({Topic::kSurgery, Topic::kSpecimen}, say<Said::kSurgeryInPast>(*operated_));
    }
    if (last_fraction_ && *operated_ <= *last_fraction_) {
      impossible({Topic::kSurgery}, say<Said::kSurgeryBeforeLastFraction>(*operated_, *last_fraction_));
    } else if (enrolled_ && *operated_ < *enrolled_) {
      impossible({Topic::kSurgery}, say<Said::kSurgeryBeforeEnrolment>(*operated_, *enrolled_));
    }
    if (s.viable_tumour_percent == 0.0 && s.margin && *s.margin != SurgicalMargin::kR0) {
      impossible({Topic::kSpecimen}, say<Said::kTumourAtMargin>(*s.margin == SurgicalMargin::kR1 ? "R1" : "R2"));
    }
  }

  void imaging() {
    std::optional<Day> infusion;
    for (const Infusion& i : record_.infusions) {
      const bool counts = drugs_.empty() || drugs_.count(drug_name(i.drug)) > 0;
      if (i.date && counts && was_given(i, today_) != Given::kNo && (!infusion || *i.date < *infusion)) {
        infusion = i.date;
      }
    }
    for (const ImagingStudy& s : record_.imaging) {
      if (!s.date || !s.purpose) continue;
      if (*s.purpose == ImagingPurpose::kBaseline && treatment_ && *s.date > treatment_->date) {
        unlikely({Topic::kImaging}, say<Said::kBaselineImagesLate>(*s.date, treatment_->text));
      } else if (*s.purpose == ImagingPurpose::kAfterCycles && infusion && *s.date <= *infusion) {
        unlikely({Topic::kImaging}, say<Said::kCycleImagesEarly>(*s.date, *infusion));
      } else if (*s.purpose == ImagingPurpose::kFollowUp && operated_ && *s.date <= *operated_) {
        unlikely({Topic::kImaging}, say<Said::kFollowUpEarly>(*s.date, *operated_));
      }
    }
  }

  void assessments() {
    std::optional<Day> first;
    for (const ResponseAssessment& r : record_.responses) {
      if (!r.date) continue;
      if (!first || *r.date < *first) first = r.date;
      if (treatment_ && *r.date <= treatment_->date) {
        impossible({Topic::kAssessment, Topic::kResponse}, say<Said::kResponseTooEarly>(*r.date, treatment_->text));
      }
    }
    if (first && operated_ && *first > *operated_) {
      unlikely({Topic::kAssessment}, say<Said::kAssessedAfterSurgery>(*first, *operated_));
    }
  }

  // Grade 5, and Clavien-Dindo grade V, are death.
  void after_death() {
    const std::optional<Day> died = day_of_death(record_);
    if (!died) return;
    const auto look = [&](const std::optional<Day>& date, Topic topic, Message what) {
      if (!date || *date <= *died || (today_ && *date > *today_)) return;
      impossible({topic, Topic::kEvents}, say<Said::kAfterDeath>(std::move(what), *date, *died));
    };
    for (const Infusion& i : record_.infusions) {
      if (was_given(i, today_) == Given::kYes) look(i.date, Topic::kTherapy, say<Said::kAnInfusion>());
    }
    look(last_fraction_, Topic::kFractions, say<Said::kAFraction>());
    if (operated_) look(operated_, Topic::kSurgery, say<Said::kTheSurgery>());
    for (const ImagingStudy& s : record_.imaging) look(s.date, Topic::kImaging, say<Said::kAnImagingStudy>());
    for (const ResponseAssessment& r : record_.responses) look(r.date, Topic::kAssessment, say<Said::kAnAssessment>());
  }

  void events() {
    if (record_.surgery && operated_) {
      for (const Complication& c : record_.surgery->complications) {
        if (c.date && *c.date < *operated_) {
          impossible({Topic::kEvents}, say<Said::kComplicationEarly>(*c.date, *operated_));
        }
      }
    }
    after_death();
    const auto from = enrolled_ ? enrolled_ : treatment_ ? std::optional<Day>(treatment_->date) : std::nullopt;
    for (const AdverseEvent& e : record_.adverse_events) {
      if (e.date && from && *e.date < *from) {
        unlikely({Topic::kEvents}, say<Said::kAdverseEventEarly>(
                                       *e.date, enrolled_ ? say<Said::kEnrolmentOn>(*enrolled_) : treatment_->text));
      }
    }
  }

  const Record& record_;
  const std::set<std::string>& drugs_;
  std::optional<Day> today_, enrolled_, simulated_, first_fraction_, last_fraction_;
  std::optional<TimedEvent> treatment_;
  std::optional<Day> operated_;
  std::vector<Contradiction>& out_;
};

}  // namespace

std::vector<Contradiction> contradictions_in(const Record& record, const std::set<std::string>& drugs,
                                             std::optional<Day> today) {
  std::vector<Contradiction> out;
  Order(record, drugs, today, out).run();
  findings_that_contradict(record, drugs, today, out);
  // Of several entries of one day the sentence is the same.
  std::vector<Contradiction> each;
  std::set<std::string> said;
  for (Contradiction& c : out) {
    if (said.insert(english(c.text)).second) each.push_back(std::move(c));
  }
  return each;
}

}  // namespace dosegate
