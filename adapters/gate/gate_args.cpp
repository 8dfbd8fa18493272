#include "adapters/gate/gate_args.h"

#include <CLI/CLI.hpp>

#include "adapters/cli/display.h"
#include "adapters/support/utf8.h"

namespace dosegate::gate {
namespace {

constexpr const char* kApproveFooter =
    "PATHs, and how the case is read, are given as to 'dosegate check': --record, --map, --prescription, --plan ...\n\n"
    "Examples:\n"
    "  dosegate approve plan_folder --policy site.json --record record.json --key gate.key --ledger site.ledger\n"
    "  dosegate approve plan_folder --policy site.json --report report.json --recheck --waiver w1.json -o "
    "decision.json\n\n"
    "Exit code: 0 APPROVED, 1 REJECTED, 2 HELD (something is missing, stale or open: the answer says what),\n"
    "           3 unusable input, wrong usage or any other failure.";

constexpr const char* kVerifyFooter =
    "With PATHs also whether the decision is about just these files; which of several are meant is said as to\n"
    "'dosegate check' (--plan, --structures, --dose). Needs the public keys, nothing else.\n\n"
    "Examples:\n"
    "  dosegate verify decision.json --key gate.pub plan_folder\n"
    "  dosegate verify decision.json --key gate-2026.pub --key gate-2027.pub --revoked revoked.json --approved\n\n"
    "Exit code: 0 genuine, 1 not (or, with --approved, no approval), 3 unusable input or wrong usage.";

constexpr const char* kWaiveFooter =
    "Examples:\n"
    "  dosegate waive --report report.json --rule OR-6.Max --person 'A. Curie' --role physicist --days 30 \\\n"
    "      --reason 'Discussed in the tumour board of 30 November' --key curie.key -o waiver.json\n"
    "  dosegate waive --report report.json --item images-reviewed ...\n\n"
    "Exit code: 0 written, 3 unusable input or wrong usage.";

constexpr const char* kLedgerFooter =
    "Exit code of verify: 0 all is as it was written, 1 it is not (each line says what), 3 it cannot be read now.";

CLI::Option* many(CLI::App& app, const char* name, std::vector<std::string>& values, const char* type,
                  const char* help) {
  return app.add_option(name, values, help)->type_name(type)->allow_extra_args(false);
}

struct Typed {
  ApproveArguments approve;
  VerifyArguments verify;
  WaiveArguments waive;
  PolicyArguments policy;
  LedgerArguments ledger;
  PublicKeyArguments public_key;
  DeviationArguments deviations;
  std::string manifest;
};

CLI::App* add_approve(CLI::App& app, ApproveArguments& a) {
  CLI::App* approve = app.add_subcommand("approve", "Decide on a plan by a site's policy");
  approve->allow_extras();
  approve->add_option("--policy", a.policy, "What the site lets through (JSON)")->type_name("FILE")->required();
  many(*approve, "-p,--protocol", a.protocols, "ID|FILE", "A protocol to check; otherwise all that the policy names");
  many(*approve, "--report", a.reports, "FILE", "A report that 'dosegate check --format json' made of these inputs");
  approve->add_flag("--recheck", a.recheck, "Compute each --report anew, and believe it only when it is the same");
  many(*approve, "--waiver", a.waivers, "FILE", "A waiver or attestation that 'dosegate waive' made");
  approve->add_option("--key", a.key, "The private key that signs the decision (Ed25519): PEM, or in a token")
      ->type_name("FILE|pkcs11:URI");
  approve->add_option("--ledger", a.ledger, "Where the decision is recorded; made where it is not there")
      ->type_name("FILE|postgresql://...");
  approve->add_option("--witness", a.witness, "To which the signed end of the ledger is appended, kept elsewhere")
      ->type_name("FILE");
  approve->add_option("--subject", a.subject, "The pseudonym under which the trial knows the patient")
      ->type_name("TEXT");
  approve->add_flag("--json", a.json, "Print the decision itself instead of a text");
  approve->add_option("-o,--output", a.output, "Write the decision to this file, whole or not at all")
      ->type_name("FILE");
  approve->footer(kApproveFooter);
  return approve;
}

CLI::App* add_verify(CLI::App& app, VerifyArguments& a) {
  CLI::App* verify = app.add_subcommand("verify", "Whether a decision is genuine, and about these files");
  verify->allow_extras();
  verify->add_option("DECISION", a.decision, "What 'dosegate approve -o' wrote")->type_name("")->required();
  many(*verify, "--key", a.keys, "FILE", "A public key that is believed (Ed25519, PEM); may be repeated")->required();
  verify->add_option("--revoked", a.revoked, "Keys that are believed no longer (JSON)")->type_name("FILE");
  verify->add_flag("--approved", a.must_be_approved, "Exit 0 only for a decision that is APPROVED");
  verify->footer(kVerifyFooter);
  return verify;
}

CLI::App* add_waive(CLI::App& app, WaiveArguments& a) {
  CLI::App* waive = app.add_subcommand("waive", "Accept that a rule is broken, or state what no software checks");
  waive->add_option("--report", a.report, "The report that was looked at (JSON)")->type_name("FILE")->required();
  auto* rule = waive->add_option("--rule", a.rule, "The rule whose being broken is accepted")->type_name("ID");
  waive->add_option("--item", a.item, "The policy's item that is stated")->type_name("ID")->excludes(rule);
  waive->add_option("--person", a.person, "Who accepts, as the policy names the person")->type_name("NAME")->required();
  waive->add_option("--role", a.role, "In which role")->type_name("ROLE")->required();
  waive->add_option("--reason", a.reason, "Why")->type_name("TEXT")->required();
  waive->add_option("--days", a.days, "How long it holds, from now")
      ->type_name("N")
      ->required()
      ->check(CLI::Range(1, 3660));
  waive->add_option("--key", a.key, "The person's private key (Ed25519): PEM, or in a token")
      ->type_name("FILE|pkcs11:URI")
      ->required();
  waive->add_option("-o,--output", a.output, "Write it to this file; otherwise to standard output")->type_name("FILE");
  waive->footer(kWaiveFooter);
  return waive;
}

CLI::App* add_policy(CLI::App& app, PolicyArguments& a) {
  CLI::App* policy = app.add_subcommand("policy", "Check and compare policies");
  policy->require_subcommand(1);
  CLI::App* lint = policy->add_subcommand("lint", "What is wrong or odd in a policy");
  lint->add_option("FILE", a.policy, "A policy (JSON)")->type_name("")->required();
  lint->footer("Exit code: 0 it can be used, 1 it has errors, 3 it cannot be read.");
  CLI::App* diff = policy->add_subcommand("diff", "What changed from one policy to another, and what it lets through");
  diff->add_option("BEFORE", a.policy, "A policy (JSON)")->type_name("FILE")->required();
  diff->add_option("AFTER", a.other, "The later one")->type_name("FILE")->required();
  diff->footer("Exit code: 0 compared, whether they differ or not; 3 one of them cannot be used.");
  lint->callback([&a] { a.action = PolicyArguments::Action::kLint; });
  diff->callback([&a] { a.action = PolicyArguments::Action::kDiff; });
  return policy;
}

CLI::App* add_ledger(CLI::App& app, LedgerArguments& a) {
  using Action = LedgerArguments::Action;
  CLI::App* ledger = app.add_subcommand("ledger", "Verify, export and search the ledger of decisions");
  ledger->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, Action action) {
    CLI::App* command = ledger->add_subcommand(name, help);
    command->add_option("--ledger", a.ledger, "The ledger")->type_name("FILE|postgresql://...")->required();
    command->callback([&a, action] { a.action = action; });
    return command;
  };
  CLI::App* verify = add("verify", "Whether all rows are as they were written", Action::kVerify);
  many(*verify, "--key", a.keys, "FILE", "A public key that signs the ledger (Ed25519, PEM); may be repeated");
  verify->add_option("--revoked", a.revoked, "Keys that are believed no longer (JSON)")->type_name("FILE");
  many(*verify, "--witness", a.witnesses, "FILE",
       "Heads or a decision kept elsewhere: shows whether the end was cut off");
  verify->footer(kLedgerFooter);
  CLI::App* exported = add("export", "Every row as a line of JSON", Action::kExport);
  exported->add_option("-o,--output", a.output, "Write to this file")->type_name("FILE");
  CLI::App* query = add("query", "The rows on a plan, a patient, a rule or a person", Action::kQuery);
  query->add_option("--plan", a.plan, "SOP Instance UID of the plan")->type_name("UID");
  query->add_option("--subject", a.subject, "The patient's pseudonym")->type_name("TEXT");
  query->add_option("--rule", a.rule, "Id of a rule that did not pass or was waived")->type_name("ID");
  query->add_option("--person", a.person, "Who waived or attested")->type_name("NAME");
  query->add_flag("--json", a.json, "Lines of JSON, as 'export' writes them");
  query->footer("Of several conditions all have to hold. Exit code: 0 answered, 3 it cannot be read.");
  CLI::App* head = add("head", "The signed end of the ledger, to be kept elsewhere as a witness", Action::kHead);
  head->add_option("-o,--output", a.output, "Write to this file")->type_name("FILE");
  return ledger;
}

CLI::App* add_public_key(CLI::App& app, PublicKeyArguments& a) {
  CLI::App* key = app.add_subcommand("public-key", "The public half of a private key, for those who verify");
  key->add_option("--key", a.key, "A private key (Ed25519, PEM), or one in a token")
      ->type_name("FILE|pkcs11:URI")
      ->required();
  key->add_option("-o,--output", a.output, "Write it to this file; otherwise to standard output")->type_name("FILE");
  key->footer("Exit code: 0 written, 3 the key cannot be used.");
  return key;
}

CLI::App* add_deviations(CLI::App& app, DeviationArguments& a) {
  CLI::App* deviations = app.add_subcommand("deviations", "")->group("");
  deviations->add_option("--policy", a.policy)->required();
  many(*deviations, "--waiver", a.waivers, "FILE", "");
  deviations->add_option("--ledger", a.ledger);
  deviations->add_flag("--at-decision", a.at_decision);
  return deviations;
}

// What `check` makes of the arguments that are left over, and the format of its answer.
std::variant<cli::CheckArguments, cli::Problem> as_check(const std::vector<std::string>& rest, std::string& manifest) {
  std::vector<const char*> argv = {"dosegate", "check"};
  for (const std::string& text : rest) argv.push_back(text.c_str());
  auto parsed = cli::parse_arguments(static_cast<int>(argv.size()), argv.data());
  if (const auto* problem = std::get_if<cli::Problem>(&parsed)) return *problem;
  const auto* arguments = std::get_if<cli::Arguments>(&parsed);
  const auto* check = arguments == nullptr ? nullptr : std::get_if<cli::CheckArguments>(&arguments->command);
  if (check == nullptr) return cli::Problem{"these arguments do not belong together. See --help"};
  if (!check->server.address.empty()) return cli::Problem{"--server: a decision is made on this machine; leave it out"};
  if (!arguments->manifest.empty()) manifest = arguments->manifest;
  return *check;
}

cli::Problem usage(const std::string& message, const std::string& command) {
  return cli::Problem(message + ". See 'dosegate " + command + (command.empty() ? "" : " ") + "--help'");
}

std::optional<cli::Problem> check_texts(const WaiveArguments& a) {
  for (const auto& [option, text] : {std::pair{"--person", a.person}, {"--role", a.role}, {"--reason", a.reason}}) {
    if (text.empty() || !support::is_utf8(text)) {
      return usage(std::string(option) + ": a text that is not empty is expected, in UTF-8", "waive");
    }
  }
  if (a.rule.empty() == a.item.empty()) return usage("--rule or --item is required, one of them", "waive");
  return std::nullopt;
}

}  // namespace

std::variant<Arguments, cli::Answer, cli::Problem> parse_arguments(int argc, const char* const* argv) {
  Typed typed;
  CLI::App app("The gate: decides on plans by a site's policy.", "dosegate");
  app.set_version_flag("-V,--version", "dosegate " DOSEGATE_VERSION, "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(1);
  app.add_option("--manifest", typed.manifest, "manifest.json of the library, where it is not beside this program")
      ->type_name("FILE")
      ->envname("DOSEGATE_MANIFEST");
  CLI::App* approve = add_approve(app, typed.approve);
  CLI::App* verify = add_verify(app, typed.verify);
  CLI::App* waive = add_waive(app, typed.waive);
  CLI::App* policy = add_policy(app, typed.policy);
  CLI::App* public_key = add_public_key(app, typed.public_key);
  CLI::App* deviations = add_deviations(app, typed.deviations);
  add_ledger(app, typed.ledger);

  const auto innermost = [&] {
    const CLI::App* at = &app;
    std::string names;
    while (!at->get_subcommands().empty()) {
      at = at->get_subcommands().front();
      names += (names.empty() ? "" : " ") + at->get_name();
    }
    return std::pair{at, names};
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion& e) {
    return cli::Answer{std::string(e.what()) + "\n"};
  } catch (const CLI::CallForHelp&) {
    const auto [at, names] = innermost();
    const std::size_t space = names.find(' ');
    return cli::Answer{at->help(at == &app                   ? ""
                                : space == std::string::npos ? "dosegate"
                                                             : "dosegate " + names.substr(0, space))};
  } catch (const CLI::ParseError& e) {
    return usage(e.what(), innermost().second);
  }

  Arguments args;
  args.manifest = typed.manifest;
  if (approve->parsed()) {
    auto check = as_check(approve->remaining(), args.manifest);
    if (auto* problem = std::get_if<cli::Problem>(&check)) return *problem;
    typed.approve.check = std::get<cli::CheckArguments>(std::move(check));
    typed.approve.check.input.output = typed.approve.output;
    if (typed.approve.recheck && typed.approve.reports.empty()) {
      return usage("--recheck: there is no --report to compute anew; without one it is computed anyway", "approve");
    }
    if (!typed.approve.witness.empty() && (typed.approve.ledger.empty() || typed.approve.key.empty())) {
      return usage("--witness: --ledger and --key are needed for it", "approve");
    }
    args.command = std::move(typed.approve);
  } else if (verify->parsed()) {
    if (!verify->remaining().empty()) {
      auto check = as_check(verify->remaining(), args.manifest);
      if (auto* problem = std::get_if<cli::Problem>(&check)) return *problem;
      typed.verify.files = std::get<cli::CheckArguments>(check).input;
    }
    args.command = std::move(typed.verify);
  } else if (waive->parsed()) {
    if (auto problem = check_texts(typed.waive)) return *problem;
    args.command = std::move(typed.waive);
  } else if (policy->parsed()) {
    args.command = std::move(typed.policy);
  } else if (public_key->parsed()) {
    args.command = std::move(typed.public_key);
  } else if (deviations->parsed()) {
    args.command = std::move(typed.deviations);
  } else {
    args.command = std::move(typed.ledger);
  }
  return args;
}

}  // namespace dosegate::gate
