// A vector that grows without moving what it holds.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace dosegate {

// It is for what may become hundreds of megabytes while the host waits to be asked whether to go on: a std::vector that
// doubles moves all of it at once, which takes as long as everything before. `T` must be trivial. An index must be less
// than size(). clear() keeps the memory for the next use.
template <typename T>
class ChunkedVector {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return chunks_[i / kOfOne][i % kOfOne]; }
  const T& operator[](std::size_t i) const { return chunks_[i / kOfOne][i % kOfOne]; }
  void push_back(const T& value) {
    if (size_ == chunks_.size() * kOfOne) chunks_.push_back(std::make_unique_for_overwrite<T[]>(kOfOne));
    chunks_[size_ / kOfOne][size_ % kOfOne] = value;
    ++size_;
  }
  void clear() { size_ = 0; }

 private:
  static constexpr std::size_t kOfOne = 1024;  // elements of one chunk
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace dosegate
