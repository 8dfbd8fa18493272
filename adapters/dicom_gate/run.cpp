#include <map>
#include <thread>

#include "adapters/cli/interrupt.h"
#include "adapters/cli/program.h"
#include "adapters/dicom_gate/clerk.h"
#include "adapters/dicom_gate/commands.h"
#include "adapters/dicom_gate/disk.h"
#include "adapters/dicom_gate/forward.h"
#include "adapters/dicom_gate/listener.h"
#include "adapters/gate/files.h"
#include "adapters/gate/ledger.h"

namespace dosegate::dicom_gate {
namespace {

constexpr std::chrono::milliseconds kRound{500};

// Sends what is approved, each plan again after a while where that fails.
void forward_all(Queue& queue, const Settings& settings, Forwarder& forwarder, const std::atomic<bool>& is_over) {
  using Steady = std::chrono::steady_clock;
  std::map<std::string, Steady::time_point> not_before;
  while (!is_over) {
    for (const std::string& key : queue.keys_in(State::kApproved)) {
      if (is_over || (not_before.count(key) > 0 && Steady::now() < not_before[key])) continue;
      try {
        forwarder.forward(key);
        not_before.erase(key);
      } catch (const std::exception& e) {
        not_before[key] = Steady::now() + settings.retry;
        say("not forwarded yet, " + key + ": " + e.what());
        try {
          disk::write(
              queue.folder(State::kApproved, key) / "forward.json",
              gate::ObjectWriter().text("at", gate::to_text(gate::now())).text("problem", e.what()).end() + "\n");
        } catch (const std::exception& also) {
          say(also.what());
        }
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace

cli::Exit run_gate(const Settings& settings) {
  const cli::Interruptible interruptible;
  prepare_network(settings.idle_time);
  const std::unique_ptr<gate::Signer> signer = gate::open_signer(settings.key);
  static_cast<void>(gate::load_policy(settings.policy));
  // Made where there is none and the witness tells of none, and its rows can be written: else nothing could be decided.
  static_cast<void>(gate::open_ledger(settings.ledger, settings.witness, signer.get(), gate::now));
  Queue queue(settings.queue, settings.bounds);
  Listener listener(queue, settings);
  std::vector<gate::PublicKey> keys = gate::load_keys(settings.former_keys);
  keys.push_back(signer->public_key());
  Clerk clerk(queue, settings, *signer, keys);
  Forwarder forwarder(queue, settings, keys);
  cli::answer("", "dosegate dicom-gate: " + settings.title + " listens on " + settings.bind + ":" +
                      std::to_string(listener.port()) + "\n");
  std::atomic<bool> is_over{false};
  std::thread deciding([&] {
    try {
      clerk.resume();
      while (!is_over) {
        clerk.round([&] { return is_over.load(); });
        queue.wait(kRound);
      }
    } catch (const std::exception& e) {
      say(std::string("the gate ends: ") + e.what());
      is_over = true;
    }
  });
  std::thread sending;
  if (settings.next.is_set()) {
    sending = std::thread([&] { forward_all(queue, settings, forwarder, is_over); });
  }
  listener.run([&] { return cli::is_interrupted() || is_over.load(); });
  const bool is_asked = cli::is_interrupted();
  is_over = true;
  queue.wake();
  deciding.join();
  if (sending.joinable()) sending.join();
  say("ended");
  return is_asked ? cli::Exit::kPass : cli::Exit::kUnusable;
}

}  // namespace dosegate::dicom_gate
