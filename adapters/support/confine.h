// What a process gives up before it reads what strangers wrote: whoever gets hold of it by a broken file finds it
// without hands.
#pragma once

#include <filesystem>
#include <vector>

namespace dosegate::support {

struct Reach {
  // Where something may still be written: a folder, in which files may be made, replaced and removed; a file that is to
  // be replaced or made, which stands for its folder; a device or pipe. What is not there yet stands for the nearest
  // folder above it. Empty paths are passed over.
  std::vector<std::filesystem::path> written = {};
  bool network = false;  // whether it may open sockets
};

// What the kernel took; what it does not know is left out, and the process goes on without.
struct Confined {
  bool files = false;  // Landlock: nothing is written but within the reach, and no program is run
  bool calls =
      false;  // seccomp: no program, socket, or hold on another process, on the kernel or on a terminal's input
};

// From now on, and for ever, in this thread and all that it starts. Open descriptors stay usable, and files may be read
// as before. To be called before the process has other threads, and after it has started the programs that it needs.
Confined confine(const Reach& reach);

}  // namespace dosegate::support
