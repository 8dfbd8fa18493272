#include "adapters/gate/asked.h"

#include <algorithm>

#include "adapters/cli/deviations.h"
#include "adapters/cli/documents.h"
#include "adapters/cli/library_case.h"
#include "adapters/gate/files.h"

namespace dosegate::gate {

Known known_by(const Library& library, const Policy& policy, const std::vector<std::string>& files) {
  Known known;
  known.engine = {std::string(library.engine_version()), library.manifest().library_sha256};
  const auto add = [&](const std::string& name) {
    const Protocol protocol = cli::load_protocol(library, name);
    const auto document = cli::parse_document<v1::Protocol>(protocol.json());
    known.protocols.emplace(document.id(), Known::KnownProtocol{document.version(), sha256(protocol.json()),
                                                                is_builtin(library, document.id(), protocol.json())});
  };
  for (const std::string& file : files) add(file);
  for (const ProtocolPolicy& protocol : policy.protocols) {
    if (known.protocols.count(protocol.id) == 0) add(protocol.id);
  }
  return known;
}

Gathered gather_asked(const Asked& asked, const Known& known, const Policy& policy) {
  if (asked.reports.size() > policy.protocols.size()) {
    throw Refused("report_jsons: there are " + std::to_string(asked.reports.size()) + ", and the policy names " +
                  std::to_string(policy.protocols.size()) + " protocols. Send one report a protocol");
  }
  if (asked.waivers.size() > kMostAskedWaivers) {
    throw Refused("waivers: there are more than " + std::to_string(kMostAskedWaivers));
  }
  Gathered g;
  Evidence& e = g.evidence;
  e.engine = known.engine;
  e.inputs = asked.inputs;
  std::sort(e.inputs.begin(), e.inputs.end());
  for (std::size_t i = 0; i < asked.waivers.size(); ++i) {
    const std::string source = "waivers[" + std::to_string(i) + "]";
    if (asked.waivers[i].size() > kMostWaiverBytes) throw Refused(source + ": is larger than a waiver can be");
    e.waivers.push_back(read_signed_waiver(asked.waivers[i], source));
  }
  for (std::size_t i = 0; i < asked.reports.size(); ++i) {
    const std::string source = "report_jsons[" + std::to_string(i) + "]";
    if (asked.reports[i].size() > kMostReportBytes) throw Refused(source + ": is larger than a report can be");
    CheckedReport checked;
    checked.report = parse_report(asked.reports[i], source);
    checked.report.clear_protocol_deviations();
    const std::string text = cli::without_deviations(asked.reports[i]);
    checked.protocol_id = checked.report.protocol().id();
    checked.sha256 = sha256(text);
    checked.doubt = kUnknownReport;
    if (const auto at = known.protocols.find(checked.protocol_id); at != known.protocols.end()) {
      checked.protocol_version = at->second.version;
      checked.protocol_sha256 = at->second.sha256;
      checked.is_builtin = at->second.is_builtin;
    } else {  // the policy does not speak of it, and holds the plan for that
      checked.protocol_version = checked.report.protocol().version();
      checked.protocol_sha256 = sha256("");
    }
    e.reports.push_back(std::move(checked));
    g.report_texts.push_back(text);
  }
  // In the order in which `dosegate approve` has them.
  std::vector<std::size_t> order;
  for (const ProtocolPolicy& protocol : policy.protocols) {
    for (std::size_t i = 0; i < e.reports.size(); ++i) {
      if (e.reports[i].protocol_id == protocol.id) order.push_back(i);
    }
  }
  for (std::size_t i = 0; i < e.reports.size(); ++i) {
    if (policy.protocol(e.reports[i].protocol_id) == nullptr) order.push_back(i);
  }
  Gathered sorted = g;
  for (std::size_t i = 0; i < order.size(); ++i) {
    sorted.evidence.reports[i] = e.reports[order[i]];
    sorted.report_texts[i] = g.report_texts[order[i]];
  }
  sorted.options_json = "{}";
  sorted.options_are_the_ledgers = true;
  return sorted;
}

}  // namespace dosegate::gate
