// Metrics, as Prometheus reads them.
#pragma once

#include <string>

namespace dosegate::grpc_test {

// One that nobody listens on at the moment.
unsigned free_port();
// The whole answer of 127.0.0.1:port.
std::string get(unsigned port, const std::string& path);
// Of "name{labels} value"; -1: it is not there.
double value_of(const std::string& metrics, const std::string& name);

}  // namespace dosegate::grpc_test
