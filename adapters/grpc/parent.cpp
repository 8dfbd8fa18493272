#include "adapters/grpc/parent.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace dosegate::rpc {

void when_parent_ends(boost::asio::io_context& io, std::function<void()> ended) {
  const pid_t parent = ::getppid();
  // A descriptor of the process, readable when it has ended: unlike its number it is never another process.
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, parent, 0));
  if (fd < 0 && errno != ESRCH) throw std::runtime_error(std::string("--parent: ") + std::strerror(errno) + ".");
  if (fd < 0 || ::getppid() != parent) {  // it ended before it could be watched
    if (fd >= 0) ::close(fd);
    return boost::asio::post(io, std::move(ended));
  }
  const auto process = std::make_shared<boost::asio::posix::stream_descriptor>(io, fd);
  process->async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [process, ended = std::move(ended)](const boost::system::error_code& stopped) {
                        if (!stopped) ended();
                      });
}

}  // namespace dosegate::rpc
