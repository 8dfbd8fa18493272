#include <CLI/CLI.hpp>

#include "adapters/dicom_gate/commands.h"
#include "adapters/support/utf8.h"

namespace dosegate::dicom_gate {
namespace {

constexpr const char* kGateFooter =
    "Approved plans go to --forward, with their structure set, dose and a report; all others are held or rejected, "
    "with\n"
    "the reason: see 'dosegate gate list'. The folder of the gate has a README on keys, policy, backup and limits.\n\n"
    "Example:\n"
    "  dosegate dicom-gate --policy site.json --ledger site.ledger --key gate.key --queue /var/lib/dosegate/queue \\\n"
    "      --bind 0.0.0.0 --port 11112 --ae-title DOSEGATE --forward ARCHIVE@10.0.0.7:104 --record-dir records\n\n"
    "SIGTERM or Ctrl-C ends it in good order: exit code 0. 3: it cannot start, or cannot go on.";

constexpr const char* kHeldFooter =
    "Exit code of release and reject: 0 done, 2 answered, and the plan is held or rejected still, 3 refused or no "
    "answer.";

struct Typed {
  Settings settings;
  std::string forward;
  std::int64_t settle_ms = 3000, patience_s = 900, retry_s = 60, association_s = 15, idle_s = 60, object_s = 300,
               wait_s = 60;
  ListArguments list;
  ShowArguments show;
  AskArguments ask;
  SrArguments sr;
};

CLI::App* add_gate(CLI::App& app, Typed& t) {
  Settings& s = t.settings;
  CLI::App* gate = app.add_subcommand("dicom-gate", "A DICOM node that lets approved plans through");
  const auto file = [&](const char* name, std::string& to, const char* help) {
    return gate->add_option(name, to, help)->type_name("FILE");
  };
  file("--policy", s.policy, "What the site lets through (JSON); read anew for each decision")->required();
  file("--ledger", s.ledger, "Where decisions are recorded; made where it is not there")->required();
  file("--key", s.key, "The private key that signs decisions (Ed25519, PEM)")->required();
  gate->add_option("--former-key", s.former_keys,
                   "A public key that the gate signed with before: what it approved is still forwarded")
      ->type_name("FILE")
      ->allow_extra_args(false);
  gate->add_option("--queue", s.queue, "Folder of its own, for what is received")->type_name("DIR")->required();
  file("--witness", s.witness,
       "To which the signed end of the ledger is appended, kept elsewhere; QUEUE/witness when not given");
  gate->add_option("-p,--protocol", s.protocols, "A protocol to check; otherwise all that the policy names")
      ->type_name("ID|FILE")
      ->allow_extra_args(false);
  gate->add_option("--record-dir", s.records,
                   "Clinical records: PLAN-UID.json or PATIENT-ID.json; a plan waits until its record is there")
      ->type_name("DIR");
  gate->add_flag("--plan-only", s.plan_only, "Check what the plan alone can answer");
  gate->add_option("--bind", s.bind, "Address to listen on; this machine alone when not given")->type_name("ADDRESS");
  gate->add_option("--port", s.port, "Port to listen on; 0: any that is free")->type_name("N");
  gate->add_option("--ae-title", s.title, "Its AE title; others are rejected")->type_name("AET");
  gate->add_option("--sender", s.senders, "AE title that may send; may be repeated; otherwise any may")
      ->type_name("AET")
      ->allow_extra_args(false);
  gate->add_option("--forward", t.forward, "The next node; without it what is approved waits")
      ->type_name("AET@HOST:PORT");
  file("--tls-key", s.tls.key, "Private key of the node (PEM): TLS, for peers with a certificate alone");
  file("--tls-certificate", s.tls.certificate, "Its certificate (PEM)");
  file("--tls-authorities", s.tls.authorities, "Certificates of who signs those of peers (PEM)");
  gate->add_flag("--forward-tls", s.next_tls, "TLS to the next node, with the same key and certificates");
  gate->add_option("--most-objects", s.bounds.objects, "Objects in the queue before more are refused")->type_name("N");
  gate->add_option("--most-bytes", s.bounds.bytes, "Bytes in the queue before more are refused")->type_name("N");
  gate->add_option("--most-object-bytes", s.bounds.object_bytes, "Bytes of one object")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1024}, std::uint64_t{2} << 30));
  gate->add_option("--connections", s.connections, "Connections at a time")->type_name("N")->check(CLI::Range(1, 1000));
  const auto time = [&](const char* name, std::int64_t& to, std::int64_t least, const char* unit, const char* help) {
    gate->add_option(name, to, help)->type_name(unit)->check(CLI::Range(least, std::int64_t{1'000'000'000}));
  };
  time("--settle-ms", t.settle_ms, 0, "MS", "After the last object of a plan, before it is decided on");
  time("--incomplete-s", t.patience_s, 1, "S",
       "After the last object, until a plan of which something is missing is held");
  time("--retry-s", t.retry_s, 1, "S", "Until what failed is tried again");
  time("--association-s", t.association_s, 1, "S", "For a peer to ask for an association");
  time("--idle-s", t.idle_s, 1, "S", "For a peer to go on");
  time("--object-s", t.object_s, 1, "S", "For a peer to send one object");
  gate->footer(kGateFooter);
  return gate;
}

struct HeldCommands {
  CLI::App *list = nullptr, *show = nullptr, *release = nullptr, *reject = nullptr;
};

HeldCommands add_held(CLI::App& app, Typed& t) {
  CLI::App* gate = app.add_subcommand("gate", "Look at held plans, release or reject them");
  gate->require_subcommand(1);
  gate->footer(kHeldFooter);
  HeldCommands commands;
  const auto add = [&](const char* name, const char* help, std::filesystem::path& queue) {
    CLI::App* command = gate->add_subcommand(name, help);
    command->add_option("--queue", queue, "The queue of the dicom-gate")->type_name("DIR")->required();
    return command;
  };
  commands.list = add("list", "The plans that are held, the oldest first, with the reason", t.list.queue);
  commands.list->add_flag("--all", t.list.all, "Those that are approved, forwarded or rejected, too");
  commands.list->add_flag("--json", t.list.json, "A line of JSON for each");
  commands.show = add("show", "All about a plan", t.show.queue);
  commands.show->add_option("PLAN", t.show.plan, "Its SOP Instance UID")->type_name("UID")->required();
  commands.show->add_flag("--json", t.show.json, "As JSON");
  const auto ask = [&](const char* name, const char* help) {
    CLI::App* command = add(name, help, t.ask.queue);
    command->add_option("PLAN", t.ask.plan, "Its SOP Instance UID")->type_name("UID")->required();
    command->add_option("--person", t.ask.person, "Who asks, as the policy names the person")
        ->type_name("NAME")
        ->required();
    command->add_option("--role", t.ask.role, "In which role")->type_name("ROLE")->required();
    command->add_option("--reason", t.ask.reason, "Why")->type_name("TEXT")->required();
    command->add_option("--key", t.ask.key, "The person's private key (Ed25519, PEM)")->type_name("FILE")->required();
    command
        ->add_option("--attempt", t.ask.attempt,
                     "As 'show --json' names it: only if the plan was not decided on again since then")
        ->type_name("ID");
    command->add_option("--wait-s", t.wait_s, "For the gate's answer")->type_name("S")->check(CLI::Range(1, 3600));
    return command;
  };
  commands.release = ask("release", "Decide on it again, with waivers: the policy says what they are worth");
  commands.release
      ->add_option(
          "--waiver", t.ask.waivers,
          "A waiver or attestation that 'dosegate waive' made: each that is to count, also of earlier releases")
      ->type_name("FILE")
      ->allow_extra_args(false);
  commands.reject = ask("reject", "Reject it: it is never forwarded");
  return commands;
}

CLI::App* add_sr(CLI::App& app, SrArguments& a) {
  CLI::App* sr = app.add_subcommand("sr", "Write a report as a DICOM object (Comprehensive SR)");
  sr->add_option("REPORT", a.report, "What 'dosegate check --format json' wrote")->type_name("FILE")->required();
  sr->add_option("--like", a.like, "The plan: patient and study are its own")->type_name("PLAN.dcm")->required();
  auto* decision =
      sr->add_option("--decision", a.decision, "What 'dosegate approve -o' wrote, to go in as well")->type_name("FILE");
  auto* key = sr->add_option("--key", a.key, "The public key that the decision is signed with")->type_name("FILE");
  decision->needs(key);
  sr->add_option("-o,--output", a.output, "The file to be written; a new one")->type_name("FILE")->required();
  sr->footer("Exit code: 0 written, 3 unusable input or wrong usage.");
  return sr;
}

cli::Problem usage(const std::string& message, const std::string& command) {
  return cli::Problem(message + ". See 'dosegate " + command + (command.empty() ? "" : " ") + "--help'");
}

// AET@HOST:PORT, with brackets around an address that has colons.
std::optional<Peer> parse_peer(const std::string& text) {
  const std::size_t at = text.find('@'), colon = text.rfind(':');
  if (at == std::string::npos || colon == std::string::npos || colon < at) return std::nullopt;
  Peer peer{text.substr(0, at), text.substr(at + 1, colon - at - 1), 0};
  const std::string port = text.substr(colon + 1);
  const bool is_number = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
  const int number = is_number ? std::stoi(port) : 0;
  if (peer.title.empty() || peer.title.size() > 16 || peer.host.empty() || number < 1 || number > 65535) {
    return std::nullopt;
  }
  peer.port = static_cast<std::uint16_t>(number);
  return peer;
}

std::variant<Arguments, cli::Answer, cli::Problem> finish_gate(Typed& t, const std::string& manifest) {
  constexpr const char* kCommand = "dicom-gate";
  Settings& s = t.settings;
  s.manifest = manifest;
  if (s.witness.empty()) s.witness = (s.queue / "witness").string();
  if (!t.forward.empty()) {
    const auto peer = parse_peer(t.forward);
    if (!peer) return usage("--forward " + t.forward + ": AET@HOST:PORT is expected", kCommand);
    s.next = *peer;
  }
  if (s.title.empty() || s.title.size() > 16) return usage("--ae-title: 1 to 16 characters are expected", kCommand);
  const bool all = !s.tls.key.empty() && !s.tls.certificate.empty() && !s.tls.authorities.empty();
  const bool none = s.tls.key.empty() && s.tls.certificate.empty() && s.tls.authorities.empty();
  if (!all && !none) {
    return usage("--tls-key, --tls-certificate and --tls-authorities are given together or not at all", kCommand);
  }
  if (s.next_tls && none)
    return usage("--forward-tls: --tls-key, --tls-certificate, --tls-authorities are needed", kCommand);
  s.settle = std::chrono::milliseconds(t.settle_ms);
  s.patience = std::chrono::seconds(t.patience_s);
  s.retry = std::chrono::seconds(t.retry_s);
  s.association_time = std::chrono::seconds(t.association_s);
  s.idle_time = std::chrono::seconds(t.idle_s);
  s.object_time = std::chrono::seconds(t.object_s);
  return Arguments(s);
}

std::variant<Arguments, cli::Answer, cli::Problem> finish_ask(AskArguments& a, Request::Action action) {
  a.action = action;
  for (const auto& [option, text] : {std::pair{"--person", a.person}, {"--role", a.role}, {"--reason", a.reason}}) {
    if (text.empty() || !support::is_utf8(text)) {
      return usage(std::string(option) + ": a text that is not empty is expected, in UTF-8", "gate");
    }
  }
  return Arguments(a);
}

}  // namespace

std::variant<Arguments, cli::Answer, cli::Problem> parse_arguments(int argc, const char* const* argv) {
  Typed typed;
  std::string manifest;
  CLI::App app("The gate as a DICOM node.", "dosegate");
  app.set_version_flag("-V,--version", "dosegate " DOSEGATE_VERSION, "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(1);
  app.add_option("--manifest", manifest, "manifest.json of the library, where it is not beside this program")
      ->type_name("FILE")
      ->envname("DOSEGATE_MANIFEST");
  CLI::App* gate = add_gate(app, typed);
  const HeldCommands held = add_held(app, typed);
  CLI::App* sr = add_sr(app, typed.sr);
  const auto innermost = [&] {
    const CLI::App* at = &app;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
    return at;
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion& e) {
    return cli::Answer{std::string(e.what()) + "\n"};
  } catch (const CLI::CallForHelp&) {
    const CLI::App* at = innermost();
    const bool is_inner = at != &app && at->get_parent() != &app;
    return cli::Answer{at->help(at == &app ? "" : is_inner ? "dosegate gate" : "dosegate")};
  } catch (const CLI::ParseError& e) {
    const CLI::App* at = innermost();
    return usage(e.what(), at == &app ? "" : at->get_parent() == &app ? at->get_name() : "gate " + at->get_name());
  }
  if (gate->parsed()) return finish_gate(typed, manifest);
  if (sr->parsed()) return Arguments(typed.sr);
  if (held.list->parsed()) return Arguments(typed.list);
  if (held.show->parsed()) return Arguments(typed.show);
  typed.ask.wait = std::chrono::seconds(typed.wait_s);
  return finish_ask(typed.ask, held.release->parsed() ? Request::Action::kRelease : Request::Action::kReject);
}

}  // namespace dosegate::dicom_gate
