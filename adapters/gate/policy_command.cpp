#include <optional>

#include "adapters/cli/documents.h"
#include "adapters/cli/program.h"
#include "adapters/gate/commands.h"
#include "adapters/gate/files.h"
#include "dosegate/dosegate.hpp"
#include "dosegate/v1/protocol.pb.h"

namespace dosegate::gate {
namespace {

// Of the protocols that are built in; without a library none is known.
RulesOf rules_of_builtin(const std::string& manifest) {
  std::optional<Library> library;
  try {
    library = Library::load(manifest);
  } catch (const PluginError&) {
    return {};
  }
  return [library](const std::string& id) -> std::optional<std::vector<std::string>> {
    try {
      std::vector<std::string> rules;
      const auto protocol = cli::parse_document<v1::Protocol>(library->builtin_protocol(id).json());
      for (const auto& rule : protocol.rules()) rules.push_back(rule.id());
      return rules;
    } catch (const PluginError&) {
      return std::nullopt;
    }
  };
}

cli::Exit run_lint(const std::string& manifest, const std::string& path) {
  const auto read = read_policy(read_file(path, kMostPolicyBytes));
  cli::Page page(cli::style_for(""));
  if (const auto* problems = std::get_if<Problems>(&read)) {
    for (const std::string& problem : *problems) page.marked("ERROR", cli::Tone::kBad, problem);
    cli::answer("", page.text());
    return cli::Exit::kFail;
  }
  const std::vector<std::string> odd = lint(std::get<Policy>(read), now(), rules_of_builtin(manifest));
  for (const std::string& text : odd) page.marked("WARNING", cli::Tone::kCaution, text);
  page.paragraph(path + ": can be used" + (odd.empty() ? "; nothing is odd." : "."));
  cli::answer("", page.text());
  return cli::Exit::kPass;
}

cli::Exit run_diff(const PolicyArguments& args) {
  const std::vector<Change> changes = diff(load_policy(args.policy), load_policy(args.other));
  cli::Page page(cli::style_for(""));
  for (const Change& change : changes) {
    switch (change.effect) {
      case Change::Effect::kLooser:
        page.marked("LOOSER", cli::Tone::kCaution, change.text);
        break;
      case Change::Effect::kStricter:
        page.marked("STRICTER", cli::Tone::kGood, change.text);
        break;
      case Change::Effect::kOther:
        page.marked("OTHER", cli::Tone::kFaint, change.text);
        break;
    }
  }
  if (changes.empty()) page.paragraph("The policies say the same.");
  cli::answer("", page.text());
  return cli::Exit::kPass;
}

}  // namespace

cli::Exit run_policy(const std::string& manifest, const PolicyArguments& args) {
  return args.action == PolicyArguments::Action::kLint ? run_lint(manifest, args.policy) : run_diff(args);
}

}  // namespace dosegate::gate
