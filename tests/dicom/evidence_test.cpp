// Which dose, plan and structure set belong together, where not everything says so: decided by evidence, with a note,
// or asked.
#include <catch2/catch.hpp>

#include "dosegate/dosegate.h"
#include "tests/dicom/builder.h"

using namespace dicom_test;
using namespace dosegate::dicom;
using Catch::Contains;

namespace {

std::string used_dose(const RtCase& c) { return c.inputs.back().sop_instance_uid(); }

// A dose of the plan, of these beams of its fraction group; none: it names none. More than one beam: of one dose.
Data dose(const std::string& uid, const std::string& summation, const std::vector<int>& beams = {},
          const std::string& plan_uid = kPlanUid) {
  DoseSpec spec;
  spec.uid = uid;
  spec.summation = summation;
  spec.plan_uid = plan_uid;
  if (!beams.empty()) spec.beam = beams.front();
  Data data = make_dose(spec);
  for (std::size_t i = 1; i < beams.size(); ++i) {
    DcmItem& group = item(item(*data, DCM_ReferencedRTPlanSequence), DCM_ReferencedFractionGroupSequence);
    put(add_item(group, DCM_ReferencedBeamSequence), DCM_ReferencedBeamNumber, std::to_string(beams[i]));
  }
  return data;
}

Bytes encoded(const Data& data) { return encode(*data); }

void refer_to_structures(DcmItem& object, const std::string& uid) {
  put(add_item(object, DCM_ReferencedStructureSetSequence), DCM_ReferencedSOPInstanceUID, uid);
}

// Its ROIs lie in another frame of reference.
Data moved_structures(const std::string& uid) {
  Data data = make_structures(uid);
  for (const long roi : {0L, 1L}) {
    put(item(*data, DCM_StructureSetROISequence, roi), DCM_ReferencedFrameOfReferenceUID, "1.2.3.99");
  }
  return data;
}

}  // namespace

TEST_CASE("Doses of parts of the plan beside its own neither confuse nor count", "[dicom]") {
  const std::vector<Bytes> files = {encoded(make_plan()),
                                    encoded(dose("1.6.1", "CONTROL_POINT", {1})),
                                    encoded(dose("1.6.2", "CONTROL_POINT", {2})),
                                    encoded(dose("1.6.3", "BEAM", {1})),
                                    encoded(dose("1.6.4", "BEAM", {2})),
                                    encoded(dose("1.6.5", "FRACTION")),
                                    encoded(dose("1.6.6", "BEAM_SESSION", {1})),
                                    encoded(dose("1.6.7", "PLAN"))};
  const RtCase c = read_good(files);
  CHECK(used_dose(c) == "1.6.7");
  CHECK(c.dose->defect.empty());
  CHECK(has_note(c, "the 2 doses of single beams"));
  CHECK(has_note(c, "the 4 doses of other parts"));
  // A sum of several plans, or a dose that does not say what it is, is no part.
  for (const char* summation : {"MULTI_PLAN", ""}) {
    std::vector<Bytes> more = files;
    more.push_back(encoded(dose("1.6.8", summation)));
    CHECK_THAT(read_error(more), Contains("--dose") && Contains("1.6.8"));
  }
  // One that is never evaluated is not in the way of the one that is.
  std::vector<Bytes> more = files;
  more.push_back(encoded(dose("1.6.8", "RECORD")));
  const RtCase beside = read_good(more);
  CHECK(used_dose(beside) == "1.6.7");
  CHECK(has_note(beside, "no physical dose in Gy"));
}

TEST_CASE("Without a dose of the plan, control points do not stand in the way of beams or the fraction group",
          "[dicom]") {
  const Bytes plan = encoded(make_plan()), point = encoded(dose("1.6.1", "CONTROL_POINT", {1}));
  const RtCase beams =
      read_good({plan, point, encoded(dose("1.6.2", "BEAM", {1})), encoded(dose("1.6.3", "BEAM", {2}))});
  CHECK(beams.dose->summation == DOSEGATE_SUMMATION_BEAMS);
  CHECK(beams.dose->defect.empty());
  CHECK(used_dose(read_good({plan, point, encoded(dose("1.6.2", "FRACTION"))})) == "1.6.2");
  CHECK(read_good({plan, point}).dose->summation == DOSEGATE_SUMMATION_OTHER);
  CHECK_THAT(read_error({plan, point, encoded(dose("1.6.2", "CONTROL_POINT", {2}))}), Contains("2 doses"));
  CHECK_THAT(read_error({plan, encoded(dose("1.6.2", "BEAM", {1})), encoded(dose("1.6.3", "FRACTION"))}),
             Contains("2 doses"));
}

TEST_CASE("A dose of one beam does not stand for the plan, however it is tagged", "[dicom]") {
  const Bytes plan = encoded(make_plan());  // beams 1 and 2 treat
  for (const char* summation : {"PLAN", "FRACTION", "BEAM"}) {
    CAPTURE(summation);
    CHECK_THAT(read_good({plan, encoded(dose("1.6.1", summation, {1}))}).dose->defect, Contains("2 'PA'"));
    CHECK(read_good({plan, encoded(dose("1.6.1", summation, {1, 2}))}).dose->defect.empty());
  }
  // The user may know better than the list of beams.
  ReadOptions options = anything();
  options.dose_is_whole = true;
  const RtCase c = read_good({plan, encoded(dose("1.6.1", "PLAN", {1}))}, options);
  CHECK(c.dose->defect.empty());
  CHECK(has_note(c, "as stated with --dose-is"));
  CHECK_THAT(read_good({plan, encoded(dose("1.6.1", "PLAN", {1}))}).dose->defect, Contains("--dose-is course"));
  // Of two that are tagged PLAN the one that is whole.
  CHECK(used_dose(read_good({plan, encoded(dose("1.6.1", "PLAN", {2})), encoded(dose("1.6.2", "PLAN"))})) == "1.6.2");
  CHECK_THAT(read_error({plan, encoded(dose("1.6.1", "PLAN", {1})), encoded(dose("1.6.2", "PLAN", {2}))}),
             Contains("PLAN of beam 1") && Contains("PLAN of beam 2"));
}

TEST_CASE("A dose of another fraction group than the plan's only one is not the plan's", "[dicom]") {
  const Bytes plan = encoded(make_plan());
  for (const auto& [group, is_sound] : {std::pair("1", true), std::pair("2", false)}) {
    const Data data = dose("1.6.1", "FRACTION");
    put(add_item(item(*data, DCM_ReferencedRTPlanSequence), DCM_ReferencedFractionGroupSequence),
        DCM_ReferencedFractionGroupNumber, group);
    CHECK(read_good({plan, encode(*data)}).dose->defect.empty() == is_sound);
  }
}

TEST_CASE("A dose that is tagged PLAN and refers to two plans is a sum", "[dicom]") {
  const Data sum = dose("1.6.1", "PLAN");
  put(add_item(*sum, DCM_ReferencedRTPlanSequence), DCM_ReferencedSOPInstanceUID, "1.5.2");
  CHECK_THAT(read_good({encoded(make_plan()), encode(*sum)}).dose->defect, Contains("refers to 2 plans"));
  const Data twice = dose("1.6.1", "PLAN");
  put(add_item(*twice, DCM_ReferencedRTPlanSequence), DCM_ReferencedSOPInstanceUID, kPlanUid);
  CHECK(read_good({encoded(make_plan()), encode(*twice)}).dose->defect.empty());
}

TEST_CASE("A dose of another plan beside the plan's own is named with its plan", "[dicom]") {
  const RtCase c =
      read_good({encoded(make_plan()), encoded(dose("1.6.1", "PLAN")), encoded(dose("1.6.2", "PLAN", {}, "1.5.2"))});
  CHECK(used_dose(c) == "1.6.1");
  CHECK(has_note(c, "3.dcm"));
  CHECK(has_note(c, "plan 1.5.2"));
}

TEST_CASE("A dose that does not say whose it is, beside the plan's own, is asked about", "[dicom]") {
  const Data unlinked = dose("1.6.2", "PLAN", {}, "");
  const std::vector<Bytes> files = {encoded(make_plan()), encoded(dose("1.6.1", "PLAN")), encode(*unlinked)};
  CHECK_THAT(read_error(files), Contains("2 doses") && Contains("--dose"));
  ReadOptions options = anything();
  options.dose = "1.6.1";
  CHECK(used_dose(read_good(files, options)) == "1.6.1");
  // One of another image set cannot be meant, nor one of a single beam.
  put(*unlinked, DCM_FrameOfReferenceUID, "1.2.3.99");
  CHECK(used_dose(read_good({files[0], files[1], encode(*unlinked)})) == "1.6.1");
  CHECK(used_dose(read_good({files[0], files[1], encoded(dose("1.6.2", "BEAM", {}, ""))})) == "1.6.1");
}

TEST_CASE("A structure set that nobody names is used with a note on why", "[dicom]") {
  const Bytes plan = encoded(make_plan(kPlanUid, "")), whole = encoded(dose("1.6.1", "PLAN"));
  const RtCase c = read_good({plan, whole, encoded(make_structures())});
  CHECK(c.structures.size() == 2);
  CHECK(has_note(c, "Neither plan nor dose says which structure set it was made on; 3.dcm was used"));
  CHECK(has_note(c, "in the same frame of reference"));
  CHECK(has_note(read_good({plan, whole, encoded(moved_structures("1.7.1"))}), "not in a frame of reference"));

  const Data other_study = make_structures();
  put(*other_study, DCM_StudyInstanceUID, "1.2.3.88");
  CHECK(has_note(read_good({plan, whole, encode(*other_study)}), "of another study"));

  // Of two the one that lies where the dose lies; where both do, it is asked.
  const RtCase two = read_good({plan, whole, encoded(moved_structures("1.7.1")), encoded(make_structures("1.7.2"))});
  CHECK(has_note(two, "4.dcm was used: it is the only one of 2 that lies in their frame of reference"));
  CHECK_THAT(read_error({plan, whole, encoded(make_structures("1.7.1")), encoded(make_structures("1.7.2"))}),
             Contains("2 structure sets") && Contains("--structures"));
  // One that the plan names needs no note.
  CHECK_FALSE(has_note(read_good({encoded(make_plan()), whole, encoded(make_structures())}), "structure set"));
}

TEST_CASE("Plan and dose that were made on different structure sets are asked about", "[dicom]") {
  const Data of_other = dose("1.6.1", "PLAN");
  refer_to_structures(*of_other, "1.7.7");
  const std::vector<Bytes> one = {encoded(make_plan()), encode(*of_other), encoded(make_structures())};
  CHECK_THAT(read_error(one), Contains("2.dcm: (300C,0060)") && Contains("1.7.7, which is not there"));
  std::vector<Bytes> both = one;
  both.push_back(encoded(make_structures("1.7.7")));
  CHECK_THAT(read_error(both),
             Contains("different structure sets: 1.dcm on 1.2.3.2, 2.dcm on 1.7.7") && Contains("--structures"));
  ReadOptions options = anything();
  options.structure_set = "1.7.7";
  CHECK(has_note(read_good(both, options), "1.dcm was made on another structure set than the one chosen"));
}

TEST_CASE("The plan hands over its frame of reference", "[dicom]") {
  const Data plan = make_plan();
  CHECK(read_good({encode(*plan)}).plan->frame_of_reference_uid().empty());
  put(*plan, DCM_FrameOfReferenceUID, "1.2.3.99");
  CHECK(read_good({encode(*plan)}).plan->frame_of_reference_uid() == "1.2.3.99");
}
