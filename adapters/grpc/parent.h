// The process that started this one.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <functional>

namespace dosegate::rpc {

// The process that --parent is about; 0: the one that is the parent. Throws support::Error where it has ended: then
// another has become the parent.
pid_t parent_of(int stated);
// Calls `ended` on `io` when the parent has ended; throws where it cannot be watched, or has ended.
void when_parent_ends(boost::asio::io_context& io, pid_t parent, std::function<void()> ended);

}  // namespace dosegate::rpc
