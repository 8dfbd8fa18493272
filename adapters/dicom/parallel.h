// Independent tasks on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace dosegate::dicom {

// Runs task(0) ... task(count - 1), each once, on at most `threads` threads of which the caller's is one; returns when
// all have ended. Where a thread cannot be started there are fewer. What tasks throw is kept until then, and that of
// the lowest number is thrown: the same whatever the threads do.
void in_parallel(unsigned threads, std::size_t count, const std::function<void(std::size_t)>& task);

}  // namespace dosegate::dicom
