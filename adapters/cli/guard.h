// Input files that are mapped, and change under the reader.
#pragma once

namespace dosegate::cli {

// From here on a mapped file that is cut short, or cannot be read from its disk, ends the program with one error line
// and exit code 3 (unusable input), as one that is read would; not by the signal SIGBUS.
void guard_mapped_files();

}  // namespace dosegate::cli
