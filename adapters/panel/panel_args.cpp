#include "adapters/panel/panel_args.h"

#include <CLI/CLI.hpp>
#include <map>

namespace dosegate::panel {
namespace {

constexpr const char* kPanelFooter =
    "Prints the page's address, with a token behind the # that lets the page in: open it in a browser of this "
    "machine,\n"
    "or in the browser control of another program. Ends with Ctrl-C.\n\n"
    "Examples:\n"
    "  dosegate panel --server unix:/run/user/1000/dosegate/socket\n"
    "  dosegate panel --server plans.example:50051 --ca ca.pem --cert me.pem --key me.key --language de\n\n"
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

void add_common(CLI::App& command, Typed& typed) {
  command.add_option("--server", typed.args.server.address, "The dosegate-grpc whose sessions are followed")
      ->type_name("unix:PATH|HOST:PORT")
      ->required();
  const auto pem = [&](const char* name, std::string& value, const char* help) {
    command.add_option(name, value, help)->type_name("FILE");
  };
  pem("--ca", typed.args.server.authorities, "With HOST:PORT: who signed the server's certificate (PEM)");
  pem("--cert", typed.args.server.certificate, "With HOST:PORT: our own certificate (PEM); its sessions are followed");
  pem("--key", typed.args.server.key, "With HOST:PORT: its private key (PEM)");
  command.add_option("--language", typed.language, "Language of what is shown")
      ->check(CLI::IsMember({"en", "de", "zh"}));
}

}  // namespace

std::variant<Arguments, cli::Answer, cli::Problem> parse_arguments(int argc, const char* const* argv) {
  Typed typed;
  CLI::App app("Follows planning sessions.", "dosegate");
  app.require_subcommand(1);
  std::string manifest;  // of `dosegate`, which passes on what it was given
  app.add_option("--manifest", manifest)->group("");
  CLI::App* panel = app.add_subcommand("panel", "A local page that follows planning sessions of a dosegate-grpc");
  add_common(*panel, typed);
  panel->add_option("--port", typed.serve.port, "Of the loopback address; a free one when not given");
  panel->add_flag("--identifiers", typed.identifiers, "Show plan labels and notes, which may tell who the patient is");
  panel->footer(kPanelFooter);
  CLI::App* watch = app.add_subcommand("watch", "Planning sessions of a dosegate-grpc, in a terminal");
  add_common(*watch, typed);
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
  const cli::ServerArguments& server = typed.args.server;
  const bool is_socket = server.address.compare(0, 5, "unix:") == 0;
  const bool has_all = !server.authorities.empty() && !server.certificate.empty() && !server.key.empty();
  const bool has_none = server.authorities.empty() && server.certificate.empty() && server.key.empty();
  if (is_socket ? !has_none : !has_all) {
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
