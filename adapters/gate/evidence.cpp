#include "adapters/gate/evidence.h"

#include <algorithm>
#include <future>
#include <optional>

#include "adapters/cli/case_input.h"
#include "adapters/cli/deviations.h"
#include "adapters/cli/documents.h"
#include "adapters/cli/library_case.h"
#include "adapters/cli/verdict.h"
#include "adapters/dicom/to_case.h"
#include "adapters/gate/files.h"

namespace dosegate::gate {
namespace {

// A report as it was given.
struct Given {
  std::string path, text;
  v1::Report report;
};

std::vector<Given> read_reports(const std::vector<std::string>& paths) {
  std::vector<Given> given;
  for (const std::string& path : paths) {
    std::string text = read_file(path, kMostReportBytes);
    v1::Report report = parse_report(text, path);
    report.clear_protocol_deviations();
    // What the engine wrote; the rest is what the gate itself once added, and is looked at anew.
    given.push_back({path, cli::without_deviations(text), std::move(report)});
  }
  return given;
}

// The caller's statements by name, each once, and as JSON: the same statements give the same bytes.
struct Stated {
  std::vector<std::string> names;
  std::string json;
};

Stated stated_by(const cli::CheckArguments& args, const v1::CaseOptions& options) {
  Stated stated;
  ObjectWriter writer;
  const auto state = [&](bool is_made, const char* name, auto&& write) {
    if (!is_made) return;
    stated.names.emplace_back(name);
    write();
  };
  state(!args.map.empty(), "structureMap", [&] {
    ObjectWriter map;
    for (const auto& [role, roi] : args.map) map.text(role, roi);
    writer.json("structureMap", map.end());
  });
  state(!args.prescriptions.empty(), "prescriptions", [&] {
    ObjectWriter map;
    for (const auto& [role, gy] : args.prescriptions) map.number(role, gy);
    writer.json("prescriptions", map.end());
  });
  const cli::CaseArguments& input = args.input;
  state(input.dose_is != cli::DoseIs::kAsTagged, "doseMeaning",
        [&] { writer.text("doseMeaning", v1::CaseOptions::DoseMeaning_Name(options.dose_meaning())); });
  state(input.outside_grid != cli::OutsideGrid::kRefuse, "outsideGrid",
        [&] { writer.text("outsideGrid", v1::CaseOptions::OutsideGrid_Name(options.outside_grid())); });
  state(input.between_slices != cli::BetweenSlices::kAsProtocol, "betweenSlices",
        [&] { writer.text("betweenSlices", v1::BetweenSlices::Model_Name(options.between_slices())); });
  state(!input.separate_pieces.empty(), "separatePieces",
        [&] { writer.texts("separatePieces", input.separate_pieces); });
  state(options.holidays_size() > 0, "holidays", [&] {
    writer.texts("holidays", {options.holidays().begin(), options.holidays().end()});
  });
  state(!args.as_of.empty(), "asOf", [&] { writer.text("asOf", args.as_of); });
  state(!args.measured.empty(), "measurement", [&] { writer.boolean("measurement", true); });
  state(!input.plan.empty() || !input.structure_set.empty() || !input.dose.empty(), "choice",
        [&] { writer.boolean("choice", true); });
  writer.text("scope", v1::CaseOptions::Scope_Name(options.scope() == v1::CaseOptions::SCOPE_UNSPECIFIED
                                                       ? v1::CaseOptions::WHOLE_PROTOCOL
                                                       : options.scope()));
  stated.json = writer.end();
  return stated;
}

std::vector<std::string> names_of(const ApproveArguments& args, const Policy& policy) {
  if (!args.protocols.empty()) return args.protocols;
  std::vector<std::string> names;
  for (const ProtocolPolicy& protocol : policy.protocols) names.push_back(protocol.id);
  return names;
}

const Given* given_for(const std::vector<Given>& given, const std::string& protocol_id) {
  for (const Given& one : given) {
    if (one.report.protocol().id() == protocol_id) return &one;
  }
  return nullptr;
}

std::string write_inputs(const std::vector<InputRef>& inputs) {
  std::string text;
  for (const InputRef& input : inputs) {
    text += (text.empty() ? "" : ",") + ObjectWriter()
                                            .text("role", input.role)
                                            .text("sopInstanceUid", input.sop_instance_uid)
                                            .text("sha256", input.sha256)
                                            .end();
  }
  return "[" + text + "]";
}

// What two checks have to have in common to be the same.
ObjectWriter begin_check(const Gathered& g, const CheckedReport& c) {
  ObjectWriter writer;
  writer.text("protocol", c.protocol_id)
      .text("protocolVersion", c.protocol_version)
      .text("protocolSha256", c.protocol_sha256)
      .text("engineVersion", g.evidence.engine.version)
      .text("pluginSha256", g.evidence.engine.plugin_sha256)
      .json("inputs", write_inputs(g.evidence.inputs))
      .json("options", g.options_json)
      .text("reportSha256", c.sha256);
  return writer;
}

}  // namespace

bool is_builtin(const Library& library, const std::string& id, std::string_view json) {
  try {
    return library.builtin_protocol(id).json() == json;
  } catch (const PluginError&) {
    return false;
  }
}

Gathered gather(const std::string& manifest, const ApproveArguments& args, const Policy& policy) {
  Gathered g;
  for (const std::string& path : args.waivers) {
    g.evidence.waivers.push_back(read_signed_waiver(read_file(path, kMostWaiverBytes), path));
  }
  const std::vector<Given> given = read_reports(args.reports);

  std::future<Library> loading = cli::start_loading(manifest);
  dicom::ReadResult read_result = cli::read(args.check, dicom::ReadOptions());
  const Library library = loading.get();
  v1::CaseOptions options = cli::options_of(args.check);
  const Stated stated = stated_by(args.check, options);
  const std::string record = cli::read_record(args.check, options);
  dicom::RtCase rt = cli::case_of(std::move(read_result), args.check.input);
  Case c = cli::make_check_case(library, args.check, rt, options, record);

  Evidence& e = g.evidence;
  e.engine = {std::string(library.engine_version()), library.manifest().library_sha256};
  e.site_statements = stated.names;
  g.options_json = stated.json;
  g.plan_label = rt.plan ? rt.plan->label() : "";
  for (const v1::Input& input : options.inputs())
    e.inputs.push_back({input.role(), input.sop_instance_uid(), input.sha256()});
  std::sort(e.inputs.begin(), e.inputs.end());

  std::vector<const Given*> used;
  for (const std::string& name : names_of(args, policy)) {
    const Protocol protocol = cli::load_protocol(library, name);
    const auto document = cli::parse_document<v1::Protocol>(protocol.json());
    cli::check_roles(document, args.check);
    CheckedReport checked;
    checked.protocol_id = document.id();
    checked.protocol_version = document.version();
    checked.protocol_sha256 = sha256(protocol.json());
    checked.is_builtin = is_builtin(library, document.id(), protocol.json());
    const Given* one = given_for(given, document.id());
    if (one != nullptr) used.push_back(one);
    std::string text = one == nullptr ? "" : one->text;
    if (one == nullptr || args.recheck) {
      const Report report = cli::on_input(args.check.input, [&] { return c.check(protocol); });
      const bool is_same = one == nullptr || one->text == report.json();
      checked.belief = one == nullptr ? Belief::kComputed : is_same ? Belief::kCompared : Belief::kNone;
      if (!is_same) checked.doubt = one->path + ": is not the report that this engine makes of these inputs";
      if (cli::exit_of(report.verdict(), parse_report(report.json(), "the library's report")) == cli::Exit::kUnusable) {
        throw Refused("the library gave no verdict that holds together. Report this as a defect");
      }
      if (one == nullptr) text = std::string(report.json());
    } else {
      checked.doubt = kUnknownReport;
    }
    checked.sha256 = sha256(text);
    checked.report = one == nullptr ? parse_report(text, "the library's report") : one->report;
    e.reports.push_back(std::move(checked));
    g.report_texts.push_back(std::move(text));
  }
  for (const Given& one : given) {
    if (std::find(used.begin(), used.end(), &one) != used.end()) continue;
    throw Refused(one.path + ": is on " + one.report.protocol().id() +
                  ", for which no report is wanted, or there is another. Leave it out");
  }
  return g;
}

NewRow check_row(const Gathered& g, std::size_t report, const std::string& subject) {
  const CheckedReport& c = g.evidence.reports[report];
  NewRow row{"CHECK", {}, {{"PROTOCOL", c.protocol_id}, {"REPORT", c.sha256}}};
  for (const InputRef& input : g.evidence.inputs) {
    if (input.role == "RTPLAN") row.mentions.push_back({"PLAN", input.sop_instance_uid});
  }
  if (!subject.empty()) row.mentions.push_back({"SUBJECT", subject});
  for (const v1::Finding& finding : c.report.findings()) {
    if (finding.status() != v1::Finding::PASS) row.mentions.push_back({"RULE", finding.rule_id()});
  }
  row.body = begin_check(g, c)
                 .text("verdict", v1::Report::Verdict_Name(c.report.verdict()))
                 .text_if("subject", subject)
                 .text("report", g.report_texts[report])
                 .end();
  return row;
}

namespace {

// What the caller of the check had stated of the case: of a row of it, as begin_check() writes one. No text of a
// document holds such a member's name with its quotes.
void take_options(const Row& row, Gathered& g) {
  constexpr std::string_view kBegin = "\"options\":", kEnd = ",\"reportSha256\":";
  const std::size_t begin = row.body.find(kBegin), end = row.body.find(kEnd);
  if (begin == std::string::npos || end == std::string::npos || end < begin + kBegin.size()) return;
  const std::string json = row.body.substr(begin + kBegin.size(), end - begin - kBegin.size());
  const detail::JsonValue options = parse_json(json);
  if (options.kind != detail::JsonValue::Kind::kObject) return;
  std::vector<std::string> names;
  for (const std::string& name : options.names) {
    if (name != "scope") names.push_back(name);
  }
  g.options_json = json;
  g.evidence.site_statements = std::move(names);
}

}  // namespace

void ask_ledger(const Ledger::Moment& moment, Gathered& g) {
  for (CheckedReport& c : g.evidence.reports) {
    if (c.belief != Belief::kNone || c.doubt != kUnknownReport) continue;
    const std::optional<Row> row = moment.find({"REPORT", c.sha256});
    if (!row || row->kind != "CHECK" || row->hash != hash_of(*row)) continue;
    if (g.options_are_the_ledgers && g.options_json == "{}") take_options(*row, g);
    const std::string same = begin_check(g, c).end();
    // All but the closing brace.
    if (row->body.compare(0, same.size() - 1, same, 0, same.size() - 1) != 0) {
      c.doubt =
          "the ledger knows the report, but of other inputs, another build, protocol or other statements of the site";
      continue;
    }
    c.belief = Belief::kLedger;
    c.doubt.clear();
  }
}

}  // namespace dosegate::gate
