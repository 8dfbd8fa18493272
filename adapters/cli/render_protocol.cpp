#include "adapters/cli/render_protocol.h"

#include <algorithm>
#include <map>
#include <vector>

#include "adapters/cli/words.h"

namespace dosegate::cli {
namespace {

using dosegate::v1::LintReport;
using dosegate::v1::Protocol;
using dosegate::v1::ProtocolDescription;
using dosegate::v1::Role;
using dosegate::v1::Rule;

std::string joined(const google::protobuf::RepeatedPtrField<std::string>& texts, const char* between) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : between) + text;
  return all;
}

std::string made_of(const Role& role) {
  if (!role.has_derived()) return "";
  std::string text = role.derived().base();
  for (const std::string& name : role.derived().plus()) text += " plus " + name;
  for (const std::string& name : role.derived().within()) text += " within " + name;
  for (const std::string& name : role.derived().minus()) text += " minus " + name;
  return text;
}

const char* severity_text(LintReport::Entry::Severity severity) {
  switch (severity) {
    case LintReport::Entry::WARNING:
      return "warning";
    case LintReport::Entry::NOTE:
      return "note";
    default:
      return "error";
  }
}

// Whatever is no warning and no note counts as an error.
bool is_error(const LintReport::Entry& entry) {
  return entry.severity() != LintReport::Entry::WARNING && entry.severity() != LintReport::Entry::NOTE;
}

}  // namespace

std::string render_protocol_list(const dosegate::v1::ProtocolList& list, Style style) {
  Page page(style);
  Table table({{"Protocol"}, {"Version"}, {""}, {"Title"}});
  for (const auto& entry : list.protocols()) {
    table.add({entry.id(), entry.version(), entry.is_default() ? "default" : "", entry.title()});
  }
  page.table(table, 0);
  return page.text();
}

std::string render_protocol(const Protocol& protocol, const ProtocolDescription& description, Style style) {
  Page page(style);
  page.heading(protocol.id() + " version " + protocol.version());
  if (!protocol.title().empty()) page.paragraph(protocol.title());
  if (!protocol.source().empty()) page.paragraph("Source: " + protocol.source(), 0, 2);
  page.paragraph("Prescription: " + prescription_text(protocol.prescription()), 0, 2);

  page.blank();
  page.heading("Structures");
  Table roles({{"Name"}, {"Kind"}, {"Computed as"}, {"Also found under"}});
  for (const Role& role : protocol.roles()) {
    roles.add({role.id(), role.kind() == Role::TARGET ? "target" : "organ at risk", made_of(role),
               joined(role.aliases(), ", ")});
  }
  page.table(roles);

  page.blank();
  page.heading("Rules");
  Table rules({{"Rule"}, {"Clause"}, {"Structure"}, {"Requirement"}, {""}});
  std::string source;  // said once for neighbours that share it
  std::map<std::string, const ProtocolDescription::Entry*> described;
  for (const auto& entry : description.rules()) described[entry.rule_id()] = &entry;
  for (const Rule& rule : protocol.rules()) {
    const auto found = described.find(rule.id());
    const ProtocolDescription::Entry wanted = found != described.end() ? *found->second : ProtocolDescription::Entry();
    std::vector<std::string> details;
    if (!rule.text().empty()) details.push_back(rule.text());
    if (!rule.reading().empty()) details.push_back("Read as: " + rule.reading());
    if (!rule.source().empty() && rule.source() != source) details.push_back("Source: " + rule.source());
    source = rule.source();
    rules.add({rule.id(), rule.clause(), wanted.structure(), wanted.requirement(), rule.mandatory() ? "" : "advisory"},
              std::move(details));
  }
  page.table(rules);
  return page.text();
}

std::string render_lint(const LintReport& report, std::string_view file, Style style) {
  Page page(style);
  std::size_t errors = 0, warnings = 0, notes = 0;
  for (const auto& entry : report.entries()) {
    ++(is_error(entry) ? errors : entry.severity() == LintReport::Entry::WARNING ? warnings : notes);
    std::string line(file);
    if (!entry.path().empty()) line += ": " + entry.path();
    page.paragraph(line + ": " + severity_text(entry.severity()) + ": " + entry.message(), 0, 2);
    if (!entry.mend().empty()) page.paragraph(entry.mend(), 2, 2);
  }
  const std::string counts = counted(errors, "error", "errors") + ", " + counted(warnings, "warning", "warnings") +
                             ", " + counted(notes, "note", "notes");
  page.marked(errors > 0 ? "Cannot be loaded" : "Can be loaded", errors > 0 ? Tone::kBad : Tone::kGood, counts);
  return page.text();
}

bool has_errors(const LintReport& report) {
  return std::any_of(report.entries().begin(), report.entries().end(), is_error);
}

}  // namespace dosegate::cli
