#include "adapters/cli/compare_command.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "adapters/cli/case_input.h"
#include "adapters/cli/documents.h"
#include "adapters/cli/helpers.h"
#include "adapters/cli/html_report.h"
#include "adapters/cli/input.h"
#include "adapters/cli/library_case.h"
#include "adapters/cli/program.h"
#include "adapters/cli/render_comparison.h"
#include "adapters/cli/report_file.h"
#include "adapters/html/comparison_page.h"
#include "adapters/present/comparison_view.h"

namespace dosegate::cli {
namespace fs = std::filesystem;
namespace {

using present::Compared;

struct Plans {
  std::vector<Compared> compared;
  std::vector<html::Evidence> evidence;  // one a plan, where a page is made
};

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

Compared from_report(const std::string& path) {
  const std::string text = text_of(path, kMostReportBytes);
  Compared c;
  c.name = path;
  if (const std::string problem = read_report(text, c.report); !problem.empty())
    stop(path + ": " + problem +
         ". Give a report of 'dosegate check PATH --format json -o FILE', or a folder of DICOM files");
  return c;
}

std::string frame_of(const dicom::RtCase& rt) {
  for (const dicom::Structure& s : rt.structures) {
    if (!s.frame_of_reference_uid.empty()) return s.frame_of_reference_uid;
  }
  return {};
}

// Checks the plan in a folder.
class Checks {
 public:
  Checks(const std::string& manifest, const CompareArguments& args)
      : args_(args),
        library_(Library::load(manifest)),
        protocol_(load_protocol(library_, args.check.protocol)),
        document_(parse_document<v1::Protocol>(protocol_.json())) {
    check_roles(document_, args.check);
  }

  const v1::Protocol& protocol() const { return document_; }

  Compared check(const std::string& path, html::Evidence& evidence) const {
    CheckArguments args = args_.check;
    args.input.paths = {path};
    Compared c;
    c.name = path;
    v1::CaseOptions options = options_of(args);
    const std::string record = read_record(args, options);
    dicom::RtCase rt = case_of(read(args, {}), args.input);
    c.plan = Compared::Plan{rt.patient_id, frame_of(rt)};
    if (rt.plan) c.label = rt.plan->label().empty() ? rt.plan->name() : rt.plan->label();
    const bool wants_page = is_page(args_.check.input.format);
    if (wants_page) keep_looks(rt, evidence);
    Case held = make_check_case(library_, args, rt, options, record);
    const Report report = on_input(args.input, [&] { return held.check(protocol_); });
    c.report = parse_document<v1::Report>(report.json());
    if (wants_page) evidence.dvh = curves_of(c.report, held, evidence.no_curves);
    return c;
  }

 private:
  // Names and colours of the structures: contours are not drawn.
  void keep_looks(const dicom::RtCase& rt, html::Evidence& evidence) const {
    evidence.protocol = document_;
    for (const dicom::Structure& s : rt.structures) {
      dicom::Structure& kept = evidence.rt.structures.emplace_back();
      kept.roi_number = s.roi_number;
      kept.name = s.name;
      kept.colour = s.colour;
    }
  }

  const CompareArguments& args_;
  Library library_;
  Protocol protocol_;
  v1::Protocol document_;
};

bool needs_words_of(const v1::ComparisonReport& report) {
  for (const auto& plan : report.plans()) {
    if (plan.not_known() > 0) return true;
  }
  return false;
}

void check_outputs(const CompareArguments& args) {
  check_output_is_no_terminal(args.check.input.format, args.check.input.output);
  CheckArguments inputs = args.check;
  inputs.input.paths = args.plans;
  check_output_is_no_input(inputs);
}

}  // namespace

Exit run_compare(const std::string& manifest, const CompareArguments& args) {
  check_outputs(args);
  const Helpers helpers(args.check.input, args.check.deviations);
  Plans plans;
  plans.evidence.resize(args.plans.size());
  std::optional<Checks> checks;
  for (std::size_t i = 0; i < args.plans.size(); ++i) {
    const std::string& path = args.plans[i];
    if (is_folder(path)) {
      if (!checks) checks.emplace(manifest, args);
      plans.compared.push_back(checks->check(path, plans.evidence[i]));
    } else {
      plans.compared.push_back(from_report(path));
    }
  }
  if (const std::string why = present::not_comparable(plans.compared); !why.empty()) stop(why);
  const present::Language language = args.check.language;
  const v1::ComparisonReport report = present::compare(plans.compared, language);
  const std::string title = checks ? checks->protocol().title() : "";
  const std::string& output = args.check.input.output;
  if (args.check.input.format == Format::kJson) {
    answer(output, to_json(report) + "\n");
  } else {
    const present::ComparisonView view = present::make_comparison_view(report, plans.compared, title, language);
    if (!is_page(args.check.input.format)) {
      answer(output, render_comparison(view, style_for(output)));
    } else {
      const std::string page = html::comparison_page(view, plans.evidence);
      answer(output, helpers.printer ? helpers.printer->print(page) : page);
    }
  }
  return needs_words_of(report) ? Exit::kIncomplete : Exit::kPass;
}

}  // namespace dosegate::cli
