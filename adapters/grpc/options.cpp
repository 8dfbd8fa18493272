#include "adapters/grpc/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

namespace dosegate::rpc {

Parsed parse(int argc, char** argv) {
  Parsed parsed;
  Options& o = parsed.options;
  o.threads = std::clamp(std::thread::hardware_concurrency(), 1U, 16U);
  CLI::App app("Serves Dosegate over gRPC (dosegate.v1): a planning system checks its plan while it makes it.",
               "dosegate-grpc");
  app.set_version_flag("--version", std::string("dosegate-grpc ") + DOSEGATE_VERSION);
  app.add_option(
         "--listen", o.listen,
         "unix:PATH of a socket in a folder that only you may enter (0700), or HOST:PORT (then the four options "
         "below are needed)")
      ->required();
  app.add_option("--tls-cert", o.tls.certificate,
                 "PEM: the server's certificate and what signed it; read anew on change");
  app.add_option("--tls-key", o.tls.key, "PEM: its private key");
  app.add_option("--tls-clients", o.tls.clients, "PEM: the authorities that sign clients' certificates");
  app.add_option("--rights", o.rights, "which client may CHECK, APPROVE, ADMINISTER, by certificate name (JSON)");
  app.add_option("--manifest", o.manifest, "manifest.json of the library; else the one next to this program");
  app.add_option("--threads", o.threads, "checks at a time, and threads of one check")->check(CLI::Range(1U, 256U));
  app.add_option("--max-memory-mib", o.max_memory_mib, "of all cases together")->check(CLI::Range(1U, 1U << 20U));
  app.add_option("--max-case-mib", o.max_case_mib, "of one case")->check(CLI::Range(1U, 1U << 20U));
  app.add_option("--max-message-mib", o.max_message_mib, "of one message")->check(CLI::Range(1U, 1024U));
  app.add_option("--max-cases", o.max_cases, "at a time")->check(CLI::Range(1U, 100'000U));
  app.add_option("--max-calls", o.max_calls, "under way at a time, streams and sessions included")
      ->check(CLI::Range(1U, 1'000'000U));
  app.add_option("--max-connections", o.max_connections,
                 "at a time: 256 over TCP and 4096 over a Unix socket; fewer where there are fewer descriptors")
      ->check(CLI::Range(1U, 1'000'000U));
  app.add_option("--client-percent", o.client_percent,
                 "of memory, cases and calls, that one client may have (by certificate; over a Unix socket all)")
      ->check(CLI::Range(1U, 100U));
  app.add_option("--resume-minutes", o.resume_minutes,
                 "that a session without a connection waits to be resumed; less where there is no room")
      ->check(CLI::Range(1U, 100'000U));
  app.add_option("--idle-minutes", o.idle_minutes, "after which an unused case is forgotten")
      ->check(CLI::Range(1U, 100'000U));
  app.add_option("--drain-seconds", o.drain_seconds, "that running calls have to finish on SIGTERM")
      ->check(CLI::Range(0U, 3600U));
  app.add_option("--upload-idle-seconds", o.upload_idle_seconds, "after which a silent upload is ended")
      ->check(CLI::Range(1U, 3600U));
  app.add_option("--upload-seconds", o.upload_seconds, "after which an upload that has not all come is ended")
      ->check(CLI::Range(1U, 100'000U));
  std::string parent;  // of an integer CLI11 takes 0 for "no"
  app.add_flag("--parent{any}", parent,
               "end when the process that started this ends; --parent=PID where that may end while this starts")
      ->check(CLI::IsMember({"any"}) | CLI::Range(1, 1 << 30));
  app.add_option("--metrics", o.observer.metrics, "HOST:PORT of a loopback address, for Prometheus");
  app.add_option("--log", o.log, "what is written to standard error: a line a call, or only what is wrong")
      ->check(CLI::IsMember({"calls", "problems"}));
  app.add_flag("--log-messages", o.observer.messages, "with what was wrong, which may name structures");
  app.add_flag("--reflection", o.reflection, "lets clients ask for the services' description");
  app.add_flag("--keep-doses", o.keep_doses,
               "keep doses as they came, so that who follows sessions sees pictures of them");
  try {
    app.parse(argc, argv);
    o.observer.calls = o.log == "calls";
    if (!parent.empty()) o.parent = parent == "any" ? 0 : std::stoi(parent);
  } catch (const CLI::ParseError& e) {
    constexpr int kUnusable = 3;
    parsed.exit_code = app.exit(e) == 0 ? 0 : kUnusable;
  }
  return parsed;
}

}  // namespace dosegate::rpc
