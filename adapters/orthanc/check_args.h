// What the plugin tells the program that checks.
#pragma once

#include <string>
#include <variant>

#include "adapters/cli/args.h"

namespace dosegate::orthanc {

struct CheckProgramArguments {
  std::string manifest;      // of the library
  std::string protocol;      // id or file
  std::string options;       // file with a CaseOptions; empty: none
  std::string folder;        // with the study's objects; empty: nothing is checked, what the rest names is tried
  std::string record;        // file of a ClinicalRecord; empty: none
  std::string report, page;  // files to be written; without `page` none is made
  unsigned memory_mib = 0;   // address space; 0: no limit
  unsigned long parent = 0;  // the process that waits for the answer; 0: nobody's
};

std::variant<CheckProgramArguments, cli::Answer, cli::Problem> parse_check_arguments(int argc, const char* const* argv);

}  // namespace dosegate::orthanc
