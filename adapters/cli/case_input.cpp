#include "adapters/cli/case_input.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>

#include "adapters/cli/deviations.h"
#include "adapters/cli/documents.h"
#include "adapters/cli/holidays.h"
#include "adapters/cli/input.h"
#include "adapters/cli/number.h"
#include "adapters/cli/program.h"
#include "adapters/cli/render_report.h"
#include "adapters/cli/render_report_csv.h"
#include "adapters/cli/verdict.h"
#include "dosegate/detail/sha256.hpp"

namespace dosegate::cli {

std::string read_protocol_file(const std::string& path) { return text_of(path, kMostProtocolBytes); }

std::string read_record(const CheckArguments& args, v1::CaseOptions& options) {
  if (args.record.empty()) return {};
  std::string record = text_of(args.record, kMostRecordBytes);
  v1::Input& input = *options.add_inputs();
  input.set_role("RECORD");
  input.set_sha256(detail::sha256_of(record));
  return record;
}

bool looks_like_file(const std::string& name) {
  constexpr std::string_view kEnding = ".json";
  return name.find('/') != std::string::npos ||
         (name.size() > kEnding.size() && name.compare(name.size() - kEnding.size(), kEnding.size(), kEnding) == 0);
}

void check_roles(const v1::Protocol& protocol, const CheckArguments& args) {
  std::string known;
  for (const auto& role : protocol.roles()) known += (known.empty() ? "" : ", ") + role.id();
  const auto check = [&](const std::string& role, const std::string& option) {
    bool found = false;
    for (const auto& r : protocol.roles()) found = found || r.id() == role;
    if (!found) stop(option + ": the protocol has no structure '" + role + "'. It has " + known);
  };
  for (const auto& [role, name] : args.map) check(role, "--map " + role + "=" + name);
  for (const auto& [role, gy] : args.prescriptions) {
    if (!role.empty()) check(role, "--prescription " + role + "=" + shortest(gy) + "Gy");
  }
}

v1::CaseOptions options_of(const CaseArguments& args) {
  v1::CaseOptions options;
  switch (args.dose_is) {
    case DoseIs::kAsTagged:
      break;
    case DoseIs::kCourse:
      options.set_dose_meaning(v1::CaseOptions::COURSE);
      break;
    case DoseIs::kFraction:
      options.set_dose_meaning(v1::CaseOptions::FRACTION);
      break;
  }
  options.set_outside_grid(args.outside_grid == OutsideGrid::kZero ? v1::CaseOptions::ZERO : v1::CaseOptions::REFUSE);
  for (const std::string& roi : args.separate_pieces) options.add_separate_pieces(roi);
  switch (args.between_slices) {
    case BetweenSlices::kAsProtocol:
      break;
    case BetweenSlices::kSlab:
      options.set_between_slices(v1::BetweenSlices::SLAB);
      break;
    case BetweenSlices::kInterpolate:
      options.set_between_slices(v1::BetweenSlices::INTERPOLATE);
      break;
  }
  return options;
}

v1::CaseOptions options_of(const CheckArguments& args) {
  v1::CaseOptions options = options_of(args.input);
  options.mutable_structure_map()->insert(args.map.begin(), args.map.end());
  for (const auto& [role, gy] : args.prescriptions) {
    v1::StatedPrescription& stated = *options.add_prescriptions();
    stated.set_role(role);
    stated.set_total_dose_gy(gy);
  }
  if (args.plan_only) options.set_scope(v1::CaseOptions::PLAN_ONLY);
  options.set_as_of(args.as_of);
  for (const std::string& day : holidays_of(args.holidays)) options.add_holidays(day);
  return options;
}

std::string named(const CaseArguments& args) { return args.paths.size() == 1 ? args.paths.front() + ": " : ""; }

unsigned thread_count() { return std::clamp(std::thread::hardware_concurrency(), 1U, 16U); }

void check_output_is_no_input(const CaseArguments& args) {
  for (const std::string& path : args.paths) {
    std::error_code ignored;
    if (!args.output.empty() && std::filesystem::equivalent(path, args.output, ignored)) {
      stop(args.output + ": is also the input. Choose another name for -o");
    }
  }
}

void check_output_is_no_terminal(Format format, const std::string& output) {
  if (format == Format::kPdf && output.empty() && ::isatty(STDOUT_FILENO) == 1)
    stop("--format pdf: a terminal shows no PDF. Name a file with -o");
}

void check_output_is_no_input(const CheckArguments& args) {
  std::error_code ignored;
  const std::string& output = args.input.output;
  if (!output.empty() && std::filesystem::equivalent(args.protocol, output, ignored)) {
    stop(output + ": is also the protocol. Choose another name for -o");
  }
  if (!output.empty() && std::filesystem::equivalent(args.record, output, ignored)) {
    stop(output + ": is also the clinical record. Choose another name for -o");
  }
  if (!output.empty() && std::filesystem::equivalent(args.holidays, output, ignored)) {
    stop(output + ": is also the calendar. Choose another name for -o");
  }
  check_output_is_no_input(args.deviations, output);
  check_output_is_no_input(args.input);
}

void check_output_is_no_input(const DeviationArguments& args, const std::string& output) {
  std::vector<std::string> inputs = args.waivers;
  inputs.insert(inputs.end(), {args.policy, args.ledger});
  for (const std::string& input : inputs) {
    std::error_code ignored;
    if (output.empty() || !std::filesystem::equivalent(input, output, ignored)) continue;
    stop(output + ": is also what waivers are judged by. Choose another name for -o");
  }
}

dicom::ReadResult read(const CaseArguments& args, dicom::ReadOptions options) {
  options.plan = args.plan;
  options.structure_set = args.structure_set;
  options.dose = args.dose;
  options.dose_is_whole = args.dose_is != DoseIs::kAsTagged;
  options.threads = thread_count();
  return dicom::read_case({args.paths.begin(), args.paths.end()}, options);
}

dicom::ReadResult read(const CheckArguments& args, dicom::ReadOptions options) {
  options.read_elsewhere = args.record;
  return read(args.input, std::move(options));
}

dicom::RtCase case_of(dicom::ReadResult result, const CaseArguments& args) {
  if (const auto* error = std::get_if<dicom::ReadError>(&result)) {
    // An error about the whole has no file of its own.
    stop((error->file().empty() ? named(args) : std::string()) + error->text());
  }
  return std::get<dicom::RtCase>(std::move(result));
}

Exit answer_check(const CheckArguments& args, DeviationSource* deviations, dosegate_verdict verdict,
                  std::string_view engine_json, const v1::Plan& plan, const std::string& protocol_title,
                  const PageMaker& page) {
  std::string report_json(engine_json);
  if (deviations != nullptr) report_json = with_deviations(engine_json, deviations->of(engine_json));
  // One schema: what this program cannot read it does not pass on.
  const auto report = parse_document<v1::Report>(report_json);
  const Exit exit = exit_of(verdict, report);
  if (exit == Exit::kUnusable) stop("the library gave no verdict that holds together. Report this as a defect");
  const std::string& output = args.input.output;
  if (args.input.format == Format::kJson) {
    answer(output, report_json);
  } else if (args.input.format == Format::kCsv) {
    answer(output, render_report_csv(present::make_view(report, plan, protocol_title, args.language)));
  } else {
    const present::View view = present::make_view(report, plan, protocol_title, args.language);
    const bool wants_page = is_page(args.input.format);
    if (wants_page && !page) stop("--format html and pdf: this program makes no page");
    const Style style = style_for(output);
    const Length length = style.is_terminal && !args.full ? Length::kShort : Length::kFull;
    answer(output, wants_page ? page(view, report_json) : render_report(view, style, length));
  }
  return exit;
}

}  // namespace dosegate::cli
