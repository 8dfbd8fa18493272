// An open file, socket or other thing of the system, closed with its owner.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace dosegate::support {

class Descriptor {
 public:
  Descriptor() = default;
  // Takes what open(2) and the like answer; -1: nothing is open, and errno says why.
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      if (is_open()) ::close(fd_);
      fd_ = other.release();
    }
    return *this;
  }
  ~Descriptor() {
    if (is_open()) ::close(fd_);
  }

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  // Whoever takes it closes it.
  int release() { return std::exchange(fd_, -1); }
  // 0, or errno: some file systems tell of a failed write only here. Precondition: it is open.
  int close() { return ::close(release()) == 0 ? 0 : errno; }

 private:
  int fd_ = -1;
};

}  // namespace dosegate::support
