// Files and libraries by the means of Linux and ELF; loader.hpp says in which order.
//
// Hashing and loading concern one file: it is opened once and hashed through that descriptor; right before and right
// after dlopen the path must still lead to the same inode with the same size, modification and change time (a rename or
// a write changes the latter).
//
// Why not dlopen("/proc/self/fd/N"): debuggers, crash reports and sanitizers of the host would lose the name
// of the library; the loader caches objects by name, and N is reused; /proc may be absent.
#pragma once

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "dosegate/detail/error.hpp"
#include "dosegate/detail/json.hpp"

namespace dosegate {
namespace detail {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] inline void fail_errno(const std::string& path, const std::string& what, int error) {
  throw PluginError(error == ENOENT ? DOSEGATE_NOT_FOUND : DOSEGATE_INVALID_DATA, path,
                    what + ": " + std::strerror(error));
}

// Reads on until `size` bytes or the end; returns how many.
inline std::size_t read_some(int fd, char* buffer, std::size_t size, const std::string& path) {
  for (;;) {
    const ssize_t n = ::read(fd, buffer, size);
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno != EINTR) fail_errno(path, "cannot be read", errno);
  }
}

inline std::string read_manifest_text(const std::string& path) {
  // O_NONBLOCK: a pipe in the manifest's place must not hang the host.
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) fail_errno(path, "the manifest of Dosegate cannot be opened", errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) fail_errno(path, "cannot be examined", errno);
  if (!S_ISREG(info.st_mode)) throw PluginError(DOSEGATE_INVALID_DATA, path, "the manifest is not a regular file");
  std::string text;
  std::vector<char> buffer(65536);
  while (const std::size_t n = read_some(fd.get(), buffer.data(), buffer.size(), path)) {
    text.append(buffer.data(), n);
    if (text.size() > JsonReader::kMaxBytes) {
      throw PluginError(DOSEGATE_LIMIT_EXCEEDED, path, "the manifest is larger than 1 MiB");
    }
  }
  return text;
}

// The folder of the running program, without a final slash.
inline std::string program_folder() {
  std::vector<char> buffer(PATH_MAX);
  const ssize_t n = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
  if (n <= 0 || static_cast<std::size_t>(n) == buffer.size()) {
    throw PluginError(DOSEGATE_NOT_FOUND, "/proc/self/exe",
                      "cannot tell where this program is; give the path of manifest.json");
  }
  const std::string path(buffer.data(), static_cast<std::size_t>(n));
  return path.substr(0, path.rfind('/'));
}

// The folder that holds `file`, absolute and with its own links resolved (they are the installer's choice).
inline std::string folder_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : file.substr(0, slash);
  char* real = ::realpath(folder.c_str(), nullptr);
  if (real == nullptr) fail_errno(folder, "cannot be resolved", errno);
  std::string result(real);
  std::free(real);
  return result;
}

// Opens folder/relative without following a symbolic link in `relative`, whose parts are checked already.
inline FileDescriptor open_beneath(const std::string& folder, const std::string& relative) {
  FileDescriptor at(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (at.get() < 0) fail_errno(folder, "cannot be opened", errno);
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = relative.find('/', begin);
    const bool last = end == std::string::npos;
    const std::string name = relative.substr(begin, last ? end : end - begin);
    const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | (last ? O_NONBLOCK : O_DIRECTORY);
    FileDescriptor next(::openat(at.get(), name.c_str(), flags));
    const int error = errno;
    const std::string so_far = folder + "/" + relative.substr(0, end);
    if (next.get() < 0) {
      struct stat info {};
      const bool link = ::fstatat(at.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode);
      if (link) throw PluginError(DOSEGATE_INVALID_DATA, so_far, "is a symbolic link, which is refused here");
      fail_errno(so_far, "the library named by the manifest cannot be opened", error);
    }
    at = std::move(next);
    if (last) return at;
    begin = end + 1;
  }
}

inline bool same_file(const struct stat& a, const struct stat& b) {
  const auto same_time = [](const timespec& x, const timespec& y) {
    return x.tv_sec == y.tv_sec && x.tv_nsec == y.tv_nsec;
  };
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size && same_time(a.st_mtim, b.st_mtim) &&
         same_time(a.st_ctim, b.st_ctim);
}

// What uname -m says, as the manifest names architectures.
inline std::string own_architecture(const std::string& manifest_path) {
  struct utsname machine {};
  if (::uname(&machine) != 0) fail_errno(manifest_path, "cannot tell this machine's architecture", errno);
  return machine.machine;
}

// The library's file, opened beneath the manifest's folder.
class LibraryFile {
 public:
  LibraryFile(const std::string& folder, const std::string& relative)
      : path_((folder == "/" ? "" : folder) + "/" + relative), file_(open_beneath(folder, relative)) {
    if (::fstat(file_.get(), &opened_) != 0) fail_errno(path_, "cannot be examined", errno);
    if (!S_ISREG(opened_.st_mode)) throw PluginError(DOSEGATE_INVALID_DATA, path_, "is not a regular file");
  }
  const std::string& path() const { return path_; }
  std::size_t read(char* buffer, std::size_t size) { return read_some(file_.get(), buffer, size, path_); }

  // The file that was opened, unchanged since; closed by close_library.
  void* load() const {
    const PluginError changed(DOSEGATE_INVALID_DATA, path_, "changed while it was being loaded; try again");
    if (!is_still_the_same()) throw changed;
    void* const handle = ::dlopen(path_.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
      const char* why = ::dlerror();
      throw PluginError(DOSEGATE_INCOMPATIBLE, path_,
                        std::string("cannot be loaded: ") + (why ? why : "unknown reason"));
    }
    if (!is_still_the_same()) {
      ::dlclose(handle);
      throw changed;
    }
    return handle;
  }

 private:
  bool is_still_the_same() const {
    struct stat now {};
    return ::lstat(path_.c_str(), &now) == 0 && same_file(opened_, now);
  }

  std::string path_;
  FileDescriptor file_;
  struct stat opened_ {};
};

inline void close_library(void* handle) { ::dlclose(handle); }
inline void* find_function(void* handle, const std::string& name) { return ::dlsym(handle, name.c_str()); }

// The GNU build id of the loaded image that holds `address`, in hex; empty when it has none.
inline std::string loaded_build_id(const void* address) {
  struct Search {
    ElfW(Addr) address;
    std::string id;
  } search{reinterpret_cast<ElfW(Addr)>(address), {}};
  const auto visit = [](struct dl_phdr_info* info, std::size_t, void* data) -> int {
    auto* s = static_cast<Search*>(data);
    bool inside = false;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
      const auto& h = info->dlpi_phdr[i];
      const ElfW(Addr) begin = info->dlpi_addr + h.p_vaddr;
      inside = inside || (h.p_type == PT_LOAD && s->address >= begin && s->address - begin < h.p_memsz);
    }
    if (!inside) return 0;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
      const auto& h = info->dlpi_phdr[i];
      if (h.p_type != PT_NOTE) continue;
      const auto* notes = reinterpret_cast<const unsigned char*>(info->dlpi_addr + h.p_vaddr);
      const std::size_t align = h.p_align == 8 ? 8 : 4;
      const auto padded = [align](std::size_t n) { return (n + align - 1) / align * align; };
      std::size_t at = 0;
      while (at + sizeof(ElfW(Nhdr)) <= h.p_memsz) {
        ElfW(Nhdr) note{};
        std::memcpy(&note, notes + at, sizeof note);
        const std::size_t name = at + sizeof note;
        const std::size_t body = name + padded(note.n_namesz);
        if (body > h.p_memsz || note.n_descsz > h.p_memsz - body) break;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(notes + name, "GNU", 4) == 0) {
          static constexpr char kDigits[] = "0123456789abcdef";
          for (std::size_t k = 0; k < note.n_descsz; ++k) {
            s->id += kDigits[notes[body + k] >> 4U];
            s->id += kDigits[notes[body + k] & 0xFU];
          }
          return 1;
        }
        at = body + padded(note.n_descsz);
      }
    }
    return 1;
  };
  ::dl_iterate_phdr(visit, &search);
  return search.id;
}

}  // namespace detail
}  // namespace dosegate
