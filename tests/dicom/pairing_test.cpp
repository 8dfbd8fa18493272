#include <catch2/catch.hpp>

#include "tests/dicom/builder.h"

using namespace dicom_test;
using namespace dosegate::dicom;
using Catch::Contains;

namespace {

DoseSpec dose_of(const std::string& plan_uid, const std::string& uid) {
  DoseSpec spec;
  spec.plan_uid = plan_uid;
  spec.uid = uid;
  return spec;
}

}  // namespace

TEST_CASE("Plan, structures and dose are paired, each with its hash", "[dicom]") {
  const RtCase rt_case =
      read_good({encode(*make_dose()), encode(*make_plan()), encode(*make_structures())}, ReadOptions{});
  CHECK(rt_case.plan->sop_instance_uid() == kPlanUid);
  CHECK(rt_case.structures.size() == 2);
  CHECK(rt_case.dose->defect.empty());
  REQUIRE(rt_case.inputs.size() == 3);
  CHECK(rt_case.inputs[0].role() == "RTPLAN");
  CHECK(rt_case.inputs[1].role() == "RTSTRUCT");
  CHECK(rt_case.inputs[2].role() == "RTDOSE");
  for (const auto& input : rt_case.inputs) CHECK(input.sha256().size() == 64);
}

TEST_CASE("What is needed and not there is an error", "[dicom]") {
  const ReadOptions all;
  CHECK_THAT(read_error({encode(*make_structures()), encode(*make_dose())}, all), Contains("no plan (RTPLAN)"));
  CHECK_THAT(read_error({encode(*make_plan()), encode(*make_dose())}, all), Contains("no structure set (RTSTRUCT)"));
  CHECK_THAT(read_error({encode(*make_plan()), encode(*make_structures())}, all), Contains("no dose (RTDOSE)"));
}

TEST_CASE("Two plans with doses of both are ambiguous until one is chosen", "[dicom]") {
  const std::vector<Bytes> files = {encode(*make_plan("1.5.1")), encode(*make_plan("1.5.2")),
                                    encode(*make_dose(dose_of("1.5.1", "1.6.1"))),
                                    encode(*make_dose(dose_of("1.5.2", "1.6.2")))};
  CHECK_THAT(read_error(files), Contains("1.dcm ('Liver45', UID 1.5.1)") && Contains("2.dcm ('Liver45', UID 1.5.2)") &&
                                    Contains("--plan"));
  ReadOptions options = anything();
  options.plan = GENERATE("1.5.2", "2.dcm");
  const RtCase rt_case = read_good(files, options);
  CHECK(rt_case.plan->sop_instance_uid() == "1.5.2");
  REQUIRE(rt_case.inputs.size() == 2);
  CHECK(rt_case.inputs[1].sop_instance_uid() == "1.6.2");
}

TEST_CASE("Choosing the dose chooses its plan", "[dicom]") {
  ReadOptions options = anything();
  options.dose = "1.6.1";
  const RtCase rt_case =
      read_good({encode(*make_plan("1.5.1")), encode(*make_plan("1.5.2")),
                 encode(*make_dose(dose_of("1.5.1", "1.6.1"))), encode(*make_dose(dose_of("1.5.2", "1.6.2")))},
                options);
  CHECK(rt_case.plan->sop_instance_uid() == "1.5.1");
}

TEST_CASE("Of two plans the one that a dose refers to is used, and said", "[dicom]") {
  const RtCase rt_case = read_good({encode(*make_plan("1.5.1")), encode(*make_plan()), encode(*make_dose())});
  CHECK(rt_case.plan->sop_instance_uid() == kPlanUid);
  CHECK(has_note(rt_case, "Of 2 plans, 2.dcm was used"));
}

TEST_CASE("Two doses of one plan are ambiguous until one is chosen", "[dicom]") {
  const std::vector<Bytes> files = {encode(*make_plan()), encode(*make_dose(dose_of(kPlanUid, "1.6.1"))),
                                    encode(*make_dose(dose_of(kPlanUid, "1.6.2")))};
  CHECK_THAT(read_error(files), Contains("2.dcm (PLAN, UID 1.6.1)") && Contains("--dose UID or FILE"));
  ReadOptions options = anything();
  options.dose = "1.6.2";
  CHECK(read_good(files, options).inputs.back().sop_instance_uid() == "1.6.2");
  options.dose = "9.9";
  CHECK_THAT(read_error(files, options), Contains("matches --dose 9.9"));
}

TEST_CASE("The dose of the plan goes before the doses of its beams", "[dicom]") {
  DoseSpec beam = dose_of(kPlanUid, "1.6.2");
  beam.summation = "BEAM";
  beam.beam = 1;
  const RtCase rt_case = read_good({encode(*make_plan()), encode(*make_dose()), encode(*make_dose(beam))});
  CHECK(rt_case.inputs.back().sop_instance_uid() == "1.2.3.3");
  CHECK(has_note(rt_case, "not the dose of a single beam"));
}

TEST_CASE("A dose of another plan has a defect, and a dose without a reference a note", "[dicom]") {
  ReadOptions options = anything();
  options.need_plan = Need::kRequired;
  const Bytes plan = encode(*make_plan());
  CHECK_THAT(read_good({plan, encode(*make_dose(dose_of("9.9.9", "1.6.1")))}, options).dose->defect,
             Contains("belongs to another plan"));
  const RtCase unlinked = read_good({plan, encode(*make_dose(dose_of("", "1.6.1")))}, options);
  CHECK(unlinked.dose->defect.empty());
  CHECK(has_note(unlinked, "does not say which plan"));

  // Where no plan is needed, the foreign one is not used.
  const RtCase without = read_good({plan, encode(*make_dose(dose_of("9.9.9", "1.6.1")))});
  CHECK_FALSE(without.plan);
  CHECK(without.dose->defect.empty());
}

TEST_CASE("A plan that was made on another structure set is an error that the user may overrule", "[dicom]") {
  const std::vector<Bytes> files = {encode(*make_plan()), encode(*make_structures("1.7.7")), encode(*make_dose())};
  CHECK_THAT(read_error(files),
             Contains("was made on structure set 1.2.3.2") && Contains("1.7.7") && Contains("--structures"));
  ReadOptions options = anything();
  options.structure_set = "1.7.7";
  const RtCase rt_case = read_good(files, options);
  CHECK(rt_case.structures.size() == 2);
  CHECK(has_note(rt_case, "was made on another structure set"));
}

TEST_CASE("Of two structure sets the one referred to is used", "[dicom]") {
  const RtCase rt_case =
      read_good({encode(*make_plan()), encode(*make_structures("1.7.7")), encode(*make_structures())});
  CHECK(rt_case.inputs.back().sop_instance_uid() == kStructuresUid);
  CHECK_THAT(read_error({encode(*make_structures("1.7.7")), encode(*make_structures())}), Contains("2 structure sets"));
}

TEST_CASE("Objects of different patients are an error that names files and no patient", "[dicom]") {
  const Data dose = make_dose();
  put(*dose, DCM_PatientID, "SECRET-7");
  const std::string error = read_error({encode(*make_plan()), encode(*make_structures()), encode(*dose)});
  CHECK_THAT(error, Contains("different patients") && Contains("3.dcm") && Contains("1.dcm, 2.dcm"));
  CHECK_THAT(error, !Contains("SECRET"));
}

TEST_CASE("A copy is skipped, and two objects under one UID are an error", "[dicom]") {
  const Bytes plan = encode(*make_plan());
  CHECK(has_note(read_good({plan, plan}), "2.dcm is a copy of 1.dcm"));
  const Data other = make_plan();
  put(*other, DCM_RTPlanLabel, "Other");
  CHECK_THAT(read_error({plan, encode(*other)}), Contains("(0008,0018)") && Contains("the files differ"));
}

TEST_CASE("In a folder other files are passed over, and a broken RT object is not", "[dicom]") {
  const TempFolder folder;
  const Bytes plan = encode(*make_plan());
  folder.write("a/plan.dcm", plan);
  folder.write("readme.txt", file_bytes("/proc/self/cmdline"));
  const Data ct = make_dose();
  put(*ct, DCM_SOPClassUID, UID_CTImageStorage);
  Bytes image = encode(*ct);
  image.resize(image.size() - 20);  // never looked at that far
  folder.write("ct.dcm", image);

  const ReadResult result = read_case({folder.path()}, anything());
  REQUIRE(std::holds_alternative<RtCase>(result));
  const RtCase& rt_case = std::get<RtCase>(result);
  CHECK(rt_case.plan);
  CHECK(has_note(rt_case, "readme.txt"));
  CHECK_FALSE(rt_case.dose);

  // What the caller reads itself is passed over without a word, under whatever name.
  ReadOptions elsewhere = anything();
  elsewhere.read_elsewhere = folder.path() / "a" / ".." / "readme.txt";
  CHECK_FALSE(has_note(std::get<RtCase>(read_case({folder.path()}, elsewhere)), "readme.txt"));
  elsewhere.read_elsewhere = folder.path() / "not there";
  CHECK(has_note(std::get<RtCase>(read_case({folder.path()}, elsewhere)), "readme.txt"));

  const ReadResult named = read_case({folder.path() / "readme.txt"}, anything());
  REQUIRE(std::holds_alternative<ReadError>(named));
  CHECK(std::get<ReadError>(named).text() == "readme.txt: is not a DICOM file; give DICOM files or folders");

  Bytes broken = plan;
  broken.resize(broken.size() - 10);
  folder.write("b/broken.dcm", broken);
  const ReadResult refused = read_case({folder.path()}, anything());
  REQUIRE(std::holds_alternative<ReadError>(refused));
  CHECK(std::get<ReadError>(refused).file() == "b/broken.dcm");
}

TEST_CASE("A path that is not there, an empty folder and a device are errors", "[dicom]") {
  const TempFolder folder;
  for (const std::filesystem::path& path :
       {folder.path() / "none", folder.path(), std::filesystem::path("/dev/zero")}) {
    const ReadResult result = read_case({path}, ReadOptions{});
    REQUIRE(std::holds_alternative<ReadError>(result));
    CHECK_FALSE(std::get<ReadError>(result).text().empty());
  }
}

TEST_CASE("What is ignored is not read", "[dicom]") {
  ReadOptions options = anything();
  options.need_plan = Need::kIgnored;
  CHECK_FALSE(read_good({encode(*make_plan()), encode(*make_structures())}, options).plan);
}
