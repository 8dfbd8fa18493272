// Every number of the report on a real plan against the slow reference of tests/property, which reads contours and dose
// by itself and shares no code with core/dvh and core/geometry; and the curves of `dvh --curve`.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>

#include "adapters/dicom/reader.h"
#include "dosegate/dosegate.h"
#include "dosegate/v1/dvh.pb.h"
#include "dosegate/v1/report.pb.h"
#include "tests/e2e/run_program.h"
#include "tests/property/dvh_reference.h"

using namespace dosegate::e2e;
using dosegate::Dose;
using dosegate::Volume;
using dosegate::property::AtTheLevel;
using dosegate::property::DrawnPlane;
using dosegate::property::DvhReference;
using dosegate::property::VoxelDoses;
namespace v1 = dosegate::v1;

namespace {

constexpr double kPrescribedGy = 45.0;
constexpr double kStated = 1e-6;  // of a number without bounds: report.proto
// Of the room in dose, what report.proto says of structures of few cells. Of more it may be wider, not falser.
constexpr double kRoomGy = 0.05, kRoomShare = 0.1;
constexpr double kOffGy = 0.01;  // of a D that no limit asks for: core/rules/dose_metric.cpp

// Contours and dose as they stand in the files: axial, 3 mm apart, every structure on neighbouring slices.
class Patient {
 public:
  explicit Patient(const std::string& folder) {
    auto read = dosegate::dicom::read_case({folder});
    if (const auto* error = std::get_if<dosegate::dicom::ReadError>(&read)) FAIL(error->text());
    case_ = std::get<dosegate::dicom::RtCase>(std::move(read));
    const auto& d = *case_.dose;
    REQUIRE(d.value_type == DOSEGATE_VALUES_UINT32);
    for (std::uint32_t i = 0; i < d.columns; ++i)
      doses_.centre[0].push_back(d.position_mm[0] + i * d.column_spacing_mm);
    for (std::uint32_t j = 0; j < d.rows; ++j) doses_.centre[1].push_back(d.position_mm[1] + j * d.row_spacing_mm);
    for (const double offset : d.plane_offsets_mm) doses_.centre[2].push_back(d.position_mm[2] + offset);
    doses_.gy.resize(d.value_count);
    for (std::size_t n = 0; n < d.value_count; ++n) {
      std::uint32_t stored = 0;
      std::memcpy(&stored, d.values.data() + n * sizeof stored, sizeof stored);
      doses_.gy[n] = static_cast<float>(stored * d.scaling);
    }
  }

  double maximum_gy() const { return static_cast<double>(*std::max_element(doses_.gy.begin(), doses_.gy.end())); }

  // "Liver-GTV": the Liver without the GTV, which lies wholly inside it: even-odd of both.
  const DvhReference& of(const std::string& role) {
    auto found = references_.find(role);
    if (found == references_.end()) {
      std::map<double, DrawnPlane> planes;
      for (const std::string& name :
           role == "Liver-GTV" ? std::vector<std::string>{"Liver", "GTV"} : std::vector<std::string>{role}) {
        add(name, planes);
      }
      std::vector<DrawnPlane> in_order;
      for (auto& [z, plane] : planes) in_order.push_back(std::move(plane));
      found = references_.emplace(role, DvhReference(in_order, doses_, 1.0)).first;
    }
    return found->second;
  }

 private:
  void add(const std::string& name, std::map<double, DrawnPlane>& planes) const {
    for (const auto& s : case_.structures) {
      if (s.name != name) continue;
      for (const auto& c : s.contours) {
        std::vector<Eigen::Vector2d> ring;
        for (std::size_t p = 0; p + 2 < c.points_mm.size(); p += 3) {
          ring.emplace_back(c.points_mm[p], c.points_mm[p + 1]);
        }
        DrawnPlane& plane = planes[c.points_mm.at(2)];
        plane.z = c.points_mm[2];
        plane.rings.push_back(std::move(ring));
      }
    }
  }

  dosegate::dicom::RtCase case_;
  VoxelDoses doses_;
  std::map<std::string, DvhReference> references_;
};

// A metric of the protocol's: "V95%[%]", "V20Gy[%]", "Max[Gy]", "Mean[Gy]", "D0.03cc[Gy]".
struct Metric {
  explicit Metric(const std::string& text) : kind(text.substr(0, text[0] == 'V' || text[0] == 'D' ? 1 : 3)) {
    std::from_chars(text.data() + 1, text.data() + text.size(), level);
    if (kind == "V" && text.find('%') < text.find('[')) level *= kPrescribedGy / 100.0;
  }

  std::string kind;
  double level = 0.0;  // Gy of V, cc of D
};

bool is_upper(const v1::Finding& f) { return f.comparator() == v1::LT || f.comparator() == v1::LE; }

// The true D of the hottest volume lies in [lower, upper]: at its lower end there is as much volume, above its upper
// end there is not more. No inversion, whose error would be D's.
void hottest_is_in(const DvhReference& r, Volume hottest, double lower, double upper) {
  const Dose rounding = Dose::gy(2.0 * kStated * r.maximum().value.in_gy());
  const Volume slack = kStated * r.total().value;
  const auto below = r.volume_above(Dose::gy(lower) - rounding);
  const auto above = r.volume_above(Dose::gy(upper) + rounding, AtTheLevel::kDoesNotCount);
  INFO("[" << lower << ", " << upper << "] Gy of the hottest " << hottest.in_cc() << " cc, of " << below.value.in_cc()
           << " and " << above.value.in_cc());
  CHECK(below.value + below.error + slack >= hottest);
  CHECK(above.value - above.error - slack <= hottest);
}

void encloses(double lower, double value, double upper, double truth, double error) {
  INFO(value << " in [" << lower << ", " << upper << "], truth " << truth << " +- " << error);
  CHECK(lower <= value);
  CHECK(value <= upper);
  CHECK(lower <= truth + error);
  CHECK(truth - error <= upper);
}

struct Looked {
  int values = 0, rooms = 0, places = 0;
};

class Comparison {
 public:
  Comparison(const v1::Finding& f, const DvhReference& r, double most_gy)
      : f_(f), r_(r), most_(most_gy), metric_(f.metric()) {}

  void look(Looked& looked) const {
    value();
    ++looked.values;
    if (f_.has_limit()) {
      room();
      ++looked.rooms;
    }
    if (!f_.has_location()) return;
    place();
    ++looked.places;
  }

 private:
  void value() const {
    const double precision = 2.0 * kStated * most_;
    if (metric_.kind == "V") {
      const auto v = r_.volume_above(Dose::gy(metric_.level));
      const double total = r_.total().value.in_cc();
      encloses(f_.lower(), f_.value(), f_.upper(), 100.0 * v.value.in_cc() / total,
               100.0 * (v.error.in_cc() / total + kStated));
    } else if (metric_.kind == "D") {
      CHECK((f_.lower() <= f_.value() && f_.value() <= f_.upper()));
      hottest_is_in(r_, Volume::cc(metric_.level), f_.lower(), f_.upper());
      hottest_is_in(r_, Volume::cc(metric_.level), f_.value() - kOffGy, f_.value() + kOffGy);
    } else {
      const auto exact = metric_.kind == "Mea" ? r_.mean() : r_.maximum();
      encloses(f_.lower(), f_.value(), f_.upper(), exact.value.in_gy(), precision);
      CHECK(f_.upper() - f_.lower() <= 4.0 * precision);
    }
  }

  void room() const {
    const double side = is_upper(f_) ? 1.0 : -1.0, limit = f_.limit();
    CHECK(f_.margin_dose_lower_gy() <= f_.margin_dose_gy());
    CHECK(f_.margin_dose_gy() <= f_.margin_dose_upper_gy());
    if (metric_.kind != "V") {
      const auto exact = metric_.kind == "Mea" ? r_.mean() : r_.maximum();
      encloses(f_.margin_dose_lower_gy(), f_.margin_dose_gy(), f_.margin_dose_upper_gy(),
               side * (limit - exact.value.in_gy()), 2.0 * kStated * most_);
      return;
    }
    const double cc = 0.01 * r_.total().value.in_cc();
    const double truth = r_.volume_above(Dose::gy(metric_.level)).value.in_cc();
    encloses(f_.margin_volume_lower_cc(), f_.margin_volume_cc(), f_.margin_volume_upper_cc(),
             side * (limit * cc - truth), 2.0 * kStated * r_.total().value.in_cc());
    // D of the limit's volume lies so far from the metric's dose.
    double lower = metric_.level - side * f_.margin_dose_lower_gy();
    double upper = metric_.level - side * f_.margin_dose_upper_gy();
    if (lower > upper) std::swap(lower, upper);
    hottest_is_in(r_, Volume::cc(limit * cc), lower, upper);
    const double said = metric_.level - side * f_.margin_dose_gy();
    const double off = std::max(kRoomGy, kRoomShare * std::abs(f_.margin_dose_gy()));
    hottest_is_in(r_, Volume::cc(limit * cc), said - off, said + off);
  }

  void place() const {
    const auto& p = f_.location();
    const bool hottest = p.kind() == v1::Location::HOTTEST_POINT;
    CHECK(hottest == is_upper(f_));
    const double extreme = (hottest ? r_.maximum() : r_.minimum()).value.in_gy();
    CHECK(std::abs(p.dose_gy() - extreme) <= kStated * most_);
    const double there = r_.dose_at({p.x_mm(), p.y_mm(), p.z_mm()}).in_gy();
    CHECK(std::abs(p.dose_gy() - there) <= kStated * most_);
  }

  const v1::Finding& f_;
  const DvhReference& r_;
  double most_;  // of the grid, Gy: what doses are known to is a part of it
  Metric metric_;
};

template <typename Message>
Message answer_of(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--format", "json"});
  const Outcome o = run(arguments);
  INFO(o.err);
  Message message;
  REQUIRE(google::protobuf::util::JsonStringToMessage(o.out, &message).ok());
  return message;
}

// Against the reference at some doses, against the report's findings at all of theirs.
void look_at_curve(const v1::Curve& curve, const DvhReference& r, const std::vector<v1::Finding>& of_roi) {
  const int n = curve.volume_cc_size();
  REQUIRE((n > 5 && curve.lower_cc_size() == n && curve.upper_cc_size() == n));
  for (int b = 0; b < n; ++b) {
    CHECK((curve.lower_cc(b) <= curve.volume_cc(b) && curve.volume_cc(b) <= curve.upper_cc(b)));
    if (b == 0) continue;
    CHECK(curve.volume_cc(b) <= curve.volume_cc(b - 1));
    CHECK((curve.lower_cc(b) <= curve.lower_cc(b - 1) && curve.upper_cc(b) <= curve.upper_cc(b - 1)));
  }
  const double slack = kStated * r.total().value.in_cc();
  for (const double share : {0.1, 0.5, 0.9}) {
    const int b = static_cast<int>(share * n);
    const auto v = r.volume_above(Dose::gy(0.1 * b));
    encloses(curve.lower_cc(b), curve.volume_cc(b), curve.upper_cc(b), v.value.in_cc(), v.error.in_cc() + slack);
  }
  for (const v1::Finding& f : of_roi) {
    const Metric m(f.metric());
    if (m.kind != "V" || !f.has_value()) continue;
    INFO(f.metric());
    // The bins at or below the metric's dose have at least its volume, those at or above it at most.
    const double cc = 0.01 * r.total().value.in_cc();
    const int below = static_cast<int>(m.level / 0.1 + 1e-9), above = static_cast<int>(std::ceil(m.level / 0.1 - 1e-9));
    if (below < n) CHECK(curve.upper_cc(below) >= f.lower() * cc - slack);
    if (above < n) CHECK(curve.lower_cc(above) <= f.upper() * cc + slack);
    if (below < n) CHECK(curve.volume_cc(below) >= f.lower() * cc - slack);
    if (above < n) CHECK(curve.volume_cc(above) <= f.upper() * cc + slack);
  }
}

}  // namespace

TEST_CASE("liverA: no number of the report or of the curves lies outside what they claim", "[e2e][numbers][liver]") {
  const auto data = shared_data();
  if (data.empty()) return;
  const std::string folder = (data / "liverA").string();
  Patient patient(folder);
  const auto report = answer_of<v1::Report>({"check", folder, "--plan-only"});
  CHECK(std::abs(report.dose().maximum_gy() - patient.maximum_gy()) <= kStated * patient.maximum_gy());
  CHECK(report.dose().scale_factor() == 1.0);
  CHECK(report.prescription().total_dose_gy() == kPrescribedGy);
  CHECK(report.prescription().fractions() == 15);
  std::map<std::string, std::vector<v1::Finding>> of_role;
  for (const auto& s : report.structures()) {
    if (!s.has_volume_cc()) continue;
    INFO(s.role());
    const double cc = patient.of(s.role()).total().value.in_cc();
    CHECK(std::abs(s.volume_cc() - cc) <= kStated * cc);
  }
  Looked looked;
  for (const auto& f : report.findings()) {
    INFO(f.rule_id() << ": " << f.message());
    if (f.rule_id() == "VO-1" || f.rule_id() == "VO-4.drawn") {
      const double cc = patient.of(f.structure()).total().value.in_cc();
      encloses(f.lower(), f.value(), f.upper(), cc, kStated * cc);
    }
    if (f.metric().empty() || !f.has_value()) continue;
    of_role[f.structure()].push_back(f);
    Comparison(f, patient.of(f.structure()), patient.maximum_gy()).look(looked);
  }
  CHECK(looked.values > 30);
  CHECK(looked.rooms > 20);
  CHECK(looked.places > 20);

  const auto dvh = answer_of<v1::DvhReport>({"dvh", folder, "--curve"});
  int curves = 0;
  for (const auto& roi : dvh.rois()) {
    if (of_role.count(roi.name()) == 0) continue;
    INFO(roi.name());
    look_at_curve(roi.curve(), patient.of(roi.name()), of_role[roi.name()]);
    ++curves;
  }
  CHECK(curves >= 8);
}
