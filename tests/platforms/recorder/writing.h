// One call of a host, as tests/platforms/record_format.h has it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include "dosegate/dosegate.h"
#include "dosegate/extensions/gamma.h"
#include "tests/platforms/record_format.h"

namespace recorder {

class Writing {
 public:
  template <typename T>
  void number(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void blob(const void* data, std::uint64_t size) {
    number(data == nullptr ? RECORD_NULL : size);
    if (data != nullptr) bytes_.append(static_cast<const char*>(data), size);
  }
  void text(const char* s) { blob(s, s == nullptr ? 0 : std::strlen(s)); }
  void text(dosegate_text t) { blob(t.data, t.size); }
  void structure(const dosegate_structure& given);
  void slices(const dosegate_slices& given);
  void dose(const dosegate_dose& given);
  void points(const dosegate_dose_points& given);
  template <typename T>
  void optional(const T* given, void (Writing::*write)(const T&)) {
    number<std::uint32_t>(given == nullptr ? 0 : 1);
    if (given != nullptr) (this->*write)(*given);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// A struct of any earlier size as the newest one.
template <typename T>
T whole(const T& given) {
  T out{};
  std::memcpy(&out, &given, given.struct_size < sizeof out ? given.struct_size : sizeof out);
  return out;
}

}  // namespace recorder
