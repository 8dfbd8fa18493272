// Files and folders that outlive the machine's power: each call returns when what it did is durable, and what a kill
// interrupts is either done or not.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace dosegate::dicom_gate::disk {

// What the system refused; what() names the path.
struct Failed : std::runtime_error {
  Failed(const std::filesystem::path& path, const std::string& what, int error);
  int code = 0;  // errno
};

// For its owner alone; one that is there stays as it is, and is durable then, too.
void make_folder(const std::filesystem::path& path);
void sync_folder(const std::filesystem::path& path);
// Replaces the file as a whole.
void write(const std::filesystem::path& path, std::string_view text);
// False where `to` is there already; both then stay. A file or a folder.
bool move_new(const std::filesystem::path& from, const std::filesystem::path& to);
// A file, or a folder with all that is in it: whole, or not there, but for .gone-NAME, of which a kill may leave a
// part. What is not there is gone already.
void remove(const std::filesystem::path& path);

}  // namespace dosegate::dicom_gate::disk
