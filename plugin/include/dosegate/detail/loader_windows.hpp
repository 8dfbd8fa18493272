// Files and libraries by the means of Windows; loader.hpp says in which order.
//
// Hashing and loading concern one file: it is opened so that nobody may write, rename or delete it, as are the folders
// between it and the manifest, hashed through that handle and loaded while all of them are held. Reparse points
// (symbolic links, junctions) below the manifest's folder are refused. What the library needs is looked for in its own
// folder and in System32, nowhere else. Paths are UTF-8, as everywhere.
#pragma once

#if !defined(NOMINMAX)
#define NOMINMAX
#endif
#include <windows.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "dosegate/detail/error.hpp"
#include "dosegate/detail/json.hpp"

namespace dosegate {
namespace detail {

class FileHandle {
 public:
  explicit FileHandle(HANDLE handle = INVALID_HANDLE_VALUE) : handle_(handle) {}
  FileHandle(FileHandle&& other) noexcept : handle_(std::exchange(other.handle_, INVALID_HANDLE_VALUE)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~FileHandle() {
    if (is_open()) ::CloseHandle(handle_);
  }
  bool is_open() const { return handle_ != INVALID_HANDLE_VALUE; }
  HANDLE get() const { return handle_; }

 private:
  HANDLE handle_;
};

inline std::string utf8(const std::wstring& text) {
  if (text.empty()) return "";
  const int length = static_cast<int>(text.size());
  const int size = ::WideCharToMultiByte(CP_UTF8, 0, text.data(), length, nullptr, 0, nullptr, nullptr);
  std::string out(static_cast<std::size_t>(size), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, text.data(), length, out.data(), size, nullptr, nullptr);
  return out;
}

// What Windows says of an error, in English where it can.
inline std::string words_of(DWORD error) {
  wchar_t text[512];
  const DWORD length =
      ::FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK,
                       nullptr, error, MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), text, 512, nullptr);
  std::string words = utf8(std::wstring(text, length));
  while (!words.empty() && (words.back() == ' ' || words.back() == '.')) words.pop_back();
  const std::string code = "Windows error " + std::to_string(error);
  return words.empty() ? code : words + " (" + code + ")";
}

[[noreturn]] inline void fail_windows(const std::string& path, const std::string& what, DWORD error) {
  const bool is_missing = error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND;
  throw PluginError(is_missing ? DOSEGATE_NOT_FOUND : DOSEGATE_INVALID_DATA, path, what + ": " + words_of(error));
}

inline std::wstring utf16(const std::string& path) {
  if (path.find('\0') != std::string::npos) throw PluginError(DOSEGATE_INVALID_DATA, path, "holds a NUL character");
  if (path.empty()) return L"";
  if (path.size() > 32767) throw PluginError(DOSEGATE_LIMIT_EXCEEDED, path, "is longer than a path may be");
  const int length = static_cast<int>(path.size());
  const int size = ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path.data(), length, nullptr, 0);
  if (size == 0) throw PluginError(DOSEGATE_INVALID_DATA, path, "is not UTF-8");
  std::wstring out(static_cast<std::size_t>(size), L'\0');
  ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path.data(), length, out.data(), size);
  return out;
}

// Reads on until `size` bytes or the end; returns how many.
inline std::size_t read_some(HANDLE file, char* buffer, std::size_t size, const std::string& path) {
  DWORD n = 0;
  if (!::ReadFile(file, buffer, static_cast<DWORD>(size), &n, nullptr)) {
    fail_windows(path, "cannot be read", ::GetLastError());
  }
  return n;
}

// Not a folder, a console or a pipe.
inline bool is_regular(HANDLE file, const std::string& path) {
  BY_HANDLE_FILE_INFORMATION info{};
  if (::GetFileType(file) != FILE_TYPE_DISK) return false;
  if (!::GetFileInformationByHandle(file, &info)) fail_windows(path, "cannot be examined", ::GetLastError());
  return (info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
}

// FILE_FLAG_BACKUP_SEMANTICS: folders can be opened, too, to be told what they are.
inline FileHandle open_file(const std::wstring& path, DWORD flags) {
  return FileHandle(::CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING,
                                  FILE_FLAG_BACKUP_SEMANTICS | flags, nullptr));
}

inline std::string read_manifest_text(const std::string& path) {
  const FileHandle file = open_file(utf16(path), 0);
  if (!file.is_open()) fail_windows(path, "the manifest of Dosegate cannot be opened", ::GetLastError());
  if (!is_regular(file.get(), path)) {
    throw PluginError(DOSEGATE_INVALID_DATA, path, "the manifest is not a regular file");
  }
  std::string text;
  std::vector<char> buffer(65536);
  while (const std::size_t n = read_some(file.get(), buffer.data(), buffer.size(), path)) {
    text.append(buffer.data(), n);
    if (text.size() > JsonReader::kMaxBytes) {
      throw PluginError(DOSEGATE_LIMIT_EXCEEDED, path, "the manifest is larger than 1 MiB");
    }
  }
  return text;
}

// The folder of the running program, without a final separator.
inline std::string program_folder() {
  std::vector<wchar_t> buffer(32768);
  const DWORD n = ::GetModuleFileNameW(nullptr, buffer.data(), static_cast<DWORD>(buffer.size()));
  if (n == 0 || n == buffer.size()) {
    throw PluginError(DOSEGATE_NOT_FOUND, "", "cannot tell where this program is; give the path of manifest.json");
  }
  const std::wstring path(buffer.data(), n);
  return utf8(path.substr(0, path.rfind(L'\\')));
}

// The folder that holds `file`, absolute and with its own links resolved (they are the installer's choice).
inline std::string folder_of(const std::string& file) {
  const std::size_t end = file.find_last_of("/\\:");
  std::string folder = end == std::string::npos ? "." : file.substr(0, end + 1);
  if (folder.back() == ':') folder += '.';  // "C:manifest.json": in the present folder of C:
  const FileHandle handle = open_file(utf16(folder), 0);
  if (!handle.is_open()) fail_windows(folder, "cannot be resolved", ::GetLastError());
  std::vector<wchar_t> buffer(32768);
  const DWORD n =
      ::GetFinalPathNameByHandleW(handle.get(), buffer.data(), static_cast<DWORD>(buffer.size()), FILE_NAME_NORMALIZED);
  if (n == 0 || n >= buffer.size()) fail_windows(folder, "cannot be resolved", ::GetLastError());
  std::string real = utf8(std::wstring(buffer.data(), n));
  // As people write it: \\?\C:\folder, \\?\UNC\server\share.
  if (real.compare(0, 8, "\\\\?\\UNC\\") == 0) {
    real = "\\\\" + real.substr(8);
  } else if (real.compare(0, 4, "\\\\?\\") == 0) {
    real = real.substr(4);
  }
  while (!real.empty() && real.back() == '\\') real.pop_back();
  return real;
}

// As the manifest names architectures. The program's: a library of the machine's own may not be loaded into it.
inline std::string own_architecture(const std::string&) {
#if defined(_M_ARM64) || defined(__aarch64__)
  return "aarch64";
#elif defined(_M_X64) || defined(__x86_64__)
  return "x86_64";
#else
  return "x86";
#endif
}

// The library's file, opened beneath the manifest's folder.
class LibraryFile {
 public:
  LibraryFile(const std::string& folder, const std::string& relative) : path_(folder) {
    check_names(relative);
    // Held: a folder cannot be renamed or replaced meanwhile.
    held_.push_back(open_file(utf16(folder + "\\"), 0));
    if (!held_.back().is_open()) fail_windows(folder, "cannot be opened", ::GetLastError());
    for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
      end = relative.find('/', begin);
      path_ += "\\" + relative.substr(begin, end == std::string::npos ? end : end - begin);
      FileHandle next = open_file(utf16(path_), FILE_FLAG_OPEN_REPARSE_POINT);
      if (!next.is_open()) {
        fail_windows(path_, "the library named by the manifest cannot be opened", ::GetLastError());
      }
      BY_HANDLE_FILE_INFORMATION info{};
      if (::GetFileInformationByHandle(next.get(), &info) &&
          (info.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
        throw PluginError(DOSEGATE_INVALID_DATA, path_, "is a symbolic link, which is refused here");
      }
      held_.push_back(std::move(next));
    }
    if (!is_regular(held_.back().get(), path_)) {
      throw PluginError(DOSEGATE_INVALID_DATA, path_, "is not a regular file");
    }
  }
  const std::string& path() const { return path_; }
  std::size_t read(char* buffer, std::size_t size) { return read_some(held_.back().get(), buffer, size, path_); }

  // The file that was opened, which nobody could change since; closed by close_library.
  void* load() const {
    // No message box where something is wrong with the file.
    DWORD before = 0;
    ::SetThreadErrorMode(SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX, &before);
    const HMODULE module = ::LoadLibraryExW(utf16(path_).c_str(), nullptr,
                                            LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
    const DWORD error = module == nullptr ? ::GetLastError() : 0;
    ::SetThreadErrorMode(before, nullptr);
    if (module == nullptr) {
      throw PluginError(DOSEGATE_INCOMPATIBLE, path_, "cannot be loaded: " + words_of(error));
    }
    return module;
  }

 private:
  // Names by which Windows would open something else than LoadLibraryExW loads: a stream or a drive, a name without its
  // final dots and spaces, one that gets ".dll".
  void check_names(const std::string& relative) const {
    const std::string last = relative.substr(relative.rfind('/') + 1);
    bool is_odd = relative.find(':') != std::string::npos || last.find('.') == std::string::npos;
    for (std::size_t i = 0; i < relative.size(); ++i) {
      const bool ends = i + 1 == relative.size() || relative[i + 1] == '/';
      is_odd = is_odd || (ends && (relative[i] == '.' || relative[i] == ' '));
    }
    if (is_odd) {
      throw PluginError(DOSEGATE_INVALID_DATA, path_,
                        "\"" + relative + "\", which the manifest names, is no name of a library on Windows");
    }
  }

  std::string path_;
  std::vector<FileHandle> held_;  // the manifest's folder, those below it, the file
};

inline void close_library(void* handle) { ::FreeLibrary(static_cast<HMODULE>(handle)); }
inline void* find_function(void* handle, const std::string& name) {
  const FARPROC function = ::GetProcAddress(static_cast<HMODULE>(handle), name.c_str());
  void* out = nullptr;
  static_assert(sizeof out == sizeof function, "functions have addresses like data");
  std::memcpy(&out, &function, sizeof out);
  return out;
}

// Of the loaded image that holds `address`: the GUID of its CodeView record, in hex as GUIDs are written, without
// hyphens; empty when it has none.
inline std::string loaded_build_id(const void* address) {
  HMODULE module = nullptr;
  if (!::GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                            static_cast<const wchar_t*>(address), &module)) {
    return "";
  }
  const auto* const image = reinterpret_cast<const unsigned char*>(module);
  const auto* const dos = reinterpret_cast<const IMAGE_DOS_HEADER*>(image);
  const auto* const headers = reinterpret_cast<const IMAGE_NT_HEADERS*>(image + dos->e_lfanew);
  const IMAGE_DATA_DIRECTORY& debug = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_DEBUG];
  const std::size_t all = headers->OptionalHeader.SizeOfImage;
  if (debug.VirtualAddress > all || debug.Size > all - debug.VirtualAddress) return "";
  for (std::size_t at = 0; at + sizeof(IMAGE_DEBUG_DIRECTORY) <= debug.Size; at += sizeof(IMAGE_DEBUG_DIRECTORY)) {
    IMAGE_DEBUG_DIRECTORY entry{};
    std::memcpy(&entry, image + debug.VirtualAddress + at, sizeof entry);
    constexpr std::size_t kSignature = 4, kSignatureBytes = 16;  // "RSDS" before it
    if (entry.Type != IMAGE_DEBUG_TYPE_CODEVIEW || entry.SizeOfData < kSignature + kSignatureBytes) continue;
    const std::size_t data = entry.AddressOfRawData;
    if (data > all || kSignature + kSignatureBytes > all - data || std::memcmp(image + data, "RSDS", 4) != 0) continue;
    std::string id;
    for (const std::size_t k : {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}) {
      static constexpr char kDigits[] = "0123456789abcdef";
      const unsigned char byte = image[data + kSignature + k];
      id += kDigits[byte >> 4U];
      id += kDigits[byte & 0xFU];
    }
    return id;
  }
  return "";
}

}  // namespace detail
}  // namespace dosegate
