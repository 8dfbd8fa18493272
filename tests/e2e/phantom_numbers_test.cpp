// Every number of every phantom's report against the closed form: none outside what the report claims of it. A numeric
// field that no check here knows fails.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "adapters/phantom/phantom.h"
#include "dosegate/v1/report.pb.h"
#include "tests/e2e/phantom_algebra.h"
#include "tests/e2e/phantom_report.h"

using namespace dosegate::e2e;
namespace v1 = dosegate::v1;
namespace phantom = dosegate::phantom;

namespace {

// The dose is stored to 1e-7 Gy and the contours to 1e-6 mm.
constexpr double kStored = 1e-5;
constexpr double kRoomGy = 0.05, kRoomShare = 0.1;  // report.proto: how narrow the room of a V metric is

// Names of the numeric fields that are set, nested ones included.
void numeric_fields(const google::protobuf::Message& message, const std::string& path, Rules& out) {
  using Field = google::protobuf::FieldDescriptor;
  const auto* reflection = message.GetReflection();
  std::vector<const Field*> fields;
  reflection->ListFields(message, &fields);
  for (const Field* f : fields) {
    const std::string name = path + "." + f->name();
    // Sentences as data: the text beside them is made of them (phantom_sentences_test.cpp).
    if (f->is_repeated() && f->cpp_type() == Field::CPPTYPE_MESSAGE && f->message_type()->name() == "Sentence")
      continue;
    if (f->cpp_type() == Field::CPPTYPE_MESSAGE) {
      if (!f->is_repeated()) {
        numeric_fields(reflection->GetMessage(message, f), name, out);
        continue;
      }
      for (int i = 0; i < reflection->FieldSize(message, f); ++i) {
        numeric_fields(reflection->GetRepeatedMessage(message, f, i), name, out);
      }
    } else if (f->cpp_type() != Field::CPPTYPE_STRING && f->cpp_type() != Field::CPPTYPE_BOOL &&
               f->cpp_type() != Field::CPPTYPE_ENUM) {
      out.insert(name);
    }
  }
}

const Rules kChecked = {".prescription.total_dose_gy",
                        ".prescription.fractions",
                        ".dose.maximum_gy",
                        ".dose.scale_factor",
                        ".structures.roi_number",
                        ".structures.volume_cc",
                        ".findings.value",
                        ".findings.lower",
                        ".findings.upper",
                        ".findings.limit",
                        ".findings.margin_dose_gy",
                        ".findings.margin_dose_lower_gy",
                        ".findings.margin_dose_upper_gy",
                        ".findings.margin_volume_cc",
                        ".findings.margin_volume_lower_cc",
                        ".findings.margin_volume_upper_cc",
                        ".findings.location.x_mm",
                        ".findings.location.y_mm",
                        ".findings.location.z_mm",
                        ".findings.location.dose_gy"};

bool is_upper(const v1::Finding& f) { return f.comparator() == v1::LT || f.comparator() == v1::LE; }
double slack(double truth) { return kStored * std::abs(truth) + kStored; }

void encloses(double lower, double value, double upper, double truth) {
  INFO(value << " in [" << lower << ", " << upper << "], closed form " << truth);
  CHECK(lower <= value);
  CHECK(value <= upper);
  CHECK(lower <= truth + slack(truth));
  CHECK(truth - slack(truth) <= upper);
}

class Case {
 public:
  explicit Case(const std::string& name) : name_(name), dose_(phantom::dose_model(name)) {}

  void look(const v1::Report& report) {
    Rules fields;
    numeric_fields(report, "", fields);
    for (const std::string& f : fields) {
      INFO(f << " is a number that no check knows");
      CHECK(kChecked.count(f) == 1);
    }
    for (const auto& s : report.structures()) {
      if (!s.has_volume_cc()) continue;
      INFO(s.role());
      CHECK(std::abs(s.volume_cc() - solid(s.role(), name_).volume_cc()) <= slack(s.volume_cc()));
    }
    if (report.dose().has_maximum_gy()) {
      const auto voxels = phantom::dose_values(dose_, phantom::dose_lattice(name_));
      const double most = *std::max_element(voxels.begin(), voxels.end());
      CHECK(std::abs(report.dose().maximum_gy() - most) <= slack(most));
      CHECK((report.dose().scale_factor() == 1.0 || report.dose().scale_factor() == phantom::kFractions));
    }
    const bool other = name_ == "wrong-total" || name_ == "wrong-fractions";  // phantom_test.cpp has those
    if (report.prescription().has_total_dose_gy() && !other) {
      CHECK(report.prescription().total_dose_gy() == phantom::kPrescribedGy);
      CHECK(report.prescription().fractions() == phantom::kFractions);
    }
    for (const auto& f : report.findings()) {
      INFO(f.rule_id() << ": " << f.message());
      look_at_signs(f);
      if (f.has_location() && !f.metric().empty()) look_at_place(f);
      if (f.has_value() && !f.metric().empty()) {
        look_at(f);
      } else if (f.has_value()) {
        CHECK(f.lower() <= f.value());
        CHECK(f.value() <= f.upper());
        if (f.rule_id() == "VO-1" || f.rule_id() == "VO-4.drawn") {
          const double cc = solid(f.structure(), name_).volume_cc();
          encloses(f.lower(), f.value(), f.upper(), cc);
        }
      }
    }
  }

  std::size_t rooms = 0, places = 0;

 private:
  // Negative room of what is met, or the other way round, is never told.
  static void look_at_signs(const v1::Finding& f) {
    const bool met = f.status() == v1::Finding::PASS || f.status() == v1::Finding::WARNING;
    const bool broken = f.status() == v1::Finding::DEVIATION;
    for (const auto& [is_set, room] : {std::pair(f.has_margin_dose_gy(), f.margin_dose_gy()),
                                       std::pair(f.has_margin_dose_gy(), f.margin_dose_lower_gy()),
                                       std::pair(f.has_margin_dose_gy(), f.margin_dose_upper_gy()),
                                       std::pair(f.has_margin_volume_cc(), f.margin_volume_cc()),
                                       std::pair(f.has_margin_volume_cc(), f.margin_volume_lower_cc()),
                                       std::pair(f.has_margin_volume_cc(), f.margin_volume_upper_cc())}) {
      if (!is_set) continue;
      if (met) CHECK(room >= 0.0);
      if (broken) CHECK(room <= 0.0);
    }
  }

  double dose_at(const std::string& structure, const v1::Location& p) const {
    const std::map<std::string, phantom::Profile> along_z = {{"Stomach", dose_.stomach_z},
                                                             {"Duodenum", dose_.duodenum_z},
                                                             {"SpinalCord", dose_.cord_z},
                                                             {"Kidney_L", dose_.kidney_left_z},
                                                             {"Kidney_R", dose_.kidney_right_z}};
    if (const auto found = along_z.find(structure); found != along_z.end()) {
      return phantom::value_at(found->second, p.z_mm());
    }
    return phantom::value_at(structure == "Colon" ? dose_.colon_x : dose_.target_x, p.x_mm());
  }

  void look_at_place(const v1::Finding& f) {
    ++places;
    const Solid s = solid(f.structure(), name_);
    const bool hottest = f.location().kind() == v1::Location::HOTTEST_POINT;
    CHECK((hottest || f.location().kind() == v1::Location::COLDEST_POINT));
    CHECK(hottest == is_upper(f));  // no phantom's rule is on a volume that is spared
    const double truth = hottest ? s.max_gy() : s.min_gy();
    CHECK(std::abs(f.location().dose_gy() - truth) <= slack(truth));
    CHECK(std::abs(dose_at(f.structure(), f.location()) - truth) <= slack(truth));
  }

  void look_at(const v1::Finding& f) {
    const Solid s = solid(f.structure(), name_);
    const double truth = closed_form(f.metric(), s);
    encloses(f.lower(), f.value(), f.upper(), truth);
    if (!f.has_limit()) return;
    const double side = is_upper(f) ? 1.0 : -1.0;
    if (f.metric().front() != 'V') {
      ++rooms;
      encloses(f.margin_dose_lower_gy(), f.margin_dose_gy(), f.margin_dose_upper_gy(), side * (f.limit() - truth));
      if (f.metric().rfind("Max", 0) == 0 && f.has_margin_volume_cc()) {
        encloses(f.margin_volume_lower_cc(), f.margin_volume_cc(), f.margin_volume_upper_cc(),
                 -s.volume_at_least_cc(f.limit()));
      }
      return;
    }
    rooms += 2;
    const double cc = (f.unit() == "%" ? 0.01 * s.volume_cc() : 1.0);
    encloses(f.margin_volume_lower_cc(), f.margin_volume_cc(), f.margin_volume_upper_cc(),
             side * (f.limit() - truth) * cc);
    const double level = level_of(f.metric());
    const double room = side * (level - s.dose_of_hottest_gy(f.limit() * cc));
    encloses(f.margin_dose_lower_gy(), f.margin_dose_gy(), f.margin_dose_upper_gy(), room);
    CHECK(std::abs(f.margin_dose_gy() - room) <= std::max(kRoomGy, kRoomShare * std::abs(room)));
  }

  static double level_of(const std::string& metric) {
    const double level = std::strtod(metric.c_str() + 1, nullptr);
    return metric.find('%') < metric.find('[') ? level * phantom::kPrescribedGy / 100 : level;
  }

  std::string name_;
  phantom::DoseModel dose_;
};

}  // namespace

TEST_CASE("phantom: no number of any report lies outside what the report claims of it", "[e2e][phantom][numbers]") {
  const TemporaryFolder folder;
  std::size_t rooms = 0, places = 0;
  for (const auto& c : phantom::cases()) {
    if (c.differs == phantom::Differs::kInProtocol) continue;
    INFO(c.name);
    const std::string dir = write_phantom(folder, c.name);
    const Outcome checked = run({"check", dir, "--record", dir + "/record.json", "--format", "json"});
    INFO(checked.err);
    v1::Report report;
    REQUIRE(google::protobuf::util::JsonStringToMessage(checked.out, &report).ok());
    Case look(c.name);
    look.look(report);
    rooms += look.rooms;
    places += look.places;
  }
  CHECK(rooms > 1000);
  CHECK(places > 500);
}
