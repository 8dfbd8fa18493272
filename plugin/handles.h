// The opaque handles of dosegate.h.
//
// Each begins with a mark of its kind, so that a NULL, a handle of another kind and, as long as the memory was
// not given to something else, an already released one are recognised (rule 5 of ABI.md) instead of followed.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/checker.h"
#include "core/kept/identified.h"
#include "core/kept/report_store.h"
#include "core/parallel/memory.h"
#include "plugin/include/dosegate/dosegate.h"

namespace dosegate::plugin {

enum class Kind : std::uint64_t {
  kError = 0x6572726f72446f73,
  kDocument = 0x646f63756d446f73,
  kProtocol = 0x70726f746f446f73,
  kCase = 0x63617365'00446f73,
  kReport = 0x7265706f72446f73,
};

template <Kind kKind>
class Marked {
 public:
  Marked() = default;
  Marked(const Marked&) = delete;
  Marked& operator=(const Marked&) = delete;
  // volatile: the compiler may not drop the store to an object that ends here.
  ~Marked() { mark_ = 0; }
  bool is_valid() const { return mark_ == static_cast<std::uint64_t>(kKind); }

 private:
  volatile std::uint64_t mark_ = static_cast<std::uint64_t>(kKind);
};

}  // namespace dosegate::plugin

// Owns its two texts in one allocation, or none: the error that says there is no memory is static.
struct dosegate_error : dosegate::plugin::Marked<dosegate::plugin::Kind::kError> {
  dosegate_status status = DOSEGATE_OK;
  dosegate_text path{"", 0};
  dosegate_text message{"", 0};
  char* owned = nullptr;
};

struct dosegate_document : dosegate::plugin::Marked<dosegate::plugin::Kind::kDocument> {
  std::string json;
};

struct dosegate_protocol : dosegate::plugin::Marked<dosegate::plugin::Kind::kProtocol> {
  dosegate::Protocol value;
};

struct dosegate_report : dosegate::plugin::Marked<dosegate::plugin::Kind::kReport> {
  dosegate_verdict verdict = DOSEGATE_VERDICT_UNSPECIFIED;
  std::string json;
};

struct dosegate_case : dosegate::plugin::Marked<dosegate::plugin::Kind::kCase> {
  enum class Use { kIdle, kBusy, kReleaseAfterwards };
  dosegate::Identified<dosegate::Case> content;
  dosegate::DvhStore kept;        // of the content; every change of it is told
  dosegate::ReportStore reports;  // likewise, by its identity
  dosegate::MemoryAccount memory;
  std::uint64_t points = 0;  // of all structures, against the limit a case
  dosegate_host host{};
  std::atomic<Use> use{Use::kIdle};
};

namespace dosegate::plugin {

// Whether `handle` may be followed.
template <typename T>
bool is_handle(const T* handle) {
  return handle != nullptr && reinterpret_cast<std::uintptr_t>(handle) % alignof(T) == 0 && handle->is_valid();
}

template <typename T>
void release_handle(T* handle) {
  if (is_handle(handle)) delete handle;
}

// A new error object for *out (nothing when out is NULL); returns the status. Never throws: without memory
// the object is the static one for OUT_OF_MEMORY.
dosegate_status make_error(dosegate_error** out, dosegate_status status, std::string_view path,
                           std::string_view message) noexcept;
dosegate_status make_error(dosegate_error** out, const Error& error) noexcept;
void release_error(dosegate_error* error) noexcept;

inline dosegate_text view(std::string_view s) { return {s.data(), s.size()}; }
inline dosegate_text no_text() { return {"", 0}; }

// Marks a case as in use for one call. A second call, from another thread or from a callback, does not get
// it; a release meanwhile takes place at the end of the call.
class CaseUse {
 public:
  // Precondition: is_handle(c).
  explicit CaseUse(dosegate_case* c);
  ~CaseUse();
  CaseUse(const CaseUse&) = delete;
  CaseUse& operator=(const CaseUse&) = delete;
  bool is_granted() const { return case_ != nullptr; }

 private:
  dosegate_case* case_ = nullptr;
};

void release_case(dosegate_case* c) noexcept;

}  // namespace dosegate::plugin
