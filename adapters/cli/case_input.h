// What `check` and `dvh` do with their arguments, in process or on a server: each throws a Problem where it cannot.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "adapters/cli/args.h"
#include "adapters/cli/deviations.h"
#include "adapters/cli/output.h"
#include "adapters/dicom/reader.h"
#include "adapters/present/view.h"
#include "dosegate/dosegate.h"
#include "dosegate/v1/options.pb.h"
#include "dosegate/v1/protocol.pb.h"

namespace dosegate::cli {

unsigned thread_count();

// "PATH: " where there is one path to blame.
std::string named(const CaseArguments& args);

// An answer never replaces what it was made from.
void check_output_is_no_input(const CaseArguments& args);
void check_output_is_no_input(const CheckArguments& args);
void check_output_is_no_input(const DeviationArguments& args, const std::string& output);

// A PDF goes into a file or a pipe.
void check_output_is_no_terminal(Format format, const std::string& output);

v1::CaseOptions options_of(const CaseArguments& args);
v1::CaseOptions options_of(const CheckArguments& args);

// The DICOM files that `args` name.
dicom::ReadResult read(const CaseArguments& args, dicom::ReadOptions options);
dicom::ReadResult read(const CheckArguments& args, dicom::ReadOptions options);
dicom::RtCase case_of(dicom::ReadResult result, const CaseArguments& args);

// Whether --protocol names a file rather than an id, by its form.
bool looks_like_file(const std::string& name);
std::string read_protocol_file(const std::string& path);
// The clinical record that --record names, as text; `options` then name it among the inputs. Empty: none is named.
std::string read_record(const CheckArguments& args, v1::CaseOptions& options);
void check_roles(const v1::Protocol& protocol, const CheckArguments& args);

// What makes a page of the view; `report_json` is what it was made from.
using PageMaker = std::function<std::string(const present::View& view, std::string_view report_json)>;

// Writes the report as `args` want it, with the protocol deviations of `deviations`, or null. The exit code. `page` is
// needed where is_page(format).
Exit answer_check(const CheckArguments& args, DeviationSource* deviations, dosegate_verdict verdict,
                  std::string_view report_json, const v1::Plan& plan, const std::string& protocol_title,
                  const PageMaker& page = {});

}  // namespace dosegate::cli
