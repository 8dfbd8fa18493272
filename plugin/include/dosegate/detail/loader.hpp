// From a manifest to a loaded library that is known to be the one the manifest names.
//
// Order: manifest read and checked; architecture; ABI range; library path inside the manifest's folder, each part
// opened without following links; SHA-256 of the open file; only then loaded, while that file cannot have changed; and
// the build id of the image in memory must be the manifest's. By which means: loader_posix.hpp, loader_windows.hpp.
//
// What all that is for: a half-done upgrade, a mixed-up or damaged file. Somebody who may write to the folder can
// rewrite the manifest too: protect the folder.
//
// The build id also catches what no look at the file can: the library stays resident after it was closed (it is
// linked with -z nodelete, and pins itself on Windows), so after an upgrade on disk a process that had loaded the old
// one gets the old.
#pragma once

#if defined(_WIN32)
#include "dosegate/detail/loader_windows.hpp"
#else
#include "dosegate/detail/loader_posix.hpp"
#endif

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "dosegate/detail/error.hpp"
#include "dosegate/detail/manifest.hpp"
#include "dosegate/detail/sha256.hpp"
#include "dosegate/dosegate.h"

namespace dosegate {
namespace detail {

inline constexpr std::uint64_t kMaxLibraryBytes = 1ULL << 30U;

inline std::string hash_file(LibraryFile& file) {
  Sha256 hash;
  std::vector<char> buffer(1U << 16U);
  std::uint64_t total = 0;
  while (const std::size_t n = file.read(buffer.data(), buffer.size())) {
    total += n;
    if (total > kMaxLibraryBytes) throw PluginError(DOSEGATE_LIMIT_EXCEEDED, file.path(), "is larger than 1 GiB");
    hash.update(buffer.data(), n);
  }
  return hash.hex();
}

// An open library: closed on destruction.
struct Loaded {
  Manifest manifest;
  void* handle = nullptr;
  dosegate_api api{};

  Loaded() = default;
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;
  ~Loaded() {
    if (handle != nullptr) close_library(handle);
  }
};

inline void check_compatible(const Manifest& manifest, const std::string& manifest_path) {
  const std::string machine = own_architecture(manifest_path);
  if (manifest.architecture != machine) {
    throw PluginError(DOSEGATE_INCOMPATIBLE, manifest_path + " $.library.architecture",
                      "the library is for " + manifest.architecture + ", this machine is " + machine +
                          "; install the package for this machine");
  }
  if (manifest.abi_min > DOSEGATE_ABI_VERSION || manifest.abi_max < DOSEGATE_ABI_VERSION) {
    throw PluginError(DOSEGATE_INCOMPATIBLE, manifest_path + " $.abi",
                      "the library offers ABI " + std::to_string(manifest.abi_min) + " to " +
                          std::to_string(manifest.abi_max) + ", this program needs ABI " +
                          std::to_string(DOSEGATE_ABI_VERSION) + "; install matching versions");
  }
}

// Opens, checks and negotiates; `loaded` is to be empty. Throws PluginError.
inline void load_library(const std::string& manifest_path, Loaded& loaded) {
  loaded.manifest = ManifestReader::read(read_manifest_text(manifest_path), manifest_path);
  const Manifest& manifest = loaded.manifest;
  check_compatible(manifest, manifest_path);

  LibraryFile file(folder_of(manifest_path), manifest.library_path);
  const std::string& path = file.path();
  const std::string sha256 = hash_file(file);
  if (sha256 != manifest.library_sha256) {
    throw PluginError(DOSEGATE_INVALID_DATA, path,
                      "is not the library that the manifest describes (SHA-256 " + sha256 + ", expected " +
                          manifest.library_sha256 + "): damaged, replaced or half upgraded; reinstall Dosegate");
  }
  loaded.handle = file.load();

  const bool is_name = manifest.entry_point.find('\0') == std::string::npos;  // else its beginning would be looked up
  void* entry = is_name ? find_function(loaded.handle, manifest.entry_point) : nullptr;
  if (entry == nullptr) {
    throw PluginError(DOSEGATE_INCOMPATIBLE, path, "has no function " + manifest.entry_point);
  }
  const std::string build_id = loaded_build_id(entry);
  if (build_id != manifest.build_id) {
    throw PluginError(DOSEGATE_INCOMPATIBLE, path,
                      "another build of Dosegate is in memory (build " + build_id + ", the manifest says " +
                          manifest.build_id + "): Dosegate was upgraded while this program ran; restart it");
  }
  dosegate_negotiate_in in{};
  in.struct_size = sizeof in;
  in.abi_min = DOSEGATE_ABI_VERSION;
  in.abi_max = DOSEGATE_ABI_VERSION;
  loaded.api.struct_size = sizeof loaded.api;
  const dosegate_status status = reinterpret_cast<dosegate_negotiate_fn>(entry)(&in, &loaded.api);
  if (status != DOSEGATE_OK || loaded.api.struct_size < offsetof(dosegate_api, case_set_record)) {
    throw PluginError(status == DOSEGATE_OK ? DOSEGATE_INCOMPATIBLE : status, path,
                      "and this program have no ABI version in common; install matching versions");
  }
}

}  // namespace detail
}  // namespace dosegate
