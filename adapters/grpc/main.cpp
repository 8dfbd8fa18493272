// dosegate-grpc: the plugin behind gRPC, in a process of its own.
#include "adapters/grpc/server.h"
#include "adapters/support/standard_streams.h"

int main(int argc, char** argv) { return dosegate::rpc::run_server(argc, argv); }
