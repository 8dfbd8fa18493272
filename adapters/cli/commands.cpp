#include "adapters/cli/commands.h"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <future>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <variant>

#include "adapters/cli/args.h"
#include "adapters/cli/documents.h"
#include "adapters/cli/guard.h"
#include "adapters/cli/input.h"
#include "adapters/cli/output.h"
#include "adapters/cli/render_csv.h"
#include "adapters/cli/render_dvh.h"
#include "adapters/cli/render_protocol.h"
#include "adapters/cli/render_report.h"
#include "adapters/cli/verdict.h"
#include "adapters/dicom/reader.h"
#include "adapters/dicom/to_case.h"
#include "adapters/phantom/phantom.h"
#include "dosegate/dosegate.hpp"
#include "dosegate/v1/options.pb.h"

namespace dosegate::cli {
namespace {

// What stops a command; caught in run().
struct Stop {
  Problem problem;
};

[[noreturn]] void stop(std::string message) { throw Stop{{std::move(message)}}; }

void answer(const std::string& path, std::string_view text) {
  if (auto problem = write_answer(path, text)) throw Stop{*problem};
}

// Colour and width are those of the terminal; a file gets neither.
Style style_for(const std::string& output) { return output.empty() ? style_of_stdout() : Style{}; }

std::string read_protocol_file(const std::string& path) {
  auto text = read_text_file(path, kMostProtocolBytes);
  if (const auto* problem = std::get_if<Problem>(&text)) throw Stop{*problem};
  return std::get<std::string>(std::move(text));
}

bool looks_like_file(const std::string& name) {
  constexpr std::string_view kEnding = ".json";
  return name.find('/') != std::string::npos ||
         (name.size() > kEnding.size() && name.compare(name.size() - kEnding.size(), kEnding.size(), kEnding) == 0);
}

// A built-in id comes before a file of the same name that happens to lie in the working directory.
Protocol load_protocol(const Library& library, const std::string& name) {
  if (!looks_like_file(name)) {
    try {
      return library.builtin_protocol(name);
    } catch (const PluginError& e) {
      std::error_code ignored;
      if (e.status != DOSEGATE_NOT_FOUND || !std::filesystem::exists(name, ignored)) {
        stop("--protocol '" + name + "': " + e.message);
      }
    }
  }
  const std::string text = read_protocol_file(name);
  try {
    return library.load_protocol(text);
  } catch (const PluginError& e) {
    stop(name + ": " + e.what());
  }
}

void check_roles(const v1::Protocol& protocol, const std::map<std::string, std::string>& map) {
  std::string known;
  for (const auto& role : protocol.roles()) known += (known.empty() ? "" : ", ") + role.id();
  for (const auto& [role, name] : map) {
    bool found = false;
    for (const auto& r : protocol.roles()) found = found || r.id() == role;
    if (!found) {
      stop("--map " + role + "=" + name + ": the protocol has no structure '" + role + "'. It has " + known);
    }
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

// "PATH: " where there is one path to blame.
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

// The library, being loaded on another thread, which takes as long as reading a case. What it throws comes from get().
std::future<Library> start_loading(const std::string& manifest) {
  constexpr auto kOnThisThreadIfNeeded = std::launch::async | std::launch::deferred;
  return std::async(kOnThisThreadIfNeeded, [manifest] { return Library::load(manifest); });
}

dicom::ReadResult read(const CaseArguments& args, dicom::ReadOptions options) {
  options.plan = args.plan;
  options.structure_set = args.structure_set;
  options.dose = args.dose;
  options.threads = thread_count();
  return dicom::read_case({args.paths.begin(), args.paths.end()}, options);
}

dicom::RtCase case_of(dicom::ReadResult result, const CaseArguments& args) {
  if (const auto* error = std::get_if<dicom::ReadError>(&result)) {
    // An error about the whole has no file of its own.
    stop((error->file.empty() ? named(args) : std::string()) + error->text());
  }
  return std::get<dicom::RtCase>(std::move(result));
}

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
Case make_case(const Library& library, const CaseArguments& args, dicom::RtCase& rt, v1::CaseOptions options) {
  dicom::add_to_options(rt, options);
  return on_input(args, [&] {
    dosegate_host host{};
    host.struct_size = sizeof host;
    host.threads = thread_count();
    Case c = library.make_case(&host);
    dicom::hand_over(rt, c);
    c.set_options(to_json(options));
    return c;
  });
}

Exit run_command(const std::string& manifest, const CheckArguments& args) {
  std::error_code ignored;
  if (!args.input.output.empty() && std::filesystem::equivalent(args.protocol, args.input.output, ignored)) {
    stop(args.input.output + ": is also the protocol. Choose another name for -o");
  }
  check_output_is_no_input(args.input);
  std::future<Library> loading = start_loading(manifest);
  dicom::ReadOptions reading;  // copied: the report names what was evaluated by its hash
  dicom::ReadResult read_result = read(args.input, reading);
  const Library library = loading.get();
  const Protocol protocol = load_protocol(library, args.protocol);
  const auto document = parse_document<v1::Protocol>(protocol.json());
  check_roles(document, args.map);
  v1::CaseOptions options = options_of(args.input);
  options.mutable_structure_map()->insert(args.map.begin(), args.map.end());

  dicom::RtCase rt = case_of(std::move(read_result), args.input);
  Case c = make_case(library, args.input, rt, std::move(options));
  const Report report = on_input(args.input, [&] { return c.check(protocol); });

  // One schema: what this program cannot read it does not pass on.
  const auto read_back = parse_document<v1::Report>(report.json());
  const Exit exit = exit_of(report.verdict(), read_back);
  if (exit == Exit::kUnusable) stop("the library gave no verdict that holds together. Report this as a defect");
  if (args.input.format == Format::kJson) {
    answer(args.input.output, report.json());
  } else {
    const ReportContext context{rt.plan.value_or(v1::Plan()), document.title()};
    answer(args.input.output, render_report(read_back, context, style_for(args.input.output)));
  }
  return exit;
}

std::string names_of(const dicom::RtCase& rt) {
  std::string names;
  for (const auto& structure : rt.structures) names += (names.empty() ? "" : ", ") + structure.name;
  return names;
}

Exit run_command(const std::string& manifest, const DvhArguments& args) {
  check_output_is_no_input(args.input);
  std::future<Library> loading = start_loading(manifest);
  guard_mapped_files();
  dicom::ReadOptions reading;
  reading.need_plan = dicom::Need::kIfPresent;
  reading.inputs = dicom::Inputs::kIgnored;  // a DvhReport does not name them
  reading.files = dicom::Files::kMapped;
  dicom::ReadResult read_result = read(args.input, reading);
  const Library library = loading.get();

  v1::DvhRequest request;
  for (const std::string& roi : args.rois) request.add_rois(roi);
  for (const std::string& metric : args.metrics) request.add_metrics(metric);
  request.set_curve(args.curve);
  if (args.prescription_gy) request.set_prescription_gy(*args.prescription_gy);

  dicom::RtCase rt = case_of(std::move(read_result), args.input);
  Case c = make_case(library, args.input, rt, options_of(args.input));
  const Document document = on_input(args.input, [&] {
    try {
      return c.dvh(to_json(request));
    } catch (const PluginError& e) {
      if (e.status != DOSEGATE_NOT_FOUND) throw;
      throw PluginError(e.status, "--roi", e.message + " There are: " + names_of(rt));
    }
  });
  const auto report = parse_document<v1::DvhReport>(document.json());
  const std::string& output = args.input.output;
  switch (args.input.format) {
    case Format::kJson:
      answer(output, document.json());
      break;
    case Format::kCsv:
      answer(output, render_csv(report, args.curve ? CsvCurve::kInclude : CsvCurve::kLeaveOut));
      break;
    case Format::kText:
      answer(output, render_dvh(report, style_for(output)));
      break;
  }
  return is_complete(report) ? Exit::kPass : Exit::kIncomplete;
}

Exit run_command(const std::string& manifest, const ProtocolArguments& args) {
  const Library library = Library::load(manifest);
  switch (args.action) {
    case ProtocolArguments::Action::kList:
      answer("", render_protocol_list(parse_document<v1::ProtocolList>(library.list_protocols().json()),
                                      style_of_stdout()));
      return Exit::kPass;
    case ProtocolArguments::Action::kShow: {
      const Protocol protocol = load_protocol(library, args.name);
      answer("", args.format == Format::kJson
                     ? std::string(protocol.json())
                     : render_protocol(parse_document<v1::Protocol>(protocol.json()), style_of_stdout()));
      return Exit::kPass;
    }
    case ProtocolArguments::Action::kLint:
      break;
  }
  const std::string text = read_protocol_file(args.name);
  const auto report = parse_document<v1::LintReport>(library.lint_protocol(text).json());
  answer("", render_lint(report, args.name, style_of_stdout()));
  return has_errors(report) ? Exit::kFail : Exit::kPass;
}

Exit make_phantom(const PhantomArguments& args) {
  Page page(style_of_stdout());
  if (args.list) {
    Table table({{"Case"}, {"Verdict"}, {"Breaks"}, {"What it is"}});
    for (const auto& c : phantom::cases()) table.add({c.name, c.expected_verdict, c.broken_rule, c.description});
    page.table(table, 0);
    answer("", page.text());
    return Exit::kPass;
  }
  const phantom::Result result = phantom::write(args.directory, args.case_name);
  if (!result) stop(result.error);
  page.paragraph("Wrote " + std::to_string(result.files.size()) + " files of the case '" + args.case_name + "' into " +
                 args.directory);
  for (const auto& c : phantom::cases()) {
    if (c.name == args.case_name) page.paragraph(c.description + " Expected verdict: " + c.expected_verdict + ".");
  }
  answer("", page.text());
  return Exit::kPass;
}

Exit run_arguments(const Arguments& args) {
  if (const auto* phantom = std::get_if<PhantomArguments>(&args.command)) return make_phantom(*phantom);
  if (const auto* check = std::get_if<CheckArguments>(&args.command)) return run_command(args.manifest, *check);
  if (const auto* dvh = std::get_if<DvhArguments>(&args.command)) return run_command(args.manifest, *dvh);
  return run_command(args.manifest, std::get<ProtocolArguments>(args.command));
}

Exit run_program(int argc, const char* const* argv) {
  prepare_process();
  google::protobuf::SetLogHandler(nullptr);  // what goes wrong is said once, by us
  auto parsed = parse_arguments(argc, argv);
  if (const auto* problem = std::get_if<Problem>(&parsed)) throw Stop{*problem};
  if (const auto* text = std::get_if<Answer>(&parsed)) {
    answer("", text->text);
    return Exit::kPass;
  }
  return run_arguments(std::get<Arguments>(parsed));
}

}  // namespace

int run(int argc, const char* const* argv) noexcept {
  Exit exit = Exit::kUnusable;
  try {
    exit = run_program(argc, argv);
  } catch (const Stop& e) {
    print_error(e.problem.message);
  } catch (const std::bad_alloc&) {
    print_error("out of memory. Give it less data or a machine with more memory");
  } catch (const std::exception& e) {
    print_error(e.what());
  } catch (...) {
    print_error("failed for an unknown reason. Report this as a defect");
  }
  return static_cast<int>(exit);
}

}  // namespace dosegate::cli
