// Bytes that several may hold and nobody changes: a file, or the part of it that holds the pixels.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace dosegate::dicom {

class SharedBytes {
 public:
  SharedBytes() = default;
  // `first` keeps alive what it points to. The bytes must not change any more.
  SharedBytes(std::shared_ptr<const std::byte> first, std::size_t size) : first_(std::move(first)), size_(size) {}

  const std::byte* data() const { return first_.get(); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const std::byte& operator[](std::size_t i) const { return first_.get()[i]; }
  std::span<const std::byte> span() const { return {first_.get(), size_}; }

  // The same memory; not copied. Precondition: offset + size <= this->size().
  SharedBytes part(std::size_t offset, std::size_t size) const {
    return {std::shared_ptr<const std::byte>(first_, first_.get() + offset), size};
  }

 private:
  std::shared_ptr<const std::byte> first_;
  std::size_t size_ = 0;
};

// Memory to be filled and then shared. Not cleared, as that alone costs as much as reading a file into it.
class NewBytes {
 public:
  explicit NewBytes(std::size_t size) : bytes_(std::make_shared_for_overwrite<std::byte[]>(size)), size_(size) {}

  std::byte* data() { return bytes_.get(); }
  std::size_t size() const { return size_; }
  SharedBytes share() && {
    auto* first = bytes_.get();
    return {std::shared_ptr<const std::byte>(std::move(bytes_), first), size_};
  }

 private:
  std::shared_ptr<std::byte[]> bytes_;
  std::size_t size_;
};

}  // namespace dosegate::dicom
