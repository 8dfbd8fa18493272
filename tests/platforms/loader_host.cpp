// The loader of dosegate.hpp on Windows: what it loads, and what it refuses before code of the library runs.
//
// usage: loader_host FOLDER-OF-DOSEGATE.DLL EMPTY-FOLDER
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "dosegate/dosegate.hpp"

using namespace dosegate;

namespace {

int failed = 0;
void check(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what.c_str());
  ++failed;
}

std::string read_file(const std::string& path) {
  const detail::FileHandle file = detail::open_file(detail::utf16(path), 0);
  std::string out(64U << 20U, '\0');
  std::size_t size = 0;
  while (const std::size_t n = detail::read_some(file.get(), out.data() + size, out.size() - size, path)) size += n;
  out.resize(size);
  return out;
}

void write_file(const std::string& path, const std::string& bytes) {
  const detail::FileHandle file(::CreateFileW(detail::utf16(path).c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS,
                                              FILE_ATTRIBUTE_NORMAL, nullptr));
  DWORD written = 0;
  if (!::WriteFile(file.get(), bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr) ||
      written != bytes.size()) {
    std::fprintf(stderr, "%s cannot be written\n", path.c_str());
    std::exit(3);
  }
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) {
    std::fprintf(stderr, "the manifest has no %s\n", from.c_str());
    std::exit(3);
  }
  return text.replace(at, from.size(), to);
}

// An installation in a folder of its own.
class Installed {
 public:
  Installed(const std::string& from, const std::string& folder)
      : folder_(folder), manifest_(read_file(from + "/manifest.json")), library_(read_file(from + "/dosegate.dll")) {
    ::CreateDirectoryW(detail::utf16(folder).c_str(), nullptr);
    restore();
  }
  void restore() const {
    write_file(library(), library_);
    write_file(manifest(), manifest_);
  }
  std::string library() const { return folder_ + "/dosegate.dll"; }
  std::string manifest() const { return folder_ + "/manifest.json"; }
  std::string member(const std::string& name) const {
    const std::string before = "\"" + name + "\" : \"";
    const std::size_t at = manifest_.find(before) + before.size();
    return manifest_.substr(at, manifest_.find('"', at) - at);
  }
  void change_manifest(const std::string& from, const std::string& to) const {
    write_file(manifest(), replaced(manifest_, from, to));
  }
  const std::string& bytes() const { return library_; }
  const std::string& folder() const { return folder_; }

  void refuses(dosegate_status status, const std::string& words) const {
    try {
      (void)Library::load(manifest());
      check(false, "refused because of: " + words);
    } catch (const PluginError& e) {
      check(e.status == status && std::string(e.what()).find(words) != std::string::npos,
            "status " + std::to_string(status) + ", " + words + ", in: " + std::to_string(e.status) + ", " + e.what());
    }
    restore();
  }

 private:
  std::string folder_, manifest_, library_;
};

bool is_loaded(const std::string& path) { return ::GetModuleHandleW(detail::utf16(path).c_str()) != nullptr; }

// What the manifest says is wrong: nothing of the library has run.
void refuse_manifests(const Installed& here) {
  const auto with = [&](const std::string& from, const std::string& to, dosegate_status status,
                        const std::string& words) {
    here.change_manifest(from, to);
    here.refuses(status, words);
  };
  with("\"x86_64\"", "\"aarch64\"", DOSEGATE_INCOMPATIBLE, "install the package for this machine");
  with("\"min\" : 1", "\"min\" : 9", DOSEGATE_INVALID_DATA, "min must be at least 1");
  with(here.member("sha256"), std::string(64, '0'), DOSEGATE_INVALID_DATA, "is not the library that the manifest");
  for (const char* name : {"dosegate", "dosegate.dll.", "dosegate.dll ", "C:dosegate.dll", "dosegate.dll:stream.dll"}) {
    with("\"dosegate.dll\"", "\"" + std::string(name) + "\"", DOSEGATE_INVALID_DATA, "is no name of a library");
  }
  with("\"dosegate.dll\"", "\"../dosegate.dll\"", DOSEGATE_INVALID_DATA, "inside the manifest's folder");
  with("\"dosegate.dll\"", "\"a\\\\dosegate.dll\"", DOSEGATE_INVALID_DATA, "holds a backslash");
  with("\"dosegate.dll\"", "\"other.dll\"", DOSEGATE_NOT_FOUND, "cannot be opened");
  with("\"dosegate.dll\"", "\"no/other.dll\"", DOSEGATE_NOT_FOUND, "cannot be opened");
  ::CreateDirectoryW(detail::utf16(here.folder() + "/folder.dll").c_str(), nullptr);
  with("\"dosegate.dll\"", "\"folder.dll\"", DOSEGATE_INVALID_DATA, "is not a regular file");
}

void refuse_files(const Installed& here) {
  std::string changed = here.bytes();
  changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
  write_file(here.library(), changed);
  here.refuses(DOSEGATE_INVALID_DATA, "is not the library that the manifest");
  write_file(here.library(), "");
  here.refuses(DOSEGATE_INVALID_DATA, "is not the library that the manifest");

  const std::string text = "This is no library.";
  write_file(here.library(), text);
  here.change_manifest(here.member("sha256"), detail::sha256_of(text));
  here.refuses(DOSEGATE_INCOMPATIBLE, "cannot be loaded");

  {  // somebody may still write to it
    const detail::FileHandle writer(::CreateFileW(detail::utf16(here.library()).c_str(), GENERIC_WRITE,
                                                  FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                                  OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
    check(writer.is_open(), "a writer has it open");
    try {
      (void)Library::load(here.manifest());
      check(false, "refused while somebody writes");
    } catch (const PluginError& e) {
      check(std::string(e.what()).find("Windows error 32") != std::string::npos, e.what());
    }
  }
  // Wine says that it has made one and has not.
  const std::wstring link = detail::utf16(here.folder() + "/link.dll");
  const bool is_made = ::CreateSymbolicLinkW(link.c_str(), L"dosegate.dll", 0) != 0;
  const DWORD attributes = ::GetFileAttributesW(link.c_str());
  if (is_made && attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
    here.change_manifest("\"dosegate.dll\"", "\"link.dll\"");
    here.refuses(DOSEGATE_INVALID_DATA, "is a symbolic link");
  } else {
    std::printf("skipped: no symbolic link can be made here\n");
  }
  check(!is_loaded(here.library()), "nothing was loaded");
}

// From the look at the file to the end of its loading.
void hold(const Installed& here) {
  const std::wstring path = detail::utf16(here.library()), folder = detail::utf16(here.folder());
  const detail::LibraryFile file(detail::folder_of(here.manifest()), "dosegate.dll");
  const detail::FileHandle writer(::CreateFileW(path.c_str(), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                                nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
  check(!writer.is_open(), "nobody may write meanwhile");
  check(!::DeleteFileW(path.c_str()), "nor delete");
  check(!::MoveFileW(path.c_str(), (path + L".old").c_str()), "nor rename");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 3;
  const std::string from = argv[1], empty = argv[2];
  // With names that no code page of Windows has together.
  const Installed here(from, empty +
                                 "/Gr\xC3\xB6\xC3\x9F"
                                 "e \xE7\xB7\x9A\xE9\x87\x8F");
  refuse_manifests(here);
  refuse_files(here);
  hold(here);
  try {
    const Library library = Library::load(here.manifest());
    check(library.engine_version() == library.manifest().version, "the version is the manifest's");
    check(library.list_protocols().json().size() > 100, "the protocols are listed");
    check(is_loaded(detail::folder_of(here.manifest()) + "\\dosegate.dll"), "it was loaded from its folder");
    // Resident from now on: other answers would be another build's.
    const std::string id = here.member("buildId");
    write_file(here.manifest(), replaced(read_file(here.manifest()), id, std::string(32, '0')));
    try {
      (void)Library::load(here.manifest());
      check(false, "another build is refused");
    } catch (const PluginError& e) {
      check(std::string(e.what()).find("another build of Dosegate is in memory (build " + id) != std::string::npos,
            e.what());
    }
  } catch (const PluginError& e) {
    check(false, std::string("the library loads: ") + e.what());
  }
  check(is_loaded(detail::folder_of(here.manifest()) + "\\dosegate.dll"), "it stays when the last handle is gone");
  check(Library::default_manifest_path().find("/manifest.json") != std::string::npos, "a default path");
  try {
    (void)Library::load("C:/nowhere/manifest.json");
    check(false, "no manifest is refused");
  } catch (const PluginError& e) {
    check(e.status == DOSEGATE_NOT_FOUND, e.what());
  }
  std::printf("%d failed\n", failed);
  return failed == 0 ? 0 : 1;
}
