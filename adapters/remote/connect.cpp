#include "adapters/remote/connect.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <string>

#include "adapters/cli/input.h"
#include "adapters/cli/program.h"

namespace dosegate::remote {
namespace {

constexpr auto kConnectWithin = std::chrono::seconds(10);

std::string read_pem(const std::string& path) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  return cli::text_of(path, kMost);
}

}  // namespace

std::shared_ptr<grpc::Channel> channel_to(const cli::ServerArguments& server) {
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (server.address.compare(0, 5, "unix:") != 0) {
    credentials =
        grpc::SslCredentials({read_pem(server.authorities), read_pem(server.key), read_pem(server.certificate)});
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(server.address, credentials, arguments);
}

std::shared_ptr<grpc::Channel> connect(const cli::ServerArguments& server) {
  auto channel = channel_to(server);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + kConnectWithin)) {
    cli::stop("--server " + server.address +
              ": no connection. Is dosegate-grpc running there, and do the certificates belong together?");
  }
  return channel;
}

}  // namespace dosegate::remote
