#include "adapters/support/confine.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <span>
#include <system_error>

#include "adapters/support/descriptor.h"

namespace dosegate::support {
namespace fs = std::filesystem;
namespace {

// Landlock, by the kernel's documentation (Documentation/userspace-api/landlock.rst): what a set of rules handles and
// no rule allows is denied.
constexpr std::uint64_t kRefer = 1ULL << 13;     // since version 2
constexpr std::uint64_t kTruncate = 1ULL << 14;  // since version 3; not in Debian 12's header
constexpr std::uint64_t kWriteFile = LANDLOCK_ACCESS_FS_WRITE_FILE;
constexpr std::uint64_t kWriteFolder = kWriteFile | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                       LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR;
constexpr std::uint64_t kNever = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

// What stands for `path`, by the rules of Reach::written.
fs::path place_of(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status)) return path;
  fs::path place = fs::weakly_canonical(fs::absolute(path, ignored), ignored);
  do {
    place = place.parent_path();
  } while (place.has_relative_path() && !fs::is_directory(place, ignored));
  return place;
}

// False: the kernel has no Landlock, or does not take the rules.
bool confine_files(const std::vector<fs::path>& written) {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return false;
  const std::uint64_t truncate = version >= 3 ? kTruncate : 0, refer = version >= 2 ? kRefer : 0;
  landlock_ruleset_attr handled{};
  handled.handled_access_fs = kWriteFolder | kNever | truncate | refer;
  const Descriptor rules(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0)));
  if (!rules.is_open()) return false;
  for (const fs::path& path : written) {
    if (path.empty()) continue;
    const fs::path place = place_of(path);
    const Descriptor parent(::open(place.c_str(), O_PATH | O_CLOEXEC));
    if (!parent.is_open()) continue;  // it cannot be written to either
    std::error_code ignored;
    landlock_path_beneath_attr rule{};
    rule.allowed_access = (fs::is_directory(place, ignored) ? kWriteFolder : kWriteFile) | truncate;
    rule.parent_fd = parent.get();
    const long added = ::syscall(SYS_landlock_add_rule, rules.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    if (added != 0 && errno != EBADFD) return false;  // a pipe is in no file system, and always allowed
  }
  return ::syscall(SYS_landlock_restrict_self, rules.get(), 0) == 0;
}

constexpr std::array kNetwork{SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen)};
constexpr std::array kHands{
    // Other programs and processes.
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_send_signal), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo),
    SCMP_SYS(tkill),
    // Ways around what is asked here, and into the kernel.
    SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register), SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(add_key), SCMP_SYS(keyctl), SCMP_SYS(request_key),
    SCMP_SYS(truncate), SCMP_SYS(unshare), SCMP_SYS(setns),
    // The machine, where we are root.
    SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(move_mount), SCMP_SYS(open_tree), SCMP_SYS(fsopen),
    SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff),
    SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(sethostname), SCMP_SYS(iopl), SCMP_SYS(ioperm),
    SCMP_SYS(open_by_handle_at)};

// False: the kernel takes no filter.
bool confine_calls(bool network) {
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release);
  if (!filter) return false;
  constexpr std::uint32_t kDenied = SCMP_ACT_ERRNO(EPERM);
  // Or kernels before 5.16 make the processor speculate less, which costs time and guards against what is not feared
  // here.
  bool is_whole = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_SSB, 1) == 0;
  const auto deny = [&](int call, std::initializer_list<scmp_arg_cmp> where = {}) {
    is_whole &= seccomp_rule_add_array(filter.get(), kDenied, call, static_cast<unsigned>(where.size()),
                                       where.size() == 0 ? nullptr : where.begin()) == 0;
  };
  for (const int call : kHands) deny(call);
  if (!network) {
    for (const int call : kNetwork) deny(call);
  }
  // To itself alone: abort() and raise().
  const auto itself = static_cast<scmp_datum_t>(::getpid());
  for (const int call : {SCMP_SYS(kill), SCMP_SYS(tgkill)}) deny(call, {scmp_arg_cmp{0, SCMP_CMP_NE, itself, 0}});
  // What a terminal takes for typed. The kernel looks at 32 bits of the request.
  constexpr scmp_datum_t kLooked = 0xFFFFFFFF;
  for (const unsigned long request : {static_cast<unsigned long>(TIOCSTI), static_cast<unsigned long>(TIOCLINUX)})
    deny(SCMP_SYS(ioctl), {scmp_arg_cmp{1, SCMP_CMP_MASKED_EQ, kLooked, request}});
#ifndef DOSEGATE_LEAKS_ARE_SOUGHT  // whose seeker traces the process
  deny(SCMP_SYS(ptrace));
#endif
  return is_whole && seccomp_load(filter.get()) == 0;
}

}  // namespace

Confined confine(const Reach& reach) {
  Confined confined;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return confined;
  confined.files = confine_files(reach.written);
  confined.calls = confine_calls(reach.network);
  return confined;
}

}  // namespace dosegate::support
