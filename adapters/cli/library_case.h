// Protocols and cases of the loaded library, from what a command names. Each throws Problem where it cannot.
#pragma once

#include <future>
#include <string>

#include "adapters/cli/args.h"
#include "adapters/cli/case_input.h"
#include "adapters/cli/program.h"
#include "adapters/dicom/reader.h"
#include "dosegate/dosegate.hpp"
#include "dosegate/v1/options.pb.h"

namespace dosegate::cli {

// A built-in id comes before a file of the same name that happens to lie in the working directory.
Protocol load_protocol(const Library& library, const std::string& name);

// The library, being loaded on another thread, which takes as long as reading a case. What it throws comes from get().
std::future<Library> start_loading(const std::string& manifest);

// What the library says about data it cannot use, with the input it came from.
template <typename F>
auto on_input(const CaseArguments& args, F&& f) {
  try {
    return f();
  } catch (const PluginError& e) {
    stop(named(args) + e.what());
  }
}

// Takes contours and dose values out of `rt`.
Case make_case(const Library& library, const CaseArguments& args, dicom::RtCase& rt, v1::CaseOptions options);

// The case that `check` evaluates, with its record (as read_record read it) and its measurement. `options`: those of
// `args`, with the record among their inputs; the measurement and the DICOM objects are added.
Case make_check_case(const Library& library, const CheckArguments& args, dicom::RtCase& rt, v1::CaseOptions& options,
                     const std::string& record);

}  // namespace dosegate::cli
