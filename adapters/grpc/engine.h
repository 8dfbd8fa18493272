// What the services share: the library, whose turn it is to check, the protocols, the memory.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "adapters/grpc/access.h"
#include "adapters/grpc/budget.h"
#include "adapters/grpc/client.h"
#include "adapters/grpc/followers.h"
#include "adapters/grpc/memory_watch.h"
#include "adapters/grpc/options.h"
#include "adapters/grpc/reactors.h"
#include "adapters/grpc/running.h"
#include "adapters/grpc/session.h"
#include "adapters/grpc/silent.h"
#include "adapters/grpc/store.h"
#include "adapters/grpc/timer_thread.h"
#include "adapters/grpc/turns.h"
#include "adapters/grpc/wire.h"
#include "dosegate/dosegate.hpp"
#include "dosegate/v1/service.pb.h"

namespace dosegate::rpc {

// What tells one choice of a protocol from others.
std::string key_of(const v1::ProtocolChoice& choice);

class Engine {
 public:
  // Throws PluginError where the library cannot be loaded, std::exception where threads cannot be started.
  explicit Engine(const Options& options);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  const Library& library() const { return library_; }
  Turns& turns() { return turns_; }
  TimerThread& timers() { return timers_; }
  Budget& budget() { return budget_; }
  Clients& clients() { return clients_; }
  const MemoryWatch& memory() const { return memory_; }
  SilentStreams& silent_streams() { return silent_; }
  Store<HostedCase>& cases() { return cases_; }
  Store<Session>& sessions() { return sessions_; }
  Followers& followers() { return followers_; }
  Access& access() { return *access_; }
  UploadSurroundings uploads() { return {budget_, most_case_bytes_, upload_most_}; }
  // After which a stream that says nothing is ended: of an upload, of a session.
  std::chrono::seconds upload_patience() const { return upload_patience_; }
  std::chrono::seconds session_patience() const { return session_patience_; }

  // Lets a call in that has one of `rights` and whose client has room for one more. Where it has none, a stream that
  // has not said a word gives way. [thread-safe]
  Admitted admit(const grpc::ServerContextBase& context, const std::set<v1::ClientRights::Right>& rights);

  // The request of a call that was let in; as read_message() (wire.h). [thread-safe]
  template <typename Request>
  grpc::Status read(const grpc::ByteBuffer& bytes, const Admitted& in, Read<Request>& into) {
    return read_message(bytes, {most_message_bytes_, budget_, in.call.client()}, into.message, into.share);
  }

  // Both: a call that has the right, and its request.
  template <typename Request>
  Admitted admit(const grpc::ServerContextBase& context, const std::set<v1::ClientRights::Right>& rights,
                 const grpc::ByteBuffer& bytes, Read<Request>& into) {
    Admitted in = admit(context, rights);
    if (in.status.ok()) in.status = read(bytes, in, into);
    return in;
  }

  std::shared_ptr<HostedCase> make_case(std::shared_ptr<Client> client);
  // Its name. Where there is no room, the session without a connection that was not heard of for longest gives way;
  // empty: there is none. [thread-safe]
  std::string keep(const std::shared_ptr<HostedCase>& hosted);
  grpc::Status too_many_cases(const Client& client);

  // The engine's default protocol when none is named. Throws PluginError.
  Chosen choose(const v1::ProtocolChoice& choice) const;
  // The one of "protocols/ID"; throws PluginError with `field`.
  Protocol builtin(const std::string& name, const std::string& field) const;

 private:
  bool give_back();

  const Library library_;
  const unsigned threads_;
  const bool keeps_doses_;
  const std::uint64_t most_case_bytes_, most_message_bytes_;  // of a message: in memory
  Budget budget_;
  Clients clients_;
  Running running_;
  SilentStreams silent_;
  Turns turns_;
  TimerThread timers_;
  MemoryWatch memory_;
  const std::chrono::seconds upload_patience_, upload_most_, session_patience_;
  std::unique_ptr<Access> access_;
  Followers followers_;
  Store<HostedCase> cases_;
  Store<Session> sessions_;
};

}  // namespace dosegate::rpc
