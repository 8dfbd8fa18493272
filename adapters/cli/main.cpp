// dosegate: checks a radiotherapy plan against a trial's protocol.
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "adapters/cli/commands.h"

namespace {

// One case after another takes and frees many megabytes. Taken from the system page by page, and given back and taken
// again, they cost as long as the check. So what is freed is kept, and the first 192 MiB, more than a full-size case
// takes, may lie in pages of 2 MiB, which are handed out 512 times as seldom. All threads share this heap: what lies in
// another is in small pages. Where the system refuses any of it, the program is slower and no more.
void keep_freed_memory() {
  constexpr int kMiB = 1 << 20, kAtOnce = 192 * kMiB;
  constexpr std::uintptr_t kHugePage = 2 * kMiB;
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, 32 * kMiB);  // the most that glibc takes
  ::mallopt(M_TRIM_THRESHOLD, kAtOnce + 64 * kMiB);
  ::mallopt(M_TOP_PAD, kAtOnce);
  const auto before = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  void* volatile more_than_there_is = std::malloc(kMiB);  // volatile: or the compiler leaves both calls out
  std::free(more_than_there_is);
  const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  const std::uintptr_t begin = (before + kHugePage - 1) / kHugePage * kHugePage;
  if (end > begin) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
  ::mallopt(M_TOP_PAD, 16 * kMiB);
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  return dosegate::cli::run(argc, argv);
}
