#include "adapters/panel/panel_args.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "adapters/support/utf8.h"

namespace dosegate::panel {
namespace {

constexpr const char* kPanelFooter =
    "Prints the page's address, with a token behind the # that lets the page in: open it in a browser of this "
    "machine,\n"
    "or in the browser control of another program. Ends with Ctrl-C.\n\n"
    "Examples:\n"
    "  dosegate panel --server unix:/run/user/1000/dosegate/socket\n"
    "  dosegate panel --server plans.example:50051 --ca ca.pem --cert me.pem --key me.key --language de\n"
    "  dosegate panel --gate queue\n"
    "  dosegate panel --gate queue --decide-as 'A. Curie' --decide-role physicist --decide-key curie.key\n\n"
    "With --decide-as whoever uses the page decides in that person's name, signed with the person's key: start it as\n"
    "that person, and for that person alone.\n\n"
    "Exit code: 0 ended by a signal, 3 unusable input or wrong usage.";

constexpr const char* kWatchFooter =
    "A paragraph a revision: the verdict, and what is new, changed and resolved.\n\n"
    "Examples:\n"
    "  dosegate watch --server unix:/run/user/1000/dosegate/socket\n\n"
    "Exit code: 0 ended by a signal or with --once, 3 unusable input or wrong usage.";

struct Typed {
  Arguments args;
  ServeArguments serve;
  WatchArguments watch;
  std::string language = "en";
  bool identifiers = false;
};

CLI::Option* add_common(CLI::App& command, Typed& typed) {
  CLI::Option* server =
      command.add_option("--server", typed.args.server.address, "The dosegate-grpc whose sessions are followed")
          ->type_name("unix:PATH|HOST:PORT");
  const auto pem = [&](const char* name, std::string& value, const char* help) {
    command.add_option(name, value, help)->type_name("FILE");
  };
  pem("--ca", typed.args.server.authorities, "With HOST:PORT: who signed the server's certificate (PEM)");
  pem("--cert", typed.args.server.certificate, "With HOST:PORT: our own certificate (PEM); its sessions are followed");
  pem("--key", typed.args.server.key, "With HOST:PORT: its private key (PEM)");
  command.add_option("--language", typed.language, "Language of what is shown")
      ->check(CLI::IsMember({"en", "de", "zh"}));
  return server;
}

void add_gate(CLI::App& panel, ServeArguments& serve) {
  auto* gate =
      panel.add_option("--gate", serve.gate, "Show the plans that a dicom-gate holds: its queue")->type_name("DIR");
  auto* person = panel
                     .add_option("--decide-as", serve.decide_as.person,
                                 "Let the page release and reject them, as this person of the policy")
                     ->type_name("NAME");
  auto* role =
      panel.add_option("--decide-role", serve.decide_as.role, "In which role the person decides")->type_name("ROLE");
  auto* key =
      panel.add_option("--decide-key", serve.decide_as.key, "The person's private key (Ed25519): PEM, or in a token")
          ->type_name("FILE|pkcs11:URI");
  person->needs(gate)->needs(role)->needs(key);
  role->needs(person);
  key->needs(person);
}

}  // namespace

std::variant<Arguments, cli::Answer, cli::Problem> parse_arguments(int argc, const char* const* argv) {
  Typed typed;
  CLI::App app("Follows planning sessions.", "dosegate");
  app.require_subcommand(1);
  std::string manifest;  // of `dosegate`, which passes on what it was given
  app.add_option("--manifest", manifest)->group("");
  CLI::App* panel = app.add_subcommand("panel", "A local page that follows planning sessions of a dosegate-grpc");
  const CLI::Option* server_option = add_common(*panel, typed);
  add_gate(*panel, typed.serve);
  panel->add_option("--port", typed.serve.port, "Of the loopback address; a free one when not given");
  panel->add_flag("--identifiers", typed.identifiers, "Show plan labels and notes, which may tell who the patient is");
  panel->footer(kPanelFooter);
  CLI::App* watch = app.add_subcommand("watch", "Planning sessions of a dosegate-grpc, in a terminal");
  add_common(*watch, typed)->required();
  watch->add_option("--session", typed.watch.session, "This one alone")->type_name("sessions/ID");
  watch->add_flag("--once", typed.watch.once, "Print what there is, and end");
  watch->footer(kWatchFooter);
  const std::string asked = "dosegate";
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const CLI::App* at = panel->parsed() ? panel : watch->parsed() ? watch : &app;
    return cli::Answer{at->help(at == &app ? "" : asked)};
  } catch (const CLI::ParseError& e) {
    const std::string name = panel->parsed() ? " panel" : watch->parsed() ? " watch" : "";
    return cli::Problem(std::string(e.what()) + ". See 'dosegate" + name + " --help'");
  }
  if (panel->parsed() && server_option->count() == 0 && typed.serve.gate.empty()) {
    return cli::Problem("--server or --gate is required. See 'dosegate panel --help'");
  }
  const DecideAs& as = typed.serve.decide_as;
  for (const auto& [option, text] : {std::pair{"--decide-as", as.person}, {"--decide-role", as.role}}) {
    const bool is_given = panel->get_option(option)->count() > 0;
    if (is_given && (text.empty() || !support::is_utf8(text))) {
      return cli::Problem(std::string(option) + ": a text that is not empty is expected, in UTF-8");
    }
  }
  const cli::ServerArguments& server = typed.args.server;
  const bool is_socket = server.address.compare(0, 5, "unix:") == 0;
  const bool has_all = !server.authorities.empty() && !server.certificate.empty() && !server.key.empty();
  const bool has_none = server.authorities.empty() && server.certificate.empty() && server.key.empty();
  if (server.address.empty() && !has_none) return cli::Problem("--ca, --cert and --key are --server's");
  if (!server.address.empty() && (is_socket ? !has_none : !has_all)) {
    return cli::Problem("--server " + server.address +
                        (is_socket ? ": a Unix socket needs no --ca, --cert and --key"
                                   : ": over TCP --ca, --cert and --key are needed"));
  }
  typed.args.language = present::language_of(typed.language).value_or(present::Language::kEnglish);
  if (typed.identifiers) typed.serve.identifiers = Identifiers::kShown;
  if (panel->parsed()) {
    typed.args.command = typed.serve;
  } else {
    typed.args.command = typed.watch;
  }
  return typed.args;
}

}  // namespace dosegate::panel
