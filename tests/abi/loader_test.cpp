// The loader: what it refuses, that it refuses before the library's code runs (a canary's constructor tells), and
// that it does load what is in order.
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/abi/library.h"

using namespace dosegate;
using abi_test::kManifestPath;
namespace fs = std::filesystem;

namespace {

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}
void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// An installation in a folder of its own, with the canary as its library.
class Folder {
 public:
  Folder() {
    static int count = 0;
    path_ =
        fs::temp_directory_path() / ("dosegate_loader_" + std::to_string(::getpid()) + "_" + std::to_string(++count));
    fs::create_directories(path_);
    put_library(DOSEGATE_CANARY_1);
    ::unsetenv("DOSEGATE_CANARY");
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path operator/(const std::string& name) const { return path_ / name; }

  void put_library(const fs::path& file) {
    fs::remove(path_ / "library.so");
    fs::copy_file(file, path_ / "library.so");
    // Held open, so that no later file gets the inode of this one: what was loaded stays loaded, and the dynamic
    // loader knows it by its inode.
    static std::vector<std::ifstream> held;
    held.emplace_back(path_ / "library.so");
    sha256_ = detail::sha256_of(read_file(file));
  }
  std::string sha256() const { return sha256_; }

  // Writes the manifest, after `from` was replaced by `to` in it, and loads. Returns the error; empty when loaded.
  std::string load(const std::string& from = "", const std::string& to = "") const {
    std::string json = R"({
      "schema": "dosegate.manifest.v1", "id": "dosegate", "name": "n", "version": "1.0.0", "intendedUse": "u",
      "library": {"path": "library.so", "sha256": ")" +
                       sha256_ + R"(", "architecture": ")" + kArchitecture + R"(", "buildId": "00112233"},
      "abi": {"min": 1, "max": 1, "entryPoint": "dosegate_negotiate"},
      "protocols": []})";
    if (!from.empty()) {
      const std::size_t at = json.find(from);
      REQUIRE(at != std::string::npos);
      json.replace(at, from.size(), to);
    }
    write_file(path_ / "manifest.json", json);
    return load_as_it_is();
  }
  std::string load_as_it_is() const {
    try {
      (void)Library::load((path_ / "manifest.json").string());
      return "";
    } catch (const PluginError& e) {
      CHECK(e.status != DOSEGATE_OK);
      return e.what();
    }
  }

  static constexpr const char* kArchitecture =
#if defined(__x86_64__)
      "x86_64";
#else
      "aarch64";
#endif

 private:
  fs::path path_;
  std::string sha256_;
};

std::string canary() {
  const char* sung = std::getenv("DOSEGATE_CANARY");
  return sung == nullptr ? "" : sung;
}

#define CHECK_REFUSED(answer, words)                 \
  do {                                               \
    const std::string refused = (answer);            \
    INFO(refused);                                   \
    CHECK(refused.find(words) != std::string::npos); \
    CHECK(canary().empty());                         \
  } while (false)

}  // namespace

TEST_CASE("the built library loads by its manifest, and by default by the one next to the program") {
  const Library library = Library::load(kManifestPath);
  CHECK(library.api().abi_version == DOSEGATE_ABI_VERSION);
  CHECK(library.manifest().id == "dosegate");
  CHECK(fs::equivalent(Library::default_manifest_path(), kManifestPath));
  CHECK(Library::load().manifest().library_sha256 == library.manifest().library_sha256);
}

TEST_CASE("a canary with a right hash is loaded: the refusals below are not for another reason") {
  const Folder folder;
  CHECK(folder.load().find("another build of Dosegate is in memory") != std::string::npos);
  CHECK(canary() == "1");
}

TEST_CASE("a manifest that is missing, no file, or too large is refused") {
  const Folder folder;
  CHECK_REFUSED(folder.load_as_it_is(), "No such file");
  fs::create_directory(folder / "manifest.json");
  CHECK_REFUSED(folder.load_as_it_is(), "not a regular file");
  fs::remove(folder / "manifest.json");
  REQUIRE(::mkfifo((folder / "manifest.json").c_str(), 0600) == 0);  // must not hang
  CHECK_REFUSED(folder.load_as_it_is(), "not a regular file");
  fs::remove(folder / "manifest.json");
  write_file(folder / "manifest.json", std::string((1U << 20U) + 1, ' '));
  CHECK_REFUSED(folder.load_as_it_is(), "larger than 1 MiB");
  write_file(folder / "manifest.json", "{\"schema\": ");
  CHECK_REFUSED(folder.load_as_it_is(), "line 1, column 12");
}

TEST_CASE("a library whose hash differs is never loaded") {
  Folder folder;
  const std::string good = folder.sha256();
  CHECK_REFUSED(folder.load(good, std::string(64, '0')), "is not the library that the manifest describes");
  SECTION("nor one of which a single bit changed") {
    std::string bytes = read_file(folder / "library.so");
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    write_file(folder / "library.so", bytes);
    CHECK_REFUSED(folder.load(), "is not the library that the manifest describes");
  }
  SECTION("nor one that is cut off or empty") {
    const std::string bytes = read_file(folder / "library.so");
    write_file(folder / "library.so", bytes.substr(0, bytes.size() - 1));
    CHECK_REFUSED(folder.load(), "is not the library that the manifest describes");
    write_file(folder / "library.so", "");
    CHECK_REFUSED(folder.load(), "is not the library that the manifest describes");
  }
}

TEST_CASE("the built library with one changed bit is refused") {
  Folder folder;
  folder.put_library(std::string(DOSEGATE_BIN) + "/dosegate.so");
  std::string bytes = read_file(folder / "library.so");
  bytes[bytes.size() / 3] = static_cast<char>(bytes[bytes.size() / 3] ^ 4);
  write_file(folder / "library.so", bytes);
  CHECK_REFUSED(folder.load(), "is not the library that the manifest describes");
}

TEST_CASE("an ABI range without our version and another architecture are refused") {
  const Folder folder;
  CHECK_REFUSED(folder.load("\"min\": 1, \"max\": 1", "\"min\": 2, \"max\": 3"), "offers ABI 2 to 3");
  CHECK_REFUSED(folder.load("\"min\": 1, \"max\": 1", "\"min\": 2, \"max\": 1"), "$.abi");
  CHECK_REFUSED(folder.load("\"min\": 1, \"max\": 1", "\"min\": 0, \"max\": 1"), "$.abi");
  CHECK_REFUSED(folder.load(Folder::kArchitecture, "sparc64"), "the library is for sparc64");
}

TEST_CASE("a library path that leaves the manifest's folder is refused") {
  const Folder folder;
  const std::string path =
      GENERATE(as<std::string>(), "/library.so", "../library.so", "a/../../library.so", "./library.so", "a//library.so",
               "library.so/", "..", "", "a\\\\b", "li\\u0000brary.so");
  INFO(path);
  CHECK_REFUSED(folder.load("library.so", path), "$.library.path");
}

TEST_CASE("symbolic links on the way to the library are refused, and what is no file") {
  const Folder folder;
  fs::create_symlink("library.so", folder / "link.so");
  CHECK_REFUSED(folder.load("library.so", "link.so"), "symbolic link");
  fs::create_directory(folder / "real");
  fs::copy_file(folder / "library.so", folder / "real/library.so");
  fs::create_directory_symlink("real", folder / "linked");
  CHECK_REFUSED(folder.load("library.so", "linked/library.so"), "symbolic link");
  CHECK_REFUSED(folder.load("library.so", "real"), "not a regular file");
  CHECK_REFUSED(folder.load("library.so", "none.so"), "No such file");
  REQUIRE(::mkfifo((folder / "pipe.so").c_str(), 0600) == 0);
  CHECK_REFUSED(folder.load("library.so", "pipe.so"), "not a regular file");
  CHECK(folder.load("library.so", "real/library.so").find("another build") != std::string::npos);  // a folder is fine
}

TEST_CASE("a file that changes while it is loaded is refused") {
  const Folder folder;
  ::setenv("DOSEGATE_CANARY_TOUCH", (folder / "library.so").c_str(), 1);
  const std::string answer = folder.load();
  ::unsetenv("DOSEGATE_CANARY_TOUCH");
  CHECK(answer.find("changed while it was being loaded") != std::string::npos);
}

TEST_CASE("after an upgrade on disk the old library that is still in memory is not taken for the new one") {
  Folder folder;
  CHECK(folder.load().find("another build") != std::string::npos);
  CHECK(canary() == "1");
  folder.put_library(DOSEGATE_CANARY_2);
  // The manifest now describes canary 2, build id included; canary 1 is resident (-z nodelete).
  CHECK(folder.load("00112233", DOSEGATE_CANARY_2_BUILD_ID).find("upgraded while this program ran") !=
        std::string::npos);
  CHECK(canary() == "1");
}

TEST_CASE("a library that does not agree on a version, or has no entry point, is refused after loading") {
  Folder folder;
  folder.put_library(DOSEGATE_CANARY_2);
  CHECK(folder.load("00112233", DOSEGATE_CANARY_2_BUILD_ID).find("no ABI version in common") != std::string::npos);
  CHECK(folder.load("dosegate_negotiate", "no_such_function").find("has no function no_such_function") !=
        std::string::npos);
}

TEST_CASE("something that is no library at all is refused with the loader's reason") {
  Folder folder;
  write_file(folder / "text.txt", "not an ELF file");
  folder.put_library(folder / "text.txt");
  CHECK_REFUSED(folder.load(), "cannot be loaded");
}
