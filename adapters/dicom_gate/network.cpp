#include "adapters/dicom_gate/network.h"

#include <arpa/inet.h>
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dcmlayer.h>
#include <dcmtk/dcmnet/dcmtrans.h>
#include <dcmtk/dcmnet/dul.h>
#include <dcmtk/dcmtls/tlslayer.h>
#include <sys/socket.h>

#include <algorithm>
#include <optional>

#include "adapters/dicom/wire/dictionary.h"
#include "adapters/gate/document.h"
#include "adapters/support/descriptor.h"

namespace dosegate::dicom_gate {
namespace {

thread_local int served_socket = -1;

thread_local std::uint64_t bytes_left = 0;

// Another connection, of which a thread reads no more than it is allowed to.
class CountedConnection final : public DcmTransportConnection {
 public:
  CountedConnection(DcmNativeSocketType socket, DcmTransportConnection* inner)
      : DcmTransportConnection(socket), inner_(inner) {}

  ssize_t read(void* to, size_t size) override {
    if (bytes_left == 0) return 0;  // as if the peer had ended
    const ssize_t n = inner_->read(to, static_cast<size_t>(std::min<std::uint64_t>(size, bytes_left)));
    if (n > 0) bytes_left -= static_cast<std::uint64_t>(n);
    return n;
  }
  ssize_t write(void* from, size_t size) override { return inner_->write(from, size); }
  OFCondition serverSideHandshake() override { return inner_->serverSideHandshake(); }
  OFCondition clientSideHandshake() override { return inner_->clientSideHandshake(); }
  OFCondition renegotiate(const char* suite) override { return inner_->renegotiate(suite); }
  void close() override { inner_->close(); }
  void closeTransportConnection() override { inner_->closeTransportConnection(); }
  unsigned long getPeerCertificateLength() override { return inner_->getPeerCertificateLength(); }
  unsigned long getPeerCertificate(void* to, unsigned long size) override {
    return inner_->getPeerCertificate(to, size);
  }
  OFBool networkDataAvailable(int timeout) override { return inner_->networkDataAvailable(timeout); }
  // Otherwise DCMTK looks at the socket itself, past what a TLS layer holds.
  OFBool isTransparentConnection() override { return inner_->isTransparentConnection(); }
  OFString& dumpConnectionParameters(OFString& text) override { return inner_->dumpConnectionParameters(text); }

 private:
  std::unique_ptr<DcmTransportConnection> inner_;
};

template <typename Layer>
class ServingLayer : public Layer {
 public:
  using Layer::Layer;
  DcmTransportConnection* createConnection(DcmNativeSocketType, OFBool secure) override {
    const int fd = std::exchange(served_socket, -1);
    if (fd < 0) return nullptr;
    DcmTransportConnection* made = Layer::createConnection(fd, secure);
    if (made == nullptr) {
      ::close(fd);
      return nullptr;
    }
    return new CountedConnection(fd, made);  // DCMTK deletes it
  }
};

// Two ends of a connection of this process with itself.
struct Pair {
  support::Descriptor near, far;
};

Pair make_pair_of_sockets() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  const support::Descriptor listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  Pair pair;
  pair.far = support::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::bind(listening.get(), any, size) != 0 || ::listen(listening.get(), 1) != 0 ||
      ::getsockname(listening.get(), any, &size) != 0 || ::connect(pair.far.get(), any, size) != 0) {
    throw gate::Refused("the system gives no socket");
  }
  pair.near = support::Descriptor(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!pair.near.is_open()) throw gate::Refused("the system gives no socket");
  return pair;
}

void require(const OFCondition& done, const std::string& what) {
  if (done.bad()) throw gate::Refused(what + ": " + done.text());
}

void set_up(DcmTLSTransportLayer& layer, const TlsFiles& tls) {
  require(layer.setTLSProfile(TSP_Profile_BCP195), "the TLS profile BCP 195");
  require(layer.activateCipherSuites(), "the ciphers of TLS");
  layer.setPrivateKeyPasswd("");  // no terminal is asked for one: a gate has none
  require(layer.setPrivateKeyFile(tls.key.c_str(), DCF_Filetype_PEM),
          tls.key + ": is no private key in PEM without a pass phrase");
  require(layer.setCertificateFile(tls.certificate.c_str(), DCF_Filetype_PEM),
          tls.certificate + ": is no certificate in PEM");
  if (!layer.checkPrivateKeyMatchesCertificate()) {
    throw gate::Refused(tls.key + ": is not the key of " + tls.certificate);
  }
  require(layer.addTrustedCertificateFile(tls.authorities.c_str(), DCF_Filetype_PEM),
          tls.authorities + ": holds no certificate in PEM");
  layer.setCertificateVerification(DCV_requireCertificate);
}

}  // namespace

void prepare_network(std::chrono::seconds socket_timeout) {
  dicom::silence_dcmtk();  // which no thread does later, while others log
  const auto seconds = static_cast<Sint32>(socket_timeout.count());
  dcmSocketSendTimeout.set(seconds);
  dcmSocketReceiveTimeout.set(seconds);
  dcmConnectionTimeout.set(seconds);
  dcmDisableGethostbyaddr.set(OFTrue);
  DcmTLSTransportLayer::initializeOpenSSL();
}

void DropNetwork::operator()(T_ASC_Network* network) const { ASC_dropNetwork(&network); }

namespace {

Network begun(T_ASC_NetworkRole role, int port, std::chrono::seconds timeout) {
  T_ASC_Network* network = nullptr;
  require(ASC_initializeNetwork(role, port, static_cast<int>(timeout.count()), &network), "DCMTK's network");
  return Network(network);
}

}  // namespace

struct AcceptorNetwork::Layers {
  Pair inherited = make_pair_of_sockets();
  ServingLayer<DcmTransportLayer> plain;
  std::optional<ServingLayer<DcmTLSTransportLayer>> secure;
};

AcceptorNetwork::AcceptorNetwork(std::uint16_t port, const TlsFiles& tls, std::chrono::seconds timeout)
    : layers_(std::make_unique<Layers>()) {
  dcmExternalSocketHandle.set(layers_->inherited.near.get());
  network_ = begun(NET_ACCEPTOR, port, timeout);
  if (tls.is_on()) {
    layers_->secure.emplace(NET_ACCEPTOR, nullptr, OFFalse);
    set_up(*layers_->secure, tls);
    require(ASC_setTransportLayer(network_.get(), &*layers_->secure, 0), "the TLS layer");
  } else {
    require(ASC_setTransportLayer(network_.get(), &layers_->plain, 0), "the transport layer");
  }
}

AcceptorNetwork::~AcceptorNetwork() = default;

void AcceptorNetwork::serve(int fd) {
  if (served_socket >= 0) ::close(served_socket);
  served_socket = fd;
}

void AcceptorNetwork::allow(std::uint64_t bytes) { bytes_left = bytes; }

struct RequestorNetwork::Layers {
  std::optional<DcmTLSTransportLayer> secure;
};

RequestorNetwork::RequestorNetwork(const TlsFiles& tls, std::chrono::seconds timeout)
    : layers_(std::make_unique<Layers>()) {
  network_ = begun(NET_REQUESTOR, 0, timeout);
  if (!tls.is_on()) return;
  layers_->secure.emplace(NET_REQUESTOR, nullptr, OFFalse);
  set_up(*layers_->secure, tls);
  require(ASC_setTransportLayer(network_.get(), &*layers_->secure, 0), "the TLS layer");
}

RequestorNetwork::~RequestorNetwork() = default;

}  // namespace dosegate::dicom_gate
