// `dosegate gamma`, from parsed arguments to an answer.
#pragma once

#include <string>

#include "adapters/cli/args.h"
#include "adapters/cli/output.h"
#include "dosegate/dosegate.hpp"
#include "dosegate/v1/options.pb.h"

namespace dosegate::cli {

// kPass where there is an answer, kUnusable where the doses cannot be compared. Throws a Problem.
Exit run_gamma(const std::string& manifest, const GammaArguments& args);

// `check --measured FILE`: hands the measured dose to the case, and names it among the inputs. Throw a Problem.
void set_measurement(Case& c, const std::string& path);
void name_measurement(const std::string& path, v1::CaseOptions& options);

}  // namespace dosegate::cli
