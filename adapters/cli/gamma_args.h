// The command line of `dosegate gamma`.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "adapters/cli/args.h"

namespace CLI {
class App;
}

namespace dosegate::cli {

// As it was typed.
struct GammaTyped {
  GammaArguments args;
  std::string preset, normalise = "maximum", prescription, interpolate = "trilinear", format = "text";
  std::optional<double> dose_percent, distance_mm, cutoff_percent;
};

// Adds the command; what is typed lands in `typed`, which must outlive the parsing.
CLI::App* add_gamma(CLI::App& app, GammaTyped& typed);
std::variant<GammaArguments, Problem> finish_gamma(const GammaTyped& typed);

}  // namespace dosegate::cli
