#include "adapters/dicom_gate/listener.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dimse.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <tuple>

#include "adapters/dicom_gate/receive.h"
#include "adapters/gate/document.h"

namespace dosegate::dicom_gate {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTick{200};
constexpr std::chrono::milliseconds kSoon{10};
constexpr std::chrono::seconds kGrace{5};  // for an object that is coming in when the gate is ended
constexpr std::chrono::seconds kLeave{5};  // for a connection that was ended: its thread may be writing to the disk
constexpr long kMostPdu = 131'072;
constexpr std::uint64_t kMostRequestBytes = std::uint64_t{1} << 20;  // for an association, or of a command

// A-ASSOCIATE-RJ: for now, by the provider, local limit exceeded (PS3.8 9.3.4).
constexpr unsigned char kNoRoom[] = {3, 0, 0, 0, 0, 4, 0, 2, 3, 2};

const char* kTaken[] = {UID_VerificationSOPClass, UID_RTPlanStorage, UID_RTIonPlanStorage, UID_RTStructureSetStorage,
                        UID_RTDoseStorage};
const char* kSyntaxes[] = {UID_LittleEndianExplicitTransferSyntax, UID_LittleEndianImplicitTransferSyntax};

std::vector<support::Descriptor> listen_at(const std::string& host, std::uint16_t& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); error != 0) {
    throw gate::Refused("--bind " + host + ": " + ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, ::freeaddrinfo);
  support::Descriptor socket(::socket(all->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (!socket.is_open() || ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      ::bind(socket.get(), all->ai_addr, all->ai_addrlen) != 0 || ::listen(socket.get(), SOMAXCONN) != 0 ||
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    throw gate::Refused("--bind " + host + " --port " + std::to_string(port) + ": " + std::strerror(errno));
  }
  port = ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port
                                           : reinterpret_cast<sockaddr_in*>(&bound)->sin_port);
  std::vector<support::Descriptor> sockets;
  sockets.push_back(std::move(socket));
  return sockets;
}

std::string text_of(const sockaddr_storage& address, socklen_t size) {
  char host[NI_MAXHOST] = "?";
  ::getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host, sizeof host, nullptr, 0, NI_NUMERICHOST);
  return host;
}

// An AE title as the peer wrote it, for a log.
std::string plain(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7F; }, '?');
  return text;
}

void answer_store(T_ASC_Association& association, unsigned char presentation, const T_DIMSE_C_StoreRQ& request,
                  const Answer& answer, OFCondition& done) {
  T_DIMSE_C_StoreRSP response{};
  response.DimseStatus = answer.status;
  response.DataSetType = DIMSE_DATASET_NULL;
  DcmDataset detail;
  const bool has_comment = answer.status != kSuccess && !answer.comment.empty();
  if (has_comment) detail.putAndInsertString(DCM_ErrorComment, answer.comment.c_str());
  done = DIMSE_sendStoreResponse(&association, presentation, &request, &response, has_comment ? &detail : nullptr);
}

}  // namespace

struct Listener::Connection {
  support::Descriptor watched;  // the same socket, to end it from outside
  int fd = -1;                  // for DCMTK
  std::string from;
  std::thread thread;
  std::atomic<Clock::rep> until{0};  // then it is ended
  std::atomic<Clock::rep> since{0};  // it does what it does now
  std::atomic<bool> is_receiving{false}, is_done{false};
  Clock::time_point born = Clock::now();
  std::optional<Clock::time_point> gave_way;  // for another

  void allow(std::chrono::seconds time, std::chrono::seconds in_all) {
    const auto now = Clock::now();
    since = now.time_since_epoch().count();
    until = std::min(now + time, born + in_all).time_since_epoch().count();
  }
  void end() const { ::shutdown(watched.get(), SHUT_RDWR); }
};

Listener::Listener(Queue& queue, const Settings& settings) : queue_(queue), settings_(settings), port_(settings.port) {
  sockets_ = listen_at(settings.bind, port_);
  network_ = std::make_unique<AcceptorNetwork>(port_, settings.tls, settings.association_time);
}

Listener::~Listener() = default;

// One that waits is ended for another; one that receives an object only for a host that has fewer.
bool Listener::let_one_go(const std::string& newcomer) {
  std::map<std::string, std::size_t> count;
  for (const auto& one : connections_) count[one->from] += one->gave_way ? 0 : 1;
  const auto rank = [&](const Connection& c) { return std::tuple(count[c.from], !c.is_receiving, -c.since.load()); };
  Connection* first = nullptr;
  for (const auto& one : connections_) {
    if (!one->gave_way && (first == nullptr || rank(*one) > rank(*first))) first = one.get();
  }
  if (first == nullptr || (first->is_receiving && count[newcomer] + 1 >= count[first->from])) return false;
  say("ended a connection of " + first->from + ", which has " + std::to_string(count[first->from]) + ", for one of " +
      newcomer + ": there is room for " + std::to_string(settings_.connections));
  first->gave_way = Clock::now();
  first->end();
  return true;
}

std::size_t Listener::leaving() const {
  return static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(),
                                                [](const auto& one) { return one->gave_way.has_value(); }));
}

bool Listener::must_wait() const {
  if (leaving() < settings_.connections) return false;
  const auto now = Clock::now();
  return std::none_of(connections_.begin(), connections_.end(),
                      [&](const auto& one) { return one->gave_way && now - *one->gave_way > kLeave; });
}

void Listener::accept_one() {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const int fd = ::accept4(sockets_.front().get(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC);
  if (fd < 0) {
    // Out of descriptors: what waits is taken later.
    if (errno == EMFILE || errno == ENFILE) std::this_thread::sleep_for(kTick);
    return;
  }
  support::Descriptor socket(fd);
  const std::string from = text_of(address, size);
  const std::size_t gone = leaving();
  const bool is_full = connections_.size() - gone >= settings_.connections;
  if (is_full && (gone >= settings_.connections || !let_one_go(from))) {
    if (!settings_.tls.is_on() && ::send(fd, kNoRoom, sizeof kNoRoom, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return;
    say("turned away " + from + ": " + std::to_string(connections_.size()) + " connections are open");
    return;
  }
  auto connection = std::make_unique<Connection>();
  connection->from = from;
  connection->watched = support::Descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!connection->watched.is_open()) return;
  connection->fd = socket.release();
  connection->allow(settings_.association_time, settings_.connection_time);
  connections_.push_back(std::move(connection));
  Connection& made = *connections_.back();
  try {
    made.thread = std::thread([this, &made] { serve(made); });
  } catch (const std::system_error& e) {
    ::close(made.fd);
    say("turned away " + from + ": " + e.what());
    connections_.pop_back();
  }
}

void Listener::end_the_late() {
  const auto now = Clock::now().time_since_epoch().count();
  for (auto at = connections_.begin(); at != connections_.end();) {
    Connection& connection = **at;
    if (connection.is_done) {
      connection.thread.join();
      at = connections_.erase(at);
      continue;
    }
    if (now > connection.until || (stopping_ && !connection.is_receiving)) connection.end();
    ++at;
  }
}

void Listener::run(const std::function<bool()>& is_over) {
  while (!is_over()) {
    if (must_wait()) {
      std::this_thread::sleep_for(kSoon);
    } else {
      pollfd waiting{sockets_.front().get(), POLLIN, 0};
      if (::poll(&waiting, 1, static_cast<int>(kTick.count())) > 0) accept_one();
    }
    end_the_late();
  }
  stopping_ = true;
  sockets_.clear();
  const auto end = Clock::now() + kGrace;
  while (!connections_.empty()) {
    if (Clock::now() > end) {
      for (const auto& connection : connections_) connection->end();
    }
    end_the_late();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void Listener::serve(Connection& connection) {
  try {
    serve_association(connection);
  } catch (const std::exception& e) {
    say("connection from " + connection.from + ": " + e.what());
  }
  connection.is_done = true;
}

void Listener::serve_association(Connection& connection) {
  AcceptorNetwork::serve(connection.fd);
  AcceptorNetwork::allow(kMostRequestBytes);
  T_ASC_Association* made = nullptr;
  const OFCondition asked = ASC_receiveAssociation(network_->get(), &made, kMostPdu, nullptr, nullptr,
                                                   settings_.tls.is_on() ? OFTrue : OFFalse, DUL_NOBLOCK,
                                                   static_cast<int>(settings_.association_time.count()));
  AcceptorNetwork::serve(-1);
  const auto drop = [](T_ASC_Association* association) {
    ASC_dropSCPAssociation(association, 1);
    ASC_destroyAssociation(&association);
  };
  const std::unique_ptr<T_ASC_Association, decltype(drop)> association(made, drop);
  if (asked.bad()) {
    say("no association with " + connection.from + ": " + asked.text());
    return;
  }
  char calling[65] = "", called[65] = "";
  ASC_getAPTitles(made->params, calling, sizeof calling, called, sizeof called, nullptr, 0);
  if (*called == '\0') {  // DCMTK says nothing of a connection that ends before it has asked
    say("no association with " + connection.from + ": it ended without a request");
    return;
  }
  const std::string peer = plain(calling) + " at " + connection.from;
  const auto reject = [&](T_ASC_RejectParametersReason reason, const std::string& why) {
    const T_ASC_RejectParameters rejection = {ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER, reason};
    ASC_rejectAssociation(made, &rejection);
    say("rejected an association with " + peer + ": " + why);
  };
  if (called != settings_.title) {
    return reject(ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED, "it calls " + plain(called) + ", not " + settings_.title);
  }
  const std::vector<std::string>& senders = settings_.senders;
  if (!senders.empty() && std::find(senders.begin(), senders.end(), calling) == senders.end()) {
    return reject(ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED, "its AE title is none of those that may send");
  }
  ASC_acceptContextsWithPreferredTransferSyntaxes(made->params, kTaken, static_cast<int>(std::size(kTaken)), kSyntaxes,
                                                  static_cast<int>(std::size(kSyntaxes)));
  if (ASC_acknowledgeAssociation(made).bad()) return;
  connection.allow(settings_.idle_time, settings_.connection_time);
  while (!stopping_) {
    if (!ASC_dataWaiting(made, 1)) continue;  // the listener ends it where this takes too long
    T_DIMSE_Message message{};
    T_ASC_PresentationContextID presentation = 0;
    DcmDataset* detail = nullptr;
    AcceptorNetwork::allow(kMostRequestBytes);
    OFCondition done = DIMSE_receiveCommand(made, DIMSE_NONBLOCKING, static_cast<int>(settings_.idle_time.count()),
                                            &presentation, &message, &detail);
    delete detail;
    if (done == DUL_PEERREQUESTEDRELEASE) {
      ASC_acknowledgeRelease(made);
      return;
    }
    if (done.bad()) {
      if (done != DUL_PEERABORTEDASSOCIATION) say("lost " + peer + ": " + done.text());
      return;
    }
    if (message.CommandField == DIMSE_C_ECHO_RQ) {
      done = DIMSE_sendEchoResponse(made, presentation, &message.msg.CEchoRQ, STATUS_Success, nullptr);
    } else if (message.CommandField == DIMSE_C_STORE_RQ) {
      connection.is_receiving = true;
      connection.allow(settings_.object_time, settings_.connection_time);
      const T_DIMSE_C_StoreRQ& request = message.msg.CStoreRQ;
      AcceptorNetwork::allow(UINT64_MAX);  // which go to the disk
      const Received received =
          receive_object(queue_, settings_.bounds, *made, presentation, request, settings_.idle_time);
      if (!received.is_connected) return;
      if (received.answer.status != kSuccess) {
        say("refused " + plain(request.AffectedSOPInstanceUID) + " from " + peer + ": " + received.answer.comment);
      }
      answer_store(*made, presentation, request, received.answer, done);
      connection.is_receiving = false;
    } else {
      say("aborted the association with " + peer + ": it asks for what a storage does not do");
      ASC_abortAssociation(made);
      return;
    }
    if (done.bad()) return;
    connection.allow(settings_.idle_time, settings_.connection_time);
  }
  ASC_abortAssociation(made);
}

}  // namespace dosegate::dicom_gate
