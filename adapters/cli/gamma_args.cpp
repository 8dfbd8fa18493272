#include "adapters/cli/gamma_args.h"

#include <CLI/CLI.hpp>
#include <array>
#include <map>

#include "adapters/support/utf8.h"

namespace dosegate::cli {
namespace {

constexpr const char* kGammaFooter =
    "For each point of REFERENCE: the least distance in dose and space to the whole interpolated EVALUATED dose, to\n"
    "0.001. Which of the two is the reference matters. A measurement is usually the reference; it may be a CSV file:\n"
    "a header x_mm,y_mm,z_mm,dose_gy (or dose_cgy), then a line for each point, in the coordinates of the other dose.\n"
    "An evaluated CSV must be a whole rectangular grid, without interpolation beyond its points.\n\n"
    "Examples:\n"
    "  dosegate gamma RD_measured.dcm RD_planned.dcm\n"
    "  dosegate gamma array.csv RD_planned.dcm --preset TG-218 --normalise 45Gy\n"
    "  dosegate gamma RD1.dcm RD2.dcm --roi PTV --structures RS.dcm --format json --map gamma.mha\n\n"
    "Exit code: 0 answered, 3 not: the doses cannot be compared, unusable input, wrong usage or any other failure.";

struct Preset {
  double dose_percent, distance_mm, cutoff_percent;
};
const std::map<std::string, Preset> kPresets = {{"ChiCTR2000036385", {3.0, 3.0, 10.0}}, {"TG-218", {3.0, 2.0, 10.0}}};
const std::map<std::string, Format> kFormats = {
    {"csv", Format::kCsv}, {"json", Format::kJson}, {"text", Format::kText}};

// One of the names, or a usage error that lists them.
void one_of(CLI::App& app, const char* option, std::string& value, const std::vector<std::string>& names,
            const char* help) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : "|") + name;
  app.add_option(option, value, help)
      ->check([names, all](const std::string& text) {
        for (const std::string& name : names) {
          if (text == name) return std::string();
        }
        return "'" + text + "' is none of " + all;
      })
      ->type_name(all);
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

CLI::App* add_gamma(CLI::App& app, GammaTyped& typed) {
  CLI::App* gamma = app.add_subcommand("gamma", "Compare two doses, e.g. a measurement and the plan");
  gamma->add_option("REFERENCE", typed.args.reference, "RT Dose, or CSV of points: where gamma is computed")
      ->type_name("")
      ->required();
  gamma->add_option("EVALUATED", typed.args.evaluated, "RT Dose, or CSV of a grid: what is interpolated and searched")
      ->type_name("")
      ->required();
  gamma->add_option("--dose-percent", typed.dose_percent, "Dose criterion; otherwise 3")->type_name("%");
  gamma->add_option("--distance-mm", typed.distance_mm, "Distance criterion; otherwise 3")->type_name("MM");
  gamma->add_option("--normalise", typed.normalise, "What the dose criterion and the cut are percentages of")
      ->type_name("maximum|prescription|DOSE|local");
  gamma->add_option("--prescription", typed.prescription, "With --normalise prescription: the dose, e.g. 45Gy")
      ->type_name("DOSE");
  gamma->add_option("--cutoff-percent", typed.cutoff_percent, "Less reference dose is left out; otherwise 10")
      ->type_name("%");
  one_of(*gamma, "--interpolate", typed.interpolate, {"trilinear", "simplex"}, "How EVALUATED goes on between voxels");
  one_of(*gamma, "--preset", typed.preset, {"ChiCTR2000036385", "TG-218"},
         "Criteria: the trial's 3 %/3 mm, cut 10 %; or TG-218's 3 %/2 mm, cut 10 %");
  gamma->add_flag("--pass-fail", typed.args.pass_fail, "Prove only on which side of 1 each point is: faster");
  gamma->add_option("-r,--roi", typed.args.rois, "Only where this ROI is; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  gamma->add_option("--structures", typed.args.structures, "The structure set that has the ROIs")->type_name("RS");
  gamma->add_option("--map", typed.args.map, "Also write gamma point by point: .csv, or .mha of a grid")
      ->type_name("FILE");
  one_of(*gamma, "-f,--format", typed.format, {"csv", "json", "text"}, "How the answer is written");
  gamma->add_option("-o,--output", typed.args.output, "Write the answer to this file, whole or not at all")
      ->type_name("FILE");
  gamma->footer(kGammaFooter);
  return gamma;
}

std::variant<GammaArguments, Problem> finish_gamma(const GammaTyped& typed) {
  const auto usage = [](const std::string& message) { return Problem(message + ". See 'dosegate gamma --help'"); };
  GammaArguments args = typed.args;
  if (const auto preset = kPresets.find(typed.preset); preset != kPresets.end()) {
    args.dose_percent = preset->second.dose_percent;
    args.distance_mm = preset->second.distance_mm;
    args.cutoff_percent = preset->second.cutoff_percent;
  }
  args.dose_percent = typed.dose_percent.value_or(args.dose_percent);
  args.distance_mm = typed.distance_mm.value_or(args.distance_mm);
  args.cutoff_percent = typed.cutoff_percent.value_or(args.cutoff_percent);
  using Normalise = GammaArguments::Normalise;
  if (typed.normalise == "maximum") {
    args.normalise = Normalise::kMaximum;
  } else if (typed.normalise == "local") {
    args.normalise = Normalise::kLocal;
  } else if (typed.normalise == "prescription") {
    args.normalise = Normalise::kPrescription;
    args.normalise_gy = parse_dose(typed.prescription);
    if (!args.normalise_gy) {
      return usage("--normalise prescription needs the prescription with its unit, --prescription 45Gy");
    }
  } else {
    args.normalise = Normalise::kDose;
    args.normalise_gy = parse_dose(typed.normalise);
    if (!args.normalise_gy) {
      return usage("--normalise '" + typed.normalise +
                   "': maximum, prescription, local, or a dose with its unit (45Gy) is expected");
    }
  }
  if (!typed.prescription.empty() && args.normalise != Normalise::kPrescription) {
    return usage("--prescription stands with --normalise prescription");
  }
  args.simplex = typed.interpolate == "simplex";
  args.format = kFormats.at(typed.format);
  for (const std::string& roi : args.rois) {
    if (roi.empty() || !support::is_utf8(roi)) return usage("--roi '" + roi + "': is empty or not UTF-8 text");
  }
  if (args.rois.empty() != args.structures.empty()) return usage("--roi and --structures stand together");
  if (!args.map.empty() && !ends_with(args.map, ".csv") && !ends_with(args.map, ".mha")) {
    return usage("--map '" + args.map + "': a name that ends in .csv or .mha is expected");
  }
  if (!args.map.empty() && args.pass_fail) return usage("--map needs the gammas that --pass-fail leaves out");
  return args;
}

}  // namespace dosegate::cli
