// The program on the real plan: agreement with values that another program computed from voxel masks.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "dosegate/v1/dvh.pb.h"
#include "dosegate/v1/report.pb.h"
#include "tests/e2e/run_program.h"

using namespace dosegate::e2e;
namespace fs = std::filesystem;
namespace v1 = dosegate::v1;

namespace {

// One percentage point, of the structure's volume or of the 45 Gy prescribed; 2 % of a volume.
constexpr double kPoint = 1.0;
constexpr double kPointGy = 0.45;
constexpr double kVolumePercent = 2.0;

template <typename Message>
Message parse(const std::string& json) {
  Message message;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &message);
  INFO(status.ToString() << "\n" << json.substr(0, 400));
  REQUIRE(status.ok());
  return message;
}

// "PTV V95%" -> its numbers (texts such as ">=97" left out).
std::map<std::string, std::vector<double>> expected(const fs::path& data, const char* name) {
  const auto all = parse<google::protobuf::Struct>(read_file(data / "liverA/expected.json"));
  std::map<std::string, std::vector<double>> values;
  for (const auto& [key, list] : all.fields().at(name).struct_value().fields()) {
    for (const auto& v : list.list_value().values()) {
      if (v.kind_case() == google::protobuf::Value::kNumberValue) values[key].push_back(v.number_value());
    }
  }
  REQUIRE(values.size() > 10);
  return values;
}

struct Metrics {
  std::map<std::string, double> value;  // "PTV Mean[Gy]"
  std::map<std::string, double> volume_cc;
};

Metrics dvh(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "dvh");
  for (const char* extra : {"--format", "json", "--prescription", "45Gy"}) arguments.emplace_back(extra);
  for (const char* metric : {"Mean[Gy]", "Max[Gy]", "Min[Gy]", "D0.03cc[Gy]", "V42.75Gy[%]", "V5Gy[%]", "V10Gy[%]",
                             "V15Gy[%]", "V20Gy[%]", "V25Gy[%]", "V30Gy[%]"}) {
    arguments.emplace_back("--metric");
    arguments.emplace_back(metric);
  }
  const Outcome o = run(arguments);
  INFO(o.err);
  REQUIRE((o.exit_code == 0 || o.exit_code == 2));
  Metrics m;
  const auto report = parse<v1::DvhReport>(o.out);
  for (const auto& roi : report.rois()) {
    m.volume_cc[roi.name()] = roi.volume_cc();
    for (const auto& metric : roi.metrics()) {
      if (!metric.has_value()) continue;
      m.value[roi.name() + " " + metric.metric()] = metric.value();
      INFO(roi.name() << " " << metric.metric());
      CHECK(metric.lower() <= metric.value());
      CHECK(metric.value() <= metric.upper());
    }
  }
  return m;
}

void check_agreement(const Metrics& m, const std::map<std::string, std::vector<double>>& truth,
                     const std::string& normal_liver) {
  const auto near = [&](const std::string& metric, double value, double tolerance) {
    INFO(metric << ": expected " << value);
    REQUIRE(m.value.count(metric) == 1);
    CHECK(m.value.at(metric) == Approx(value).margin(tolerance));
  };
  // The masks hold voxel centres only. What lies between the outermost centres and the contour, where the dose
  // falls off, is in the polygon and not in the mask: sampling our contours at the grid's voxel centres gives
  // the mask's 98.7 %, sampling them every 0.5 mm gives 97.3 %.
  near("PTV V42.75Gy[%]", truth.at("PTV V95%").at(0) - 1.3, kPoint);
  CHECK(m.value.at("PTV V42.75Gy[%]") < truth.at("PTV V95%").at(0));
  near("PTV Mean[Gy]", truth.at("PTV mean/min/max").at(0), kPointGy);
  near("GTV Mean[Gy]", truth.at("GTV mean/min").at(0), kPointGy);
  if (!normal_liver.empty()) {
    near(normal_liver + " Mean[Gy]", truth.at("NL mean").at(0), kPointGy);
    for (const char* level : {"5", "10", "15", "20", "25", "30"}) {
      near(normal_liver + " V" + level + "Gy[%]", truth.at(std::string("NL V") + level).at(0), kPoint);
    }
    const double volume = truth.at("NL vol cc").at(0);
    CHECK(m.volume_cc.at(normal_liver) == Approx(volume).margin(volume * kVolumePercent / 100.0));
  }
  const std::map<std::string, std::string> organs = {
      {"SpinalCord", "spinal_cord"}, {"Stomach", "stomach"},      {"Duodenum", "duodenum"},    {"Colon", "colon"},
      {"SmallBowel", "small_bowel"}, {"Kidney_L", "kidney_left"}, {"Kidney_R", "kidney_right"}};
  for (const auto& [roi, organ] : organs) {
    // The hottest voxel centre: no hotter than the hottest point, and about what the hottest voxel's volume
    // (0.027 cc) gets.
    const double hottest = truth.at(organ + " max/mean").at(0);
    INFO(roi << " " << hottest);
    CHECK(m.value.at(roi + " Max[Gy]") > hottest - 0.01);
    CHECK(m.value.at(roi + " D0.03cc[Gy]") == Approx(hottest).margin(0.6));
    near(roi + " Mean[Gy]", truth.at(organ + " max/mean").at(1), kPointGy);
  }
}

v1::Report check(const std::vector<std::string>& arguments, int exit_code) {
  std::vector<std::string> all = {"check", "--format", "json", "--plan-only"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const Outcome o = run(all);
  INFO(o.err << o.out.substr(0, 3000));
  CHECK(o.exit_code == exit_code);
  CHECK(o.out == run(all).out);
  return parse<v1::Report>(o.out);
}

}  // namespace

TEST_CASE("liverA: DVH metrics agree with the values from voxel masks", "[e2e][OR-1][OR-2][PL-3]") {
  const fs::path data = shared_data();
  if (data.empty()) return;
  check_agreement(dvh({(data / "liverA").string()}), expected(data, "liverA"), "Liver-GTV");
}

TEST_CASE("liverA: the check evaluates the organs' rules with the same values", "[e2e][OR-1][OR-2][OR-6]") {
  const fs::path data = shared_data();
  if (data.empty()) return;
  const auto truth = expected(data, "liverA");
  // It has no CTV: the margins cannot be verified, so it does not pass.
  const v1::Report report = check({(data / "liverA").string()}, 2);
  // matRad's segments: apertures that change with the beam off.
  for (const auto& f : report.findings()) {
    if (f.rule_id() == "PL-1") CHECK(f.message() == "Step-and-shoot: beams 1, 2, 3 and 4.");
  }
  std::size_t seen = 0;
  for (const auto& f : report.findings()) {
    const std::string metric = f.structure() + " " + f.metric();
    const std::string prefix = "Liver-GTV V";
    INFO(f.rule_id() << " " << metric << " " << f.message());
    if (f.structure() == "Liver-GTV" && f.metric() == "Mean[Gy]" && f.has_limit()) {
      CHECK(f.value() == Approx(truth.at("NL mean").at(0)).margin(kPointGy));
      ++seen;
    } else if (metric.rfind(prefix, 0) == 0 && f.has_limit()) {
      const std::string level = metric.substr(prefix.size(), metric.find("Gy") - prefix.size());
      const auto at = truth.find("NL V" + level);
      if (at == truth.end()) continue;
      CHECK(f.value() == Approx(at->second.at(0)).margin(kPoint));
      ++seen;
    } else if (f.structure() == "SpinalCord" && f.metric() == "Max[Gy]") {
      CHECK(f.value() == Approx(truth.at("spinal_cord max/mean").at(0)).margin(kPointGy));  // a shallow gradient
      CHECK(f.status() == v1::Finding::PASS);
      ++seen;
    }
  }
  CHECK(seen == 8);
  CHECK(report.inputs_size() == 3);
}

TEST_CASE("liverA_fraction: the cube of one fraction never passes as a course", "[e2e][RX-3]") {
  const fs::path data = shared_data();
  if (data.empty()) return;
  const std::string folder = (data / "liverA_fraction").string();
  const Outcome o = run({"check", folder, "--format", "json"});
  INFO(o.err);
  REQUIRE((o.exit_code == 1 || o.exit_code == 2));
  const auto report = parse<v1::Report>(o.out);
  for (const auto& f : report.findings()) {
    if (f.metric().empty() || !f.has_limit()) continue;
    INFO(f.rule_id() << " " << f.message());
    CHECK(f.status() == v1::Finding::NOT_EVALUABLE);
    CHECK_FALSE(f.message().empty());
    CHECK(f.hint().find("--dose-is fraction") != std::string::npos);
  }
}

TEST_CASE("liverA_fraction: said to be one fraction it gives the metrics of the course", "[e2e][RX-3]") {
  const fs::path data = shared_data();
  if (data.empty()) return;
  const std::string folder = (data / "liverA_fraction").string();
  check_agreement(dvh({folder, "--dose-is", "fraction"}), expected(data, "liverA_fraction"), "");
  const auto truth = expected(data, "liverA_fraction");
  const v1::Report report = check({folder, "--dose-is", "fraction"}, 2);  // the plan states no prescription
  bool seen = false;
  for (const auto& f : report.findings()) {
    if (f.structure() != "Liver-GTV" || f.metric() != "Mean[Gy]" || !f.has_limit()) continue;
    seen = true;
    CHECK(f.value() == Approx(truth.at("NL mean").at(0)).margin(kPointGy));
  }
  CHECK(seen);
}
