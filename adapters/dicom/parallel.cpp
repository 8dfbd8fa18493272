#include "adapters/dicom/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace dosegate::dicom {

void in_parallel(unsigned threads, std::size_t count, const std::function<void(std::size_t)>& task) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr thrown;  // under the mutex, with the number of its task
  std::size_t thrown_by = count;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        task(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (i < thrown_by) {
          thrown = std::current_exception();
          thrown_by = i;
        }
      }
    }
  };
  std::vector<std::jthread> others;
  const std::size_t most = std::min<std::size_t>(std::max(threads, 1U), count);
  others.reserve(most);
  try {
    while (others.size() + 1 < most) others.emplace_back(work);
  } catch (const std::system_error&) {
    // The caller's thread and those that started do it all.
  }
  work();
  others.clear();  // joins
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace dosegate::dicom
