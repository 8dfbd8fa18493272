#include "adapters/grpc/memory_watch.h"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <utility>

#include "adapters/grpc/log.h"

namespace dosegate::rpc {
namespace {

// 0: not known, as under a sanitizer, whose allocator is another.
std::uint64_t allocated_bytes() {
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace

std::uint64_t resident_bytes() {
  // Kept open: it is read when there are no descriptors, too.
  static const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  std::array<char, 128> text{};
  if (file < 0 || ::pread(file, text.data(), text.size() - 1, 0) <= 0) return 0;
  char* rest = nullptr;
  std::strtoull(text.data(), &rest, 10);  // the address space
  return std::strtoull(rest, nullptr, 10) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

MemoryWatch::MemoryWatch(TimerThread& timers, Budget& budget, Running& running, std::function<bool()> give_back)
    : budget_(budget),
      running_(running),
      give_back_(std::move(give_back)),
      timer_(timers.io()),
      at_start_(allocated_bytes()) {}

void MemoryWatch::start() {
  boost::asio::post(timer_.get_executor(), [this] { look(); });
}

void MemoryWatch::stop() {
  is_stopped_ = true;
  boost::asio::post(timer_.get_executor(), [this] { timer_.cancel(); });
}

void MemoryWatch::look() {
  if (is_stopped_) return;
  const auto now = std::chrono::steady_clock::now();
  resident_ = rpc::resident_bytes();  // not what was seen last
  // Allocated and never written to takes nothing.
  const std::uint64_t all = std::min(allocated_bytes(), resident_.load());
  const std::uint64_t used = all > at_start_ ? all - at_start_ : 0, seen = budget_.taken() + kSlack;
  budget_.set_unseen(used > seen ? used - seen : 0);
  if (resident_ > budget_.limit() + kKept && now - trimmed_ >= std::chrono::seconds(1)) {
    ::malloc_trim(0);
    trimmed_ = now;
    resident_ = rpc::resident_bytes();  // not what was seen last
  }
  const bool is_given_back = used > budget_.limit() && give_back_();
  // What is given back takes a moment.
  const std::uint64_t most = budget_.limit() + (is_given_back ? 2 * kSlack : kSlack);
  if (used > most && running_.end_one()) {
    ++ended_;
    log(Level::kWarning, "memory",
        {{"problem", "a calculation is ended: more memory is in use than --max-memory-mib"},
         {"resident_mib", resident_ >> 20},
         {"limit_mib", budget_.limit() >> 20}});
  }
  timer_.expires_after(kLook);
  timer_.async_wait([this](const boost::system::error_code& stopped) {
    if (!stopped) look();
  });
}

}  // namespace dosegate::rpc
