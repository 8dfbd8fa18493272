#include "adapters/grpc/parent.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "adapters/support/descriptor.h"
#include "adapters/support/error.h"

namespace dosegate::rpc {
namespace {

[[noreturn]] void fail_parent(const std::string& why) { throw support::Error("--parent", "", why, ""); }

}  // namespace

pid_t parent_of(int stated) {
  const pid_t parent = ::getppid();
  // As for the first process of a container.
  if (parent == 0) {
    fail_parent(
        "the process that started this is outside of this PID namespace and cannot be watched. "
        "Leave --parent out.");
  }
  if (stated != 0) {
    if (parent != stated) fail_parent("process " + std::to_string(stated) + " is not the parent (any more).");
    return parent;
  }
  // Orphans become children of process 1 or of another that collects them, which began in a session of its own; a
  // child begins in the session of its parent.
  const bool leads_session = ::getsid(0) == ::getpid();
  if (parent == 1 || (!leads_session && ::getsid(parent) != ::getsid(0))) {
    fail_parent("the process that started this has ended already. Where process " + std::to_string(parent) +
                " started it, say --parent=" + std::to_string(parent) + ".");
  }
  return parent;
}

void when_parent_ends(boost::asio::io_context& io, pid_t parent, std::function<void()> ended) {
  // A descriptor of the process, readable when it has ended: unlike its number it is never another process.
  support::Descriptor fd(static_cast<int>(::syscall(SYS_pidfd_open, parent, 0)));
  if (!fd.is_open() && errno != ESRCH) fail_parent(std::strerror(errno) + std::string("."));
  // It ended before it could be watched.
  if (!fd.is_open() || ::getppid() != parent) fail_parent("the process that started this has ended already.");
  const auto process = std::make_shared<boost::asio::posix::stream_descriptor>(io, fd.get());
  fd.release();
  process->async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [process, ended = std::move(ended)](const boost::system::error_code& stopped) {
                        if (!stopped) ended();
                      });
}

}  // namespace dosegate::rpc
