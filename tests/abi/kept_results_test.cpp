// A case that was asked before answers as a fresh one with the same content, byte for byte, whatever was changed.
#include <random>

#include "tests/abi/course_changes.h"
#include "tests/abi/small_patient.h"

using namespace dosegate::abi_test;

namespace {

// One case and what it should hold, changed together.
class Walk {
 public:
  Walk(unsigned seed, dosegate_case* c, const dosegate_protocol* protocol)
      : random_(seed), case_(c), protocol_(protocol) {
    content_.fill(case_);
  }

  const Content& content() const { return content_; }
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }

  std::string step() {
    switch (below(12)) {
      case 0:
      case 1:
        return replace_structure();
      case 2:
        return remove_or_restore();
      case 3:
        return replace_dose();
      case 4:
      case 5:
        return replace_planes();
      case 6:
        return change_options();
      case 7:
        return change_images();
      case 8:
      case 9:
        return CourseChanges(*this, case_, content_).change();
      case 10:
        return expect_dose();
      default:
        return change_plan();
    }
  }

 private:
  std::int32_t some_roi() {
    constexpr std::int32_t kRois[] = {1, 3, 4, 5, 6, ABI_CORD_ROI};
    return kRois[below(6)];
  }
  std::string replace_structure() {
    const std::int32_t roi = some_roi();
    Oval oval = Content().structures.at(roi);
    oval.x += below(9) - 4.0;
    oval.across += below(5);
    oval.slices += static_cast<int>(below(3));
    oval.coronal = below(4) == 0;
    if (below(2) == 0) oval.empty = (below(256) & below(256)) << 1;  // not the first slice
    content_.structures.insert_or_assign(roi, oval).first->second.set(case_, roi, content_.set_name);
    return "structure " + std::to_string(roi);
  }
  std::string remove_or_restore() {
    const std::int32_t roi = some_roi();
    if (content_.structures.erase(roi) > 0) {
      REQUIRE(api().case_remove_structure_of_set(case_, content_.set_name.c_str(), roi, nullptr) == DOSEGATE_OK);
      return "without " + std::to_string(roi);
    }
    content_.structures.emplace(roi, Content().structures.at(roi)).first->second.set(case_, roi, content_.set_name);
    return "again " + std::to_string(roi);
  }
  std::string replace_dose() {
    constexpr Planes kWays[] = {Planes::kUpwards, Planes::kDownwards, Planes::kCoronal};
    const bool same_grid = below(2) == 0;
    content_.dose = Dose(same_grid ? content_.dose.planes : kWays[below(3)],
                         same_grid       ? content_.dose.spacing
                         : below(2) == 0 ? 5.0
                                         : 4.0,
                         below(100));
    if (below(6) == 0) content_.dose.defect = "The dose of beam 2 is missing.";
    REQUIRE(content_.dose.set(case_, content_.label) == DOSEGATE_OK);
    return "dose";
  }
  std::string expect_dose() {
    constexpr Planes kWays[] = {Planes::kUpwards, Planes::kDownwards, Planes::kCoronal};
    Dose expected(kWays[below(3)], below(2) == 0 ? 5.0 : 4.0, 0);
    if (below(6) == 0) expected.defect = "Beam 2 will be missing.";
    REQUIRE(expected.expect(case_, protocol_) == DOSEGATE_OK);
    return "a dose is expected";
  }
  std::string replace_planes() {
    Dose& dose = content_.dose;
    const std::uint32_t first = below(dose.plane_count), count = 1 + below(std::min(4U, dose.plane_count - first));
    if (!dose.defect.empty()) {
      REQUIRE(dose.set_planes(case_, first, count, content_.label.name) == DOSEGATE_NOT_FOUND);
      return "planes of no dose";
    }
    const unsigned seed = below(100);
    for (std::uint32_t p = first; p < first + count; ++p) dose.fill_plane(p, seed);
    REQUIRE(dose.set_planes(case_, first, count, content_.label.name) == DOSEGATE_OK);
    return "planes " + std::to_string(first) + " + " + std::to_string(count);
  }
  std::string change_options() {
    constexpr const char* kOptions[] = {"{}",
                                        R"({"outsideGrid": "ZERO"})",
                                        R"({"betweenSlices": "INTERPOLATE"})",
                                        R"({"betweenSlices": "SLAB", "doseMeaning": "FRACTION"})",
                                        R"({"structureMap": {"Stomach": "Magen"}})",
                                        R"({"separatePieces": ["PTV", "Liver", "Stomach"]})",
                                        R"({"structureMap": {"Liver": "Stomach", "Stomach": "Liver"}})"};
    content_.options = kOptions[below(7)];
    REQUIRE(api().case_set_options(case_, text(content_.options), nullptr) == DOSEGATE_OK);
    return content_.options;
  }
  std::string change_images() {
    content_.images.clear();
    const double first = below(2) == 0 ? -60.0 : -57.5;
    for (std::uint32_t n = below(3) == 0 ? 0 : 20; n > 0; --n) content_.images.push_back(first + 5.0 * n);
    REQUIRE(content_.set_images(case_) == DOSEGATE_OK);
    return "images " + std::to_string(content_.images.size());
  }
  std::string change_plan() {
    std::string plan = kAbiPlan;
    const std::string fractions = "\"fractionsPlanned\": 15", gray = "\"targetPrescriptionDoseGy\": 45";
    if (below(3) == 0) plan.replace(plan.find(fractions), fractions.size(), "\"fractionsPlanned\": 3");
    if (below(3) == 0) plan.replace(plan.find(gray), gray.size(), "\"targetPrescriptionDoseGy\": 40");
    content_.plan = plan;
    content_.set_plan(case_);
    return "plan";
  }

  std::mt19937 random_;
  dosegate_case* case_;
  const dosegate_protocol* protocol_;
  Content content_;
};

}  // namespace

TEST_CASE("after any walk of changes a case answers as a fresh one with the same content") {
  const ProtocolHandle protocol = builtin();
  const unsigned seed = GENERATE(1U, 2U, 3U, 4U);
  const dosegate_host host = host_of(seed % 3);
  const CaseHandle c = make_case(&host);
  Walk walk(seed, c.get(), protocol.get());
  std::string path, last;
  int changed = 0;
  constexpr int kSteps = DOSEGATE_SANITIZED ? 6 : 24;
  for (int step = 0; step < kSteps; ++step) {
    path += "\n" + walk.step();
    if (walk.below(3) == 0) continue;  // several changes at once
    const std::string answers = answers_of(c.get(), protocol.get());
    INFO("seed " << seed << path);
    REQUIRE(answers == fresh_answers(walk.content(), protocol.get()));
    changed += answers == last ? 0 : 1;
    last = answers;
  }
  CHECK(changed >= kSteps / 6);
}

TEST_CASE("plane after plane one dose becomes another, on grids that go up, go down or lie coronally") {
  const ProtocolHandle protocol = builtin();
  Content content;
  content.dose = Dose(GENERATE(Planes::kUpwards, Planes::kDownwards, Planes::kCoronal), 10.0, 1);
  content.structures.at(5).coronal = true;
  const CaseHandle c = make_case();
  content.fill(c.get());
  std::string last = answers_of(c.get(), protocol.get());
  int changed = 0;
  for (std::uint32_t p = 0; p < content.dose.plane_count; ++p) {
    content.dose.fill_plane(p, 7);
    REQUIRE(content.dose.set_planes(c.get(), p, 1) == DOSEGATE_OK);
    if (DOSEGATE_SANITIZED && p % 4 != 3 && p + 1 != content.dose.plane_count) continue;
    const std::string answers = answers_of(c.get(), protocol.get());
    INFO("plane " << p);
    REQUIRE(answers == fresh_answers(content, protocol.get()));
    changed += answers == last ? 0 : 1;
    last = answers;
  }
  CHECK(changed >= (DOSEGATE_SANITIZED ? 2 : 6));  // the liver alone is 60 mm high
  Content other = content;
  other.dose = Dose(content.dose.planes, 10.0, 7);
  CHECK(last == fresh_answers(other, protocol.get()));
}

TEST_CASE("a dose put back as it was gives the first answer again") {
  const ProtocolHandle protocol = builtin();
  const Content content;
  const CaseHandle c = make_case();
  content.fill(c.get());
  const std::string first = answers_of(c.get(), protocol.get());
  Content other = content;
  other.dose = Dose(Planes::kUpwards, 7.0, 1);
  REQUIRE(other.dose.set(c.get()) == DOSEGATE_OK);
  const std::string second = answers_of(c.get(), protocol.get());
  CHECK(second != first);
  CHECK(second == fresh_answers(other, protocol.get()));
  REQUIRE(content.dose.set(c.get()) == DOSEGATE_OK);
  CHECK(answers_of(c.get(), protocol.get()) == first);
}

TEST_CASE("planes may be given as integers of the dose's scaling, and with another type than the dose") {
  const ProtocolHandle protocol = builtin();
  Content content;
  for (float& v : content.dose.values) v = std::round(v);
  const CaseHandle c = make_case();
  content.fill(c.get());
  (void)answers_of(c.get(), protocol.get());
  std::vector<std::uint16_t> stored(2 * content.dose.plane_size());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    stored[i] = static_cast<std::uint16_t>(i % 50);
    content.dose.values[5 * content.dose.plane_size() + i] = static_cast<float>(stored[i]);
  }
  dosegate_dose_planes planes = content.dose.described(5, 2);
  planes.value_type = DOSEGATE_VALUES_UINT16;
  planes.values = stored.data();
  REQUIRE(api().case_set_dose_planes(c.get(), &planes, nullptr) == DOSEGATE_OK);
  CHECK(answers_of(c.get(), protocol.get()) == fresh_answers(content, protocol.get()));
}
