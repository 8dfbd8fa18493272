// dosegate: checks a radiotherapy plan against a trial's protocol.
#include <malloc.h>

#include "adapters/cli/commands.h"

int main(int argc, char** argv) {
  // One case after another takes and frees many megabytes: given back to the system and taken again, page by page, they
  // cost a tenth of the time.
  constexpr int kMiB = 1 << 20;
  ::mallopt(M_MMAP_THRESHOLD, 32 * kMiB);  // the most that glibc takes
  ::mallopt(M_TRIM_THRESHOLD, 64 * kMiB);
  return dosegate::cli::run(argc, argv);
}
