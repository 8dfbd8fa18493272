// dosegate-orthanc-check: one check, in a process of its own, for the plugin in Orthanc. What it reads came from
// outside; what goes wrong with it ends this process and not the archive. Exits as `dosegate check` does.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "adapters/cli/case_input.h"
#include "adapters/cli/documents.h"
#include "adapters/cli/guard.h"
#include "adapters/cli/html_report.h"
#include "adapters/cli/input.h"
#include "adapters/cli/interrupt.h"
#include "adapters/cli/library_case.h"
#include "adapters/cli/verdict.h"
#include "adapters/html/page.h"
#include "adapters/orthanc/check_args.h"
#include "dosegate/detail/sha256.hpp"

namespace dosegate::orthanc {
namespace {

using cli::Exit;

constexpr std::size_t kMostOptionsBytes = std::size_t{1} << 20;
constexpr rlim_t kMostFileBytes = rlim_t{1} << 28;  // of the report, of the page, of what is printed

void limit_itself(const CheckProgramArguments& args) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (args.parent != 0 && static_cast<unsigned long>(::getppid()) != args.parent)
    cli::stop("the process that asked is gone");
  const auto set = [](auto resource, rlim_t value) {
    const rlimit limit{value, value};
    return ::setrlimit(resource, &limit) == 0;
  };
  bool is_set = set(RLIMIT_CORE, 0) && set(RLIMIT_FSIZE, kMostFileBytes);
  if (args.memory_mib != 0) is_set = is_set && set(RLIMIT_AS, rlim_t{args.memory_mib} << 20);
  if (!is_set) cli::stop("MemoryLimit: this system does not let the check limit itself. Choose another one, or 0");
}

v1::CaseOptions options_of(const CheckProgramArguments& args) {
  v1::CaseOptions options;
  if (args.options.empty()) return options;
  const std::string problem = cli::read_document(cli::text_of(args.options, kMostOptionsBytes), options);
  if (!problem.empty()) cli::stop("Options: are no CaseOptions: " + problem);
  if (options.inputs_size() > 0 || options.notes_size() + options.note_sentences_size() > 0)
    cli::stop("Options: inputs and notes are the reader's to say. Leave them out");
  return options;
}

cli::CheckArguments arguments_of(const CheckProgramArguments& args, const v1::CaseOptions& options) {
  cli::CheckArguments check;
  check.input.format = args.page.empty() ? cli::Format::kJson : cli::Format::kHtml;
  check.input.paths = {args.folder};
  check.protocol = args.protocol;
  check.record = args.record;
  check.map.insert(options.structure_map().begin(), options.structure_map().end());
  for (const auto& stated : options.prescriptions()) check.prescriptions[stated.role()] = stated.total_dose_gy();
  if (options.dose_meaning() == v1::CaseOptions::COURSE) check.input.dose_is = cli::DoseIs::kCourse;
  if (options.dose_meaning() == v1::CaseOptions::FRACTION) check.input.dose_is = cli::DoseIs::kFraction;
  return check;
}

// A case without content takes the options or says what is wrong with them.
void try_options(const Library& library, const v1::CaseOptions& options) {
  try {
    library.make_case().set_options(cli::to_json(options));
  } catch (const PluginError& error) {
    cli::stop("Options: " + std::string(error.what()));
  }
}

Exit run(const CheckProgramArguments& args) {
  const cli::Interruptible interruptible;
  limit_itself(args);
  const Library library = Library::load(args.manifest);
  const Protocol protocol = cli::load_protocol(library, args.protocol);
  const auto document = cli::parse_document<v1::Protocol>(protocol.json());
  v1::CaseOptions options = options_of(args);
  const cli::CheckArguments check = arguments_of(args, options);
  cli::check_roles(document, check);
  if (args.folder.empty()) {
    try_options(library, options);
    cli::answer(args.report, R"({"engine": ")" + std::string(library.engine_version()) + R"(", "protocol": ")" +
                                 document.id() + " " + document.version() + R"(", "protocolSha256": ")" +
                                 detail::sha256_of(protocol.json().data(), protocol.json().size()) + "\"}\n");
    return Exit::kPass;
  }

  const std::string record = cli::read_record(check, options);
  dicom::RtCase rt = cli::case_of(cli::read(check, {}), check.input);
  cli::HtmlReport html(check, document, rt, record, options);
  Case c = cli::make_check_case(library, check, rt, options, record);
  const Report report = cli::on_input(check.input, [&] { return c.check(protocol); });
  const auto read_back = cli::parse_document<v1::Report>(report.json());
  const Exit exit = cli::exit_of(report.verdict(), read_back);
  if (exit == Exit::kUnusable) cli::stop("the library gave no verdict that holds together. Report this as a defect");
  if (!args.page.empty()) {
    const auto view =
        present::make_view(read_back, rt.plan.value_or(v1::Plan()), document.title(), present::Language::kEnglish);
    cli::answer(args.page, html.make(view, report.json(), c));
  }
  cli::answer(args.report, report.json());
  return exit;
}

}  // namespace
}  // namespace dosegate::orthanc

int main(int argc, char** argv) {
  using namespace dosegate;
  return cli::run_guarded([&] { return cli::run_parsed(orthanc::parse_check_arguments(argc, argv), orthanc::run); });
}
