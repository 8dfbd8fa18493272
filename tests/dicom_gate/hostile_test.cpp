// Peers that mean no good, or are broken: the gate goes on serving the others.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <thread>

#include "tests/dicom_gate/node.h"

using namespace dosegate::dicom_gate_test;
using dosegate::e2e::run;

namespace {

class Wire {
 public:
  explicit Wire(std::uint16_t port, const char* from = "127.0.0.1")
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    REQUIRE(::inet_pton(AF_INET, from, &address.sin_addr) == 1);
    REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  ~Wire() {
    if (fd_ >= 0) ::close(fd_);
  }
  Wire(Wire&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  void send(const std::string& bytes) const {
    static_cast<void>(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }
  void end_sending() const { ::shutdown(fd_, SHUT_WR); }
  std::string read(int seconds) const {
    std::string text;
    pollfd waiting{fd_, POLLIN, 0};
    char block[4096];
    if (::poll(&waiting, 1, seconds * 1000) > 0) {
      const ssize_t n = ::recv(fd_, block, sizeof block, 0);
      if (n > 0) text.assign(block, static_cast<std::size_t>(n));
    }
    return text;
  }
  // Whether the other end ends it within that time.
  bool is_ended(int seconds) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    char block[4096];
    do {
      pollfd waiting{fd_, POLLIN, 0};
      if (::poll(&waiting, 1, seconds > 0 ? 100 : 1) > 0 && ::recv(fd_, block, sizeof block, 0) <= 0) return true;
    } while (std::chrono::steady_clock::now() < until);
    return false;
  }

 private:
  int fd_;
};

std::string item(char type, const std::string& value) {
  return std::string{type, 0, static_cast<char>(value.size() >> 8U), static_cast<char>(value.size() & 0xFFU)} + value;
}

std::string pdu(char type, const std::string& value) {
  const auto size = static_cast<std::uint32_t>(value.size());
  return std::string{type,
                     0,
                     static_cast<char>(size >> 24U),
                     static_cast<char>((size >> 16U) & 0xFFU),
                     static_cast<char>((size >> 8U) & 0xFFU),
                     static_cast<char>(size & 0xFFU)} +
         value;
}

// A request for an association for RT plans.
std::string request(const std::string& syntax = "1.2.840.10008.1.2.1") {
  std::string called = "DOSEGATE", calling = "STRANGER";
  called.resize(16, ' ');
  calling.resize(16, ' ');
  const std::string context =
      std::string("\1\0\0\0", 4) + item(0x30, "1.2.840.10008.5.1.4.1.1.481.5") + item(0x40, syntax);
  return pdu(1, std::string("\0\1\0\0", 4) + called + calling + std::string(32, '\0') +
                    item(0x10, "1.2.840.10008.3.1.1.1") + item(0x20, context) +
                    item(0x50, item(0x51, std::string("\0\0\x40\0", 4))));
}

std::string fragment(char header, const std::string& bytes) {
  const std::string content = std::string{1, header} + bytes;
  const auto size = static_cast<std::uint32_t>(content.size());
  return pdu(4, std::string{static_cast<char>(size >> 24U), static_cast<char>((size >> 16U) & 0xFFU),
                            static_cast<char>((size >> 8U) & 0xFFU), static_cast<char>(size & 0xFFU)} +
                    content);
}

// A C-STORE of an RT plan: its command and its data set.
std::string store(const std::string& uid, const std::string& data_set) {
  std::string group;
  const auto put = [&group](std::uint16_t element, std::string value) {
    if (value.size() % 2 != 0) value += '\0';
    group += std::string{0,
                         0,
                         static_cast<char>(element & 0xFFU),
                         static_cast<char>(element >> 8U),
                         static_cast<char>(value.size()),
                         0,
                         0,
                         0} +
             value;
  };
  put(0x0002, "1.2.840.10008.5.1.4.1.1.481.5");
  put(0x0100, std::string("\1\0", 2));
  put(0x0110, std::string("\1\0", 2));
  put(0x0700, std::string("\0\0", 2));
  put(0x0800, std::string("\1\0", 2));
  put(0x1000, uid);
  std::string command =
      std::string("\0\0\0\0\4\0\0\0", 8) + std::string{static_cast<char>(group.size()), 0, 0, 0} + group;
  std::string all = fragment(3, command);
  constexpr std::size_t kPiece = 8000;
  for (std::size_t at = 0; at < data_set.size(); at += kPiece) {
    all += fragment(at + kPiece >= data_set.size() ? 2 : 0, data_set.substr(at, kPiece));
  }
  return all;
}

// Of a DICOM file.
std::string data_set_of(const std::string& file) {
  const std::string bytes = dosegate::e2e::read_file(file);
  const std::size_t length = static_cast<unsigned char>(bytes[140]) + 256U * static_cast<unsigned char>(bytes[141]);
  return bytes.substr(144 + length);
}

const std::vector<std::string> kShort = {"--association-s", "1", "--idle-s", "1", "--object-s", "2"};

}  // namespace

TEST_CASE("dicom gate: garbage, half an association and peers that stall do not keep others waiting",
          "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy"), kShort);
  std::mt19937 random(7);
  std::vector<Wire> wires;
  for (int i = 0; i < 12; ++i) {
    wires.emplace_back(node.port());
    std::string bytes;
    for (int k = 0; k < 2000; ++k) bytes += static_cast<char>(random() & 0xFFU);
    if (i % 4 == 0) wires.back().send(bytes);
    if (i % 4 == 1) wires.back().send(request().substr(0, 5 + static_cast<std::size_t>(i) * 9));
    if (i % 4 == 2)
      wires.back().send(pdu(1, std::string(100, '\0')).substr(0, 2) + "\x7f\xff\xff\xff");  // a PDU of 2 GiB
    // the fourth says nothing
  }
  const Study study = node.study("pass");
  const auto before = std::chrono::steady_clock::now();
  CHECK(node.send_all(study).exit_code == 0);
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(10));
  CHECK(node.becomes(study.plan, "approved"));
  for (const Wire& wire : wires) CHECK(wire.is_ended(5));
  CHECK(node.stop() == 0);
}

TEST_CASE("dicom gate: an association that never ends is ended, also in the middle of an object", "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy"), kShort);
  const Wire idle(node.port()), dripping(node.port()), halfway(node.port());
  idle.send(request());
  CHECK(idle.read(5).front() == 2);  // A-ASSOCIATE-AC
  halfway.send(request());
  CHECK(halfway.read(5).front() == 2);
  // A command set that breaks off: the first half of a P-DATA-TF.
  halfway.send(pdu(4, std::string(200, '\0')).substr(0, 50));
  for (const char c : request()) {
    dripping.send(std::string(1, c));
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
  }
  CHECK(idle.is_ended(6));
  CHECK(halfway.is_ended(6));
  CHECK(dripping.is_ended(6));
  CHECK(node.stop() == 0);
}

TEST_CASE("dicom gate: a request or a command that does not end is not kept in memory", "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy"));  // a minute to be idle
  const Wire asking(node.port()), telling(node.port());
  asking.send(pdu(1, std::string(std::size_t{2} << 20, '\0')));
  telling.send(request());
  CHECK(telling.read(5).front() == 2);  // A-ASSOCIATE-AC
  // An element of a command, of almost 2 GiB.
  telling.send(fragment(1, std::string("\0\0\2\0\xf0\xff\xff\x7f", 8)));
  const std::string piece = fragment(1, std::string(8000, 'x'));
  for (int i = 0; i < 260; ++i) telling.send(piece);
  CHECK(telling.is_ended(10));
  CHECK(asking.is_ended(10));
  const Study study = node.study("pass");
  CHECK(node.send_all(study).exit_code == 0);
  CHECK(node.becomes(study.plan, "approved"));
  CHECK(node.stop() == 0);
}

TEST_CASE(
    "dicom gate: connections that only wait give way when there is no room, and who has something to send is served",
    "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  // None of them would be ended for the time it takes.
  Node node(site, site.policy("policy"),
            {"--connections", "8", "--association-s", "600", "--idle-s", "600", "--object-s", "600"});
  std::vector<Wire> wires;
  for (int i = 0; i < 64; ++i) {
    wires.emplace_back(node.port());
    if (i % 2 == 0) wires.back().send(request());
  }
  const auto ended = [&] {
    return std::count_if(wires.begin(), wires.end(), [](const Wire& w) { return w.is_ended(0); });
  };
  CHECK(comes_true([&] { return ended() == 56; }, 20));
  const Study study = node.study("pass");
  CHECK(node.send_all(study).exit_code == 0);
  CHECK(node.becomes(study.plan, "approved"));
  CHECK(node.log().find("ended a connection of 127.0.0.1, which has 8, for one of 127.0.0.1") != std::string::npos);
  CHECK(node.log().find("turned away") == std::string::npos);
  CHECK(node.stop() == 0);
}

TEST_CASE("dicom gate: a host whose objects never end keeps others of its own out, and no other host",
          "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy"),
            {"--connections", "8", "--association-s", "600", "--idle-s", "600", "--object-s", "600"});
  const std::string whole = data_set_of(node.study("pass").file("RP"));
  std::vector<Wire> wires;
  for (int i = 0; i < 8; ++i) {
    wires.emplace_back(node.port());
    wires.back().send(request());
    REQUIRE(wires.back().read(5).front() == 2);  // A-ASSOCIATE-AC
    const std::string messages = store("1.2.3." + std::to_string(i), whole);
    wires.back().send(messages.substr(0, messages.size() - 100));
  }
  const auto parts = [&] {
    return std::distance(fs::directory_iterator(node.queue() / "incoming"), fs::directory_iterator());
  };
  REQUIRE(comes_true([&] { return parts() == 8; }, 20));
  const Wire same(node.port());
  CHECK(same.read(5).front() == 3);  // A-ASSOCIATE-RJ
  const Wire other(node.port(), "127.0.0.2");
  other.send(request());
  CHECK(other.read(5).front() == 2);
  const auto ended = [&] {
    return std::count_if(wires.begin(), wires.end(), [](const Wire& w) { return w.is_ended(0); });
  };
  CHECK(comes_true([&] { return ended() == 1; }, 20));
  CHECK(node.stop() == 0);
}

TEST_CASE("dicom gate: a wrong AE title, unknown syntaxes and objects that it does not take are refused by name",
          "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy"), {"--sender", "PLANNING"});
  const Study study = node.study("pass");
  const auto send = [&](const std::string& called, const std::string& calling) {
    return run({"-v", "-aec", called, "-aet", calling, "127.0.0.1", std::to_string(node.port()), study.file("RP")}, {},
               "/usr/bin/storescu");
  };
  CHECK(send("WRONG", "PLANNING").err.find("Called AE Title Not Recognized") != std::string::npos);
  CHECK(send("DOSEGATE", "STRANGER").err.find("Calling AE Title Not Recognized") != std::string::npos);
  CHECK(send("DOSEGATE", "PLANNING").exit_code == 0);
  CHECK(node.log().find("it calls WRONG, not DOSEGATE") != std::string::npos);
  const std::string report = site.report(study.folder, "report");
  REQUIRE(run({"sr", report, "--like", study.file("RP"), "-o", site / "sr.dcm"}).exit_code == 0);
  const Outcome sr = node.send({site / "sr.dcm"}, {"-aet", "PLANNING"});
  INFO(sr.out << sr.err);
  CHECK(sr.err.find("No presentation context") != std::string::npos);
  CHECK(node.stop() == 0);
}

TEST_CASE("dicom gate: an object that is too large and a queue that is full are refused, and the association goes on",
          "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy"), {"--most-object-bytes", "1000000", "--most-objects", "2"});
  const Study study = node.study("pass"), other = node.study("pass", 2);
  // -nh: storescu goes on after a refusal.
  const Outcome sent = node.send({study.file("RD"), study.file("RP"), study.file("RS"), other.file("RP")});
  INFO(sent.out << sent.err << node.log());
  CHECK(count(sent.err, "Refused: OutOfResources") == 2);
  CHECK(count(sent.err, "Received Store Response (Success)") == 2);
  CHECK(node.log().find("larger than an object may be") != std::string::npos);
  CHECK(fs::is_empty(node.queue() / "incoming"));
  CHECK(node.stop() == 0);
}

TEST_CASE("dicom gate: objects and messages with bytes changed, cut off or put in are refused, or are whole",
          "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  Site site;
  Node node(site, site.policy("policy"), kShort);
  std::mt19937 random(3);
  const Study plan = node.study("pass");
  const std::string whole = data_set_of(plan.file("RP"));
  int answered = 0, taken = 0, short_but_whole = 0;
  const int times = dosegate::e2e::are_sanitized() ? 60 : 150;
  for (int i = 0; i < times; ++i) {
    const std::string uid = plan.plan.substr(0, plan.plan.size() - 4) + std::to_string(2000 + i);
    std::string data = whole;
    for (std::size_t at = 0; (at = data.find(plan.plan, at)) != std::string::npos;) data.replace(at, uid.size(), uid);
    const auto somewhere = [&](const std::string& text) { return random() % text.size(); };
    const int how = i == 0 ? -1 : i % 5;  // the first is as it should be
    if (how == 0) data.resize(somewhere(data));
    if (how == 1) data[somewhere(data)] = static_cast<char>(random() & 0xFFU);
    if (how == 2) data.insert(somewhere(data), std::string("\xfe\xff\0\xe0\xff\xff\xff\xff", 8));
    std::string messages = store(uid, data);
    if (how == 3) messages[somewhere(messages) % 400] = static_cast<char>(random() & 0xFFU);
    if (how == 4) messages.resize(somewhere(messages));
    const Wire wire(node.port());
    wire.send(request());
    CHECK(wire.read(5).front() == 2);
    wire.send(messages);
    if (how == 4) wire.end_sending();
    const std::string answer = wire.read(3);
    if (!answer.empty() && answer.front() == 4) ++answered;
    const bool is_taken = fs::exists(node.queue() / "objects" / (uid + ".dcm"));
    taken += is_taken ? 1 : 0;
    if (how == -1) CHECK(is_taken);
    short_but_whole += how == 0 && is_taken ? 1 : 0;
  }
  CHECK(answered > times / 3);
  CHECK(taken < times);
  // Cut off between two attributes behind those that a plan needs, a data set is one as well.
  CHECK(short_but_whole <= times / 20);
  INFO(node.log());
  CHECK(comes_true([&] { return fs::is_empty(node.queue() / "incoming"); }, 10));
  // What was taken can be read again, and others are served.
  CHECK(node.stop() == 0);
  node.start();
  const Study study = node.study("pass", 4000);
  CHECK(node.send_all(study).exit_code == 0);
  CHECK(node.becomes(study.plan, "approved"));
  CHECK(node.stop() == 0);
}

TEST_CASE("dicom gate: a full disk refuses, and loses nothing that was there", "[dicom-gate][e2e]") {
  if (!has_peers()) return;
  if (!fs::exists("/dev/full")) return;
  Site site;
  Node node(site, site.policy("policy"));
  const Study study = node.study("pass"), other = node.study("pass", 2);
  CHECK(node.send({study.file("RP"), study.file("RS")}).exit_code == 0);
  // A folder that takes no file stands for a disk that takes no byte.
  fs::permissions(node.queue() / "incoming", fs::perms::none);
  if (::geteuid() == 0) fs::rename(node.queue() / "incoming", node.queue() / "elsewhere");
  const Outcome sent = node.send({other.file("RP")});
  INFO(sent.out << sent.err << node.log());
  CHECK(count(sent.err, "Refused: OutOfResources") == 1);
  if (::geteuid() == 0) fs::rename(node.queue() / "elsewhere", node.queue() / "incoming");
  fs::permissions(node.queue() / "incoming", fs::perms::owner_all);
  CHECK(node.send({study.file("RD")}).exit_code == 0);
  CHECK(node.becomes(study.plan, "approved"));
}
