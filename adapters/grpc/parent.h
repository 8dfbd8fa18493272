// The process that started this one.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>

namespace dosegate::rpc {

// Calls `ended` on `io` when the parent process has ended, however it did. Throws std::runtime_error where the system
// cannot tell (Linux before 5.3).
void when_parent_ends(boost::asio::io_context& io, std::function<void()> ended);

}  // namespace dosegate::rpc
