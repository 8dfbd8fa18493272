#include "adapters/grpc/observer.h"

#include <google/protobuf/descriptor.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <chrono>
#include <iterator>
#include <vector>

#include "adapters/grpc/log.h"
#include "adapters/grpc/metrics_server.h"
#include "adapters/support/error.h"

namespace dosegate::rpc {
namespace {

const char* name_of(grpc::StatusCode code) {
  static constexpr const char* kNames[] = {
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  const auto index = static_cast<std::size_t>(code);
  return index < std::size(kNames) ? kNames[index] : "UNKNOWN";
}

std::string reason_of(const grpc::Status& status) {
  google::rpc::Status all;
  google::rpc::ErrorInfo info;
  if (!all.ParseFromString(status.error_details())) return {};
  for (const auto& detail : all.details()) {
    if (detail.Is<google::rpc::ErrorInfo>()) detail.UnpackTo(&info);
  }
  return info.reason();
}

// Methods that nobody serves get one name: a client cannot make names without end.
std::string label_of(const std::string& method) {
  if (method.empty() || method.front() != '/') return "other";
  std::string name = method.substr(1);
  if (const std::size_t slash = name.find('/'); slash != std::string::npos) name[slash] = '.';
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  return pool->FindMethodByName(name) != nullptr ? method : "other";
}

// What the server holds at the moment of asking.
class Held final : public prometheus::Collectable {
 public:
  Held(Engine& engine, const Listener& listener) : engine_(engine), listener_(listener) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    using prometheus::MetricType;
    const auto one = [](const char* name, const char* help, auto value, MetricType type = MetricType::Gauge) {
      return prometheus::MetricFamily{name, help, type, {of(type, static_cast<double>(value))}};
    };
    std::vector<prometheus::MetricFamily> all = {
        one("dosegate_cases", "Cases held.", engine_.cases().size()),
        one("dosegate_sessions", "Planning sessions held.", engine_.sessions().size()),
        one("dosegate_calls_under_way", "Calls under way, streams and sessions included.", engine_.clients().calls()),
        one("dosegate_memory_bytes", "Memory that cases and uploads have taken of the budget.",
            engine_.budget().taken()),
        one("dosegate_memory_unseen_bytes", "Memory in use beyond that.", engine_.budget().unseen()),
        one("dosegate_memory_limit_bytes", "The budget.", engine_.budget().limit()),
        one("dosegate_resident_bytes", "Memory of the process.", resident_bytes()),
        one("dosegate_work_waiting", "Cases and uploads whose work waits for its turn.", engine_.turns().waiting()),
        one("dosegate_work_threads", "Threads that work is done on.", engine_.turns().threads()),
        one("dosegate_rights_usable", "0: no client has a right, for the file of rights cannot be used.",
            engine_.access().is_usable() ? 1 : 0),
        one("dosegate_calculations_ended_total", "Calculations that were ended for want of memory.",
            engine_.memory().ended(), MetricType::Counter),
        one("dosegate_connections_refused_total", "Connections that were closed at once, or could not be accepted.",
            listener_.refused(), MetricType::Counter),
        one("dosegate_connections_let_go_total", "Connections that gave way to new ones, where there was no room.",
            listener_.let_go(), MetricType::Counter)};
    const std::vector<std::shared_ptr<Client>> clients = engine_.clients().list();
    const auto each = [&](const char* name, const char* help, const auto& value_of) {
      prometheus::MetricFamily family{name, help, MetricType::Gauge, {}};
      for (const auto& client : clients) {
        family.metric.push_back(of(MetricType::Gauge, static_cast<double>(value_of(*client))));
        family.metric.back().label = {{"client", client->name}};
      }
      all.push_back(std::move(family));
    };
    each("dosegate_client_memory_bytes", "Of the budget, by client.", [](const Client& c) { return c.bytes.load(); });
    each("dosegate_client_calls", "Under way, by client.", [](const Client& c) { return c.calls.load(); });
    each("dosegate_client_cases", "Held, by client.", [&](const Client& c) { return engine_.cases().size_of(c.name); });
    return all;
  }

 private:
  static prometheus::ClientMetric of(prometheus::MetricType type, double value) {
    prometheus::ClientMetric metric;
    (type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    return metric;
  }

  Engine& engine_;
  const Listener& listener_;
};

boost::asio::ip::tcp::endpoint loopback(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  std::string host = colon == std::string::npos ? "" : address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  boost::system::error_code bad;
  const auto ip = boost::asio::ip::make_address(host, bad);
  std::uint16_t port = 0;
  const char* const end = address.data() + address.size();
  const char* const begin = colon == std::string::npos ? end : address.data() + colon + 1;
  const auto [at, wrong] = std::from_chars(begin, end, port);
  if (bad || !ip.is_loopback() || wrong != std::errc() || at != end || port == 0) {
    throw support::Error("--metrics " + address + ": is no loopback address with a port, like 127.0.0.1:9464.");
  }
  return {ip, port};
}

class CallWatch final : public grpc::experimental::Interceptor {
 public:
  CallWatch(Observer& observer, grpc::experimental::ServerRpcInfo* info)
      : observer_(observer), info_(info), begun_(std::chrono::steady_clock::now()) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(grpc::experimental::InterceptionHookPoints::PRE_SEND_STATUS)) {
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun_;
      observer_.on_call(info_->method(), caller_of(*info_->server_context()), methods->GetSendStatus(), took.count());
    }
    methods->Proceed();
  }

 private:
  Observer& observer_;
  grpc::experimental::ServerRpcInfo* const info_;
  const std::chrono::steady_clock::time_point begun_;
};

}  // namespace

struct Observer::Metrics {
  Metrics(Engine& engine, const Listener& listener, const std::string& address)
      : held(engine, listener), server(loopback(address), [this] { return text(); }) {}

  std::string text() const {
    std::vector<prometheus::MetricFamily> all = registry.Collect(), now = held.Collect();
    std::move(now.begin(), now.end(), std::back_inserter(all));
    return prometheus::TextSerializer().Serialize(all);
  }

  prometheus::Registry registry;
  const Held held;
  prometheus::Family<prometheus::Counter>& calls =
      prometheus::BuildCounter().Name("dosegate_calls_total").Help("Calls answered.").Register(registry);
  prometheus::Family<prometheus::Counter>& refusals = prometheus::BuildCounter()
                                                          .Name("dosegate_refusals_total")
                                                          .Help("Calls that were refused, by reason.")
                                                          .Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds = prometheus::BuildHistogram()
                                                           .Name("dosegate_call_seconds")
                                                           .Help("From the call's begin to its status.")
                                                           .Register(registry);
  MetricsServer server;  // the last: it asks the others
};

Observer::Observer(Engine& engine, const Listener& listener, const ObserverOptions& options) : options_(options) {
  if (options.metrics.empty()) return;
  try {
    metrics_ = std::make_unique<Metrics>(engine, listener, options.metrics);
  } catch (const boost::system::system_error& e) {
    throw support::Error("--metrics " + options.metrics + ": cannot be bound: " + e.what());
  }
}
Observer::~Observer() = default;

void Observer::on_call(const std::string& method, const std::string& client, const grpc::Status& status,
                       double seconds) {
  if (metrics_) {
    static const prometheus::Histogram::BucketBoundaries kBounds = {0.001, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                                    0.25,  0.5,   1,    5,     30,   300};
    const std::string label = label_of(method);
    metrics_->calls.Add({{"method", label}, {"code", name_of(status.error_code())}}).Increment();
    metrics_->seconds.Add({{"method", label}}, kBounds).Observe(seconds);
    if (const std::string reason = reason_of(status); !reason.empty()) {
      metrics_->refusals.Add({{"reason", reason}}).Increment();
    }
  }
  if (!options_.calls) return;
  boost::json::object line{{"method", method}, {"code", name_of(status.error_code())}, {"ms", seconds * 1e3}};
  if (!client.empty()) line["client"] = client;
  if (!status.ok()) line["reason"] = reason_of(status);
  if (!status.ok() && options_.messages) line["message"] = status.error_message();
  log(status.error_code() == grpc::StatusCode::INTERNAL ? Level::kError : Level::kInfo, "call", std::move(line));
}

Interceptors Observer::interceptors() { return interceptors_of<CallWatch>(*this); }

}  // namespace dosegate::rpc
