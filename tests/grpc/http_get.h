// Metrics, as Prometheus reads them.
#pragma once

#include <string>

#include "adapters/support/descriptor.h"

namespace dosegate::grpc_test {

// One that nobody listens on at the moment.
unsigned free_port();
support::Descriptor connect_to(unsigned port);  // of 127.0.0.1
// The whole answer of 127.0.0.1:port.
std::string get(unsigned port, const std::string& path);
// Of "name{labels} value"; -1: it is not there.
double value_of(const std::string& metrics, const std::string& name);

}  // namespace dosegate::grpc_test
