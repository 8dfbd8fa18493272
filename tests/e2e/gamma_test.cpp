// `dosegate gamma` and `check --measured` as a user runs them.
#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>

#include "adapters/phantom/phantom.h"
#include "dosegate/v1/gamma.pb.h"
#include "tests/e2e/run_program.h"

using namespace dosegate::e2e;
namespace v1 = dosegate::v1;

namespace {

std::string phantom_file(const TemporaryFolder& folder, const std::string& name, const std::string& kind) {
  const auto result = dosegate::phantom::write(folder / name, name);
  REQUIRE(result.error.empty());
  for (const auto& file : result.files) {
    if (file.filename().string().rfind(kind, 0) == 0) return file.string();
  }
  FAIL("the phantom has no " << kind);
  return {};
}

v1::GammaReport gamma_of(const Outcome& o) {
  v1::GammaReport out;
  INFO(o.out << o.err);
  REQUIRE(google::protobuf::util::JsonStringToMessage(o.out, &out).ok());
  return out;
}

void check_not_compared(const std::vector<std::string>& arguments, const std::string& said) {
  const Outcome o = run(arguments);
  INFO(o.err);
  CHECK(o.exit_code == 3);
  CHECK(o.error_lines() == 1);
  CHECK(o.err.find(said) != std::string::npos);
}

// A plane of 5 x 4 points, 50 Gy but for one.
std::string plane_csv(double z, double odd = 50.0) {
  std::string out = "# A detector array\nx_mm;y_mm;z_mm;dose_gy\n";
  for (int j = 0; j < 4; ++j) {
    for (int i = 0; i < 5; ++i) {
      out += std::to_string(5 * i) + ";" + std::to_string(5 * j) + ";" + std::to_string(z) + ";" +
             std::to_string(i == 2 && j == 1 ? odd : 50.0) + "\n";
    }
  }
  return out;
}

}  // namespace

TEST_CASE("gamma: a dose against itself passes everywhere and nothing is left uncounted", "[e2e][gamma]") {
  const TemporaryFolder folder;
  const std::string dose = phantom_file(folder, "pass", "RD");
  const v1::GammaReport r = gamma_of(run({"gamma", dose, dose, "--format", "json"}));
  CHECK(r.pass_rate_percent().lower() == 100.0);
  CHECK(r.gamma_maximum().upper() < 0.001);
  CHECK(r.compared() > 0);
  CHECK(r.left_out().outside() == 0);
  CHECK(r.criteria().dose_percent() == 3.0);
  const Outcome text = run({"gamma", dose, dose});
  CHECK(text.exit_code == 0);
  for (const char* said :
       {"Gamma pass rate 100.00 %", "Reference", "Evaluated", "Left out: below the cut", "Histogram"}) {
    INFO(text.out);
    CHECK(text.out.find(said) != std::string::npos);
  }
  const Outcome csv = run({"gamma", dose, dose, "--format", "csv"});
  CHECK(csv.out.rfind("roi,pass_rate_percent,", 0) == 0);
  CHECK(csv.out.find("dose_percent,distance_mm,normalisation,normalisation_gy,cutoff_percent,interpolation\r\n") !=
        std::string::npos);
  const Outcome by = run({"gamma", dose, dose, "--format", "csv", "--dose-percent", "2", "--distance-mm", "1.5",
                          "--normalise", "45Gy", "--cutoff-percent", "20", "--interpolate", "simplex"});
  CHECK(by.out.find(",2,1.5,dose,45,20,simplex\r\n") != std::string::npos);
  const Outcome local = run({"gamma", dose, dose, "--format", "csv", "--normalise", "local"});
  CHECK(local.out.find(",3,3,local,,10,trilinear\r\n") != std::string::npos);
}

TEST_CASE("gamma: a measured plane is compared where it lies and its map names every point", "[e2e][gamma]") {
  const TemporaryFolder folder;
  const std::string measured = (folder / "measured.csv").string(), planned = (folder / "planned.csv").string();
  write_file(measured, plane_csv(0.0, 54.0));
  write_file(planned, plane_csv(0.0));
  const std::string map = (folder / "map.csv").string();
  const Outcome o =
      run({"gamma", measured, planned, "--preset", "TG-218", "--normalise", "50Gy", "--format", "json", "--map", map});
  CHECK(o.exit_code == 0);
  const v1::GammaReport r = gamma_of(o);
  CHECK(r.compared() == 20);
  CHECK(r.failing() == 1);
  CHECK(r.pass_rate_percent().value() == 95.0);
  CHECK(r.criteria().distance_mm() == 2.0);
  CHECK(r.gamma_maximum().value() == Approx(4.0 / 1.5).margin(0.001));
  CHECK(r.gamma_maximum().location().x_mm() == 10.0);
  CHECK(read_file(map).find("10,5,0,2.666") != std::string::npos);
}

TEST_CASE("gamma: what cannot be compared exits 3 and says which", "[e2e][gamma]") {
  const TemporaryFolder folder;
  const std::string here = (folder / "here.csv").string(), there = (folder / "there.csv").string();
  write_file(here, plane_csv(0.0));
  write_file(there, plane_csv(40.0));
  const Outcome o = run({"gamma", here, there});
  CHECK(o.exit_code == 3);
  INFO(o.out << o.err);
  CHECK(o.out.find("NOT EVALUABLE") == 0);
  CHECK(o.out.find("do not overlap") != std::string::npos);
  const v1::GammaReport r = gamma_of(run({"gamma", here, there, "--format", "json"}));
  CHECK_FALSE(r.has_pass_rate_percent());
  CHECK(r.left_out().outside() == 20);

  check_not_compared({"gamma", here, here, "--distance-mm", "0"}, "distance criterion");
  check_not_compared({"gamma", here, here, "--normalise", "prescription"}, "--prescription");
  check_not_compared({"gamma", here, here, "--normalise", "50"}, "unit");
  check_not_compared({"gamma", here, here, "--roi", "PTV"}, "--structures");
  check_not_compared({"gamma", here, here, "--map", "map.png"}, ".mha");
  check_not_compared({"gamma", here, (folder / "none.csv").string()}, "none.csv");
  const std::string bad = (folder / "bad.csv").string();
  write_file(bad, "x_mm,y_mm,z_mm,dose_gy\n0,0,0,1\n1,0,nan,1\n");
  check_not_compared({"gamma", bad, here}, "line 3");
  write_file(bad, "x,y,z,dose\n0,0,0,1\n");
  check_not_compared({"gamma", bad, here}, "x_mm");
  write_file(bad, "x_mm,y_mm,z_mm,dose_gy\n0,0,0,1\n5,0,0,1\n0,5,0,1\n");
  check_not_compared({"gamma", here, bad}, "rectangular grid");
}

TEST_CASE("gamma: a ROI of a structure set counts its own points and an unknown one is named", "[e2e][gamma]") {
  const TemporaryFolder folder;
  const std::string dose = phantom_file(folder, "pass", "RD"), map = (folder / "gamma.mha").string();
  const std::string structures = phantom_file(folder, "pass", "RS");
  const v1::GammaReport r = gamma_of(run({"gamma", dose, dose, "--roi", "PTV", "--roi", "SpinalCord", "--structures",
                                          structures, "--format", "json", "--map", map, "--cutoff-percent", "1"}));
  REQUIRE(r.rois_size() == 2);
  CHECK(r.rois(0).pass_rate_percent().lower() == 100.0);
  CHECK(r.rois(0).compared() > 0);
  CHECK(r.rois(1).compared() > 0);
  CHECK(r.compared() == r.rois(0).compared() + r.rois(1).compared());
  const auto total = [](const auto& p) {
    return p.compared() + p.left_out().roi() + p.left_out().below_cutoff() + p.left_out().outside();
  };
  CHECK(total(r) == total(r.rois(0)));
  CHECK(total(r) == total(r.rois(1)));
  const std::string image = read_file(map);
  CHECK(image.rfind("ObjectType = Image", 0) == 0);
  CHECK(image.size() > 4 * static_cast<std::size_t>(total(r)));
  check_not_compared({"gamma", dose, dose, "--roi", "Ptv1", "--structures", structures}, "There are:");
}

TEST_CASE("check --measured computes the rule on gamma and names a record that disagrees", "[e2e][gamma][QA-1]") {
  const TemporaryFolder folder;
  const std::string dose = phantom_file(folder, "pass", "RD");
  const std::string plan = (folder / "pass").string(), record = (folder / "pass" / "record.json").string();
  const Outcome same = run({"check", plan, "--record", record, "--measured", dose, "--format", "json"});
  INFO(same.err);
  CHECK(same.exit_code == 0);
  CHECK(same.out.find("against the measured one") != std::string::npos);
  CHECK(same.out.find("\"role\": \"MEASUREMENT\"") != std::string::npos);
  // A pass rate is shown with what was compared, on a terminal, too.
  const Outcome shown = run({"check", plan, "--record", record, "--measured", dose, "--language", "en"});
  CHECK(shown.out.find("points compared") != std::string::npos);
  // The same places, a tenth more dose everywhere.
  const std::string map = (folder / "map.csv").string(), hot = (folder / "hot.csv").string();
  REQUIRE(run({"gamma", dose, dose, "--cutoff-percent", "95", "--map", map}).exit_code == 0);
  std::string points = "x_mm,y_mm,z_mm,dose_gy\n";
  const std::string places = read_file(map);
  for (std::size_t at = places.find('\n') + 1; at < places.size(); at = places.find('\n', at) + 1) {
    const std::string line = places.substr(at, places.find('\n', at) - at);
    points += line.substr(0, line.rfind(',')) + ",51\n";
  }
  write_file(hot, points);
  const Outcome other = run({"check", plan, "--record", record, "--measured", hot, "--format", "json"});
  CHECK(other.exit_code == 1);
  CHECK(other.out.find("That disagrees with the record") != std::string::npos);
}
