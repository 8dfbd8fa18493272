#include "adapters/dicom_gate/disk.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "adapters/support/descriptor.h"

namespace dosegate::dicom_gate::disk {
namespace fs = std::filesystem;

Failed::Failed(const fs::path& path, const std::string& what, int error)
    : std::runtime_error(path.string() + ": " + what + ": " + std::strerror(error)), code(error) {}

void make_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0) {
    const int error = errno;
    std::error_code ignored;
    if (error != EEXIST || !fs::is_directory(path, ignored)) throw Failed(path, "the folder cannot be made", error);
  }
  // Also of one that is there: who made it may have been killed before this.
  sync_folder(path.parent_path().empty() ? fs::path(".") : path.parent_path());
}

void sync_folder(const fs::path& path) {
  const support::Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // EINVAL: a file system that has no such thing to do.
  if (!folder.is_open() || (::fsync(folder.get()) != 0 && errno != EINVAL)) {
    throw Failed(path, "the folder cannot be made durable", errno);
  }
}

void write(const fs::path& path, std::string_view text) {
  static std::atomic<unsigned> counter{0};
  fs::path part;
  support::Descriptor file;
  do {
    // One of that name may be there: of a process that was killed and had our number, as the first of a container has.
    part = path.parent_path() / (".part-" + std::to_string(::getpid()) + "-" + std::to_string(++counter));
    file = support::Descriptor(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  } while (!file.is_open() && errno == EEXIST);
  if (!file.is_open()) throw Failed(path, "cannot be written", errno);
  const auto give_up = [&](int error) {
    ::unlink(part.c_str());
    throw Failed(path, "cannot be written", error);
  };
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(file.get(), text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) give_up(n < 0 ? errno : ENOSPC);
    done += static_cast<std::size_t>(n);
  }
  if (::fsync(file.get()) != 0) give_up(errno);
  if (const int error = file.close(); error != 0) give_up(error);
  if (::rename(part.c_str(), path.c_str()) != 0) give_up(errno);
  sync_folder(path.parent_path());
}

bool move_new(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
    if (errno == EEXIST) return false;
    throw Failed(to, "cannot be moved there from " + from.string(), errno);
  }
  sync_folder(to.parent_path());
  if (from.parent_path() != to.parent_path()) sync_folder(from.parent_path());
  return true;
}

namespace {

void remove_now(const fs::path& path) {
  std::error_code error;
  if (fs::remove_all(path, error) == static_cast<std::uintmax_t>(-1)) {
    throw Failed(path, "cannot be removed", error.value());
  }
}

}  // namespace

void remove(const fs::path& path) {
  std::error_code ignored;
  const std::string name = path.filename().string();
  if (!name.starts_with(".") && fs::is_directory(fs::symlink_status(path, ignored))) {
    const fs::path gone = path.parent_path() / (".gone-" + name);
    remove_now(gone);
    if (::rename(path.c_str(), gone.c_str()) != 0) throw Failed(path, "cannot be removed", errno);
    sync_folder(path.parent_path());
    remove_now(gone);
  } else {
    remove_now(path);
  }
  sync_folder(path.parent_path());
}

}  // namespace dosegate::dicom_gate::disk
