// What is judged of a case: one plan, one structure set and one dose that belong together. Whoever asks for "the" plan
// asks here, and of several gets none.
#pragma once

#include "core/case/case.h"
#include "core/text/message.h"

namespace dosegate {

// Why something that the case holds is not judged, as a sentence that names it. False: nothing of the kind is refused.
struct Refusal {
  Prose problem, hint;

  explicit operator bool() const { return !problem.empty(); }
};

// A view: the case must outlive it and not change meanwhile.
class Subject {
  const StructureSet none_{};

 public:
  // `expected`: judged as the case's dose, whatever doses it holds. It must outlive this; null: none.
  explicit Subject(const Case& c, const DoseGrid* expected = nullptr);
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  const HeldCourse& course;  // all that is held
  // Why what is held of a kind is not judged: there are several, or it belongs to something that is not held.
  const Refusal plan_refused, structures_refused, dose_refused;
  const Plan* const plan;          // null: none is held, or it is refused
  const StructureSet& structures;  // empty likewise
  const DoseGrid* const dose;      // null likewise
  // Along whose axes structures are evaluated: the dose's, else the patient's.
  Orientation orientation() const;

  const CaseOptions& options;
  const Slices& slices;
  const Record* const record;            // null: none
  const Measurement* const measurement;  // null: none
};

}  // namespace dosegate
