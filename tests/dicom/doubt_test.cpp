// What a plan and a dose say of themselves that makes the dose less than it seems: named, and not evaluated unless the
// user knows better.
#include <catch2/catch.hpp>

#include "dosegate/dosegate.h"
#include "tests/dicom/builder.h"

using namespace dicom_test;
using namespace dosegate::dicom;
using Catch::Contains;

namespace {

// A plan that refers to another one. No relationship: it does not say which.
Bytes plan_beside(const std::string& relationship, const std::string& uid = "1.5.2") {
  const Data plan = make_plan();
  DcmItem& other = add_item(*plan, DCM_ReferencedRTPlanSequence);
  put(other, DCM_ReferencedSOPInstanceUID, uid);
  if (!relationship.empty()) put(other, DCM_RTPlanRelationship, relationship);
  return encode(*plan);
}

Bytes dose_moved(const std::string& transform, DoseSpec spec = {}) {
  const Data dose = make_dose(spec);
  put(*dose, DCM_SpatialTransformOfDose, transform);
  return encode(*dose);
}

ReadOptions stated_whole() {
  ReadOptions options = anything();
  options.dose_is_whole = true;
  return options;
}

}  // namespace

TEST_CASE("A dose of a plan that is given together with another is not the whole unless the user says so",
          "[dicom][doubt]") {
  const Bytes dose = encode(*make_dose());
  const RtCase c = read_good({plan_beside("CONCURRENT"), dose});
  CHECK_THAT(c.dose->defect, Contains("together with plan 1.5.2") && Contains("(300A,0055)") && Contains("--dose-is"));
  const RtCase stated = read_good({plan_beside("CONCURRENT"), dose}, stated_whole());
  CHECK(stated.dose->defect.empty());
  CHECK(has_note(stated, "whole treatment, as stated with --dose-is"));
  // What is not said, or not known, may be that as well.
  CHECK_THAT(read_good({plan_beside(""), dose}).dose->defect, Contains("does not say how they belong together"));
  CHECK_THAT(read_good({plan_beside("BOOST"), dose}).dose->defect, Contains("'BOOST'"));
  CHECK_THAT(read_good({plan_beside("CONCURRENT", ""), dose}).dose->defect, Contains("together with another plan"));
  // And so with the doses of single beams.
  DoseSpec one, two;
  one.summation = two.summation = "BEAM";
  one.beam = 1;
  two.beam = 2;
  two.uid = "1.2.3.4";
  const std::vector<Bytes> beams = {plan_beside("CONCURRENT"), encode(*make_dose(one)), encode(*make_dose(two))};
  CHECK_THAT(read_good(beams).dose->defect, Contains("CONCURRENT"));
}

TEST_CASE("A plan that was derived from another, or is one of two to choose from, has its own whole dose",
          "[dicom][doubt]") {
  for (const char* relationship : {"PREDECESSOR", "ALTERNATIVE"}) {
    const RtCase c = read_good({plan_beside(relationship), encode(*make_dose())});
    CHECK(c.dose->defect.empty());
    CHECK_FALSE(has_note(c, "1.5.2"));
  }
  const RtCase after = read_good({plan_beside("PRIOR"), encode(*make_dose())});
  CHECK(after.dose->defect.empty());
  CHECK(has_note(after, "follows plan 1.5.2"));
}

TEST_CASE("A plan that verifies another is for no patient, whatever the user says of the dose", "[dicom][doubt]") {
  for (const ReadOptions& options : {anything(), stated_whole()}) {
    CHECK_THAT(read_good({plan_beside("VERIFIED_PLAN"), encode(*make_dose())}, options).dose->defect,
               Contains("verifies plan 1.5.2") && Contains("not for a patient"));
  }
}

TEST_CASE("Brachytherapy beside beams is told, and the dose is not evaluated unless the user says that it holds both",
          "[dicom][doubt]") {
  const bool by_number = GENERATE(true, false);
  const Data plan = make_plan();
  if (by_number) put(item(*plan, DCM_FractionGroupSequence), DCM_NumberOfBrachyApplicationSetups, "1");
  if (!by_number) put(add_item(*plan, DCM_ApplicationSetupSequence), DCM_ApplicationSetupNumber, "1");
  const std::vector<Bytes> files = {encode(*plan), encode(*make_dose())};
  CHECK_THAT(read_good(files).dose->defect, Contains("brachytherapy beside its beams"));
  CHECK(read_good(files, stated_whole()).dose->defect.empty());
  const Data none = make_plan();
  put(item(*none, DCM_FractionGroupSequence), DCM_NumberOfBrachyApplicationSetups, "0");
  CHECK(read_good({encode(*none), files[1]}).dose->defect.empty());
}

TEST_CASE("A pattern of more than a fraction a day, or five a week, is told of", "[dicom][doubt]") {
  const auto read_pattern = [](const std::string& digits_a_day, const std::string& pattern) {
    const Data plan = make_plan();
    DcmItem& group = item(*plan, DCM_FractionGroupSequence);
    put(group, DCM_NumberOfFractionPatternDigitsPerDay, digits_a_day);
    put(group, DCM_RepeatFractionCycleLength, "1");
    put(group, DCM_FractionPattern, pattern);
    return read_good({encode(*plan), encode(*make_dose())});
  };
  for (const auto& [a_day, usual] : {std::pair("1", "1111100"), std::pair("2", "10101010100000"), std::pair("1", "")}) {
    CHECK_FALSE(has_note(read_pattern(a_day, usual), "(300A,007B)"));
  }
  CHECK(has_note(read_pattern("2", "11111111110000"), "up to 2 fractions a day and 10 a week"));
  CHECK(has_note(read_pattern("1", "1111111"), "up to one fraction a day and 7 a week"));
  CHECK(has_note(read_pattern("1", "11111001111110"), "up to one fraction a day and 6 a week"));
  // What is no pattern says nothing.
  for (const auto& [a_day, none] : {std::pair("1", "111111"), std::pair("0", "1111111"), std::pair("1", "1111112")}) {
    CHECK_FALSE(has_note(read_pattern(a_day, none), "(300A,007B)"));
  }
}

TEST_CASE("Limits of a target that its prescription does not keep are told of", "[dicom][doubt]") {
  const auto read_limit = [](const DcmTagKey& tag, const std::string& gy) {
    const Data plan = make_plan();
    put(item(*plan, DCM_DoseReferenceSequence), DCM_TargetPrescriptionDose, "45");
    put(item(*plan, DCM_DoseReferenceSequence), tag, gy);
    return read_good({encode(*plan), encode(*make_dose())});
  };
  CHECK(has_note(read_limit(DCM_TargetMinimumDose, "50"), "Minimum Dose (300A,0025) of 50 Gy"));
  CHECK(has_note(read_limit(DCM_TargetMaximumDose, "40"), "Maximum Dose (300A,0027) of 40 Gy"));
  CHECK_FALSE(has_note(read_limit(DCM_TargetMinimumDose, "42.75"), "contradicts"));
  CHECK_FALSE(has_note(read_limit(DCM_TargetMaximumDose, "45"), "contradicts"));
}

TEST_CASE("A plan that was made without structures is told of", "[dicom][doubt]") {
  const Data plan = make_plan();
  put(*plan, DCM_RTPlanGeometry, "TREATMENT_DEVICE");
  CHECK(has_note(read_good({encode(*plan), encode(*make_dose())}), "without structures"));
  put(*plan, DCM_RTPlanGeometry, "PATIENT");
  CHECK_FALSE(has_note(read_good({encode(*plan), encode(*make_dose())}), "without structures"));
}

TEST_CASE("A fraction group that lists fewer or more beams than it says is refused", "[dicom][doubt]") {
  for (const auto& [stated, is_sound] : {std::pair("3", true), std::pair("2", false), std::pair("4", false)}) {
    const Data plan = make_plan();  // lists three
    put(item(*plan, DCM_FractionGroupSequence), DCM_NumberOfBeams, stated);
    if (is_sound) {
      CHECK(read_good({encode(*plan)}).plan->fraction_groups(0).beams_size() == 3);
    } else {
      CHECK_THAT(read_error({encode(*plan)}), Contains("(300A,0080)") && Contains("lists 3 beam(s)"));
    }
  }
}

TEST_CASE("A dose that was bent onto these images is not evaluated, and one that was moved is told of",
          "[dicom][doubt]") {
  for (const char* transform : {"NONE", ""}) {
    const RtCase c = read_good({dose_moved(transform)});
    CHECK(c.dose->defect.empty());
    CHECK_FALSE(has_note(c, "(3004,0005)"));
  }
  const RtCase moved = read_good({dose_moved("RIGID")});
  CHECK(moved.dose->defect.empty());
  CHECK(has_note(moved, "(3004,0005) is RIGID"));
  for (const char* transform : {"NON_RIGID", "AFFINE"}) {
    CHECK_THAT(read_good({dose_moved(transform)}).dose->defect, Contains("(3004,0005) is " + std::string(transform)));
  }
  DoseSpec beam;
  beam.summation = "BEAM";
  beam.beam = 1;
  CHECK_THAT(read_good({encode(*make_plan()), dose_moved("NON_RIGID", beam)}).dose->defect, Contains("(3004,0005)"));
}
