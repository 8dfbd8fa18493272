#include "plugin/handles.h"

#include <cstring>
#include <new>

namespace dosegate::plugin {
namespace {

constexpr std::string_view kNoMemory = "There is not enough memory for this call. Close other work and try again.";

dosegate_status status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return DOSEGATE_INVALID_ARGUMENT;
    case ErrorCode::kInvalidData:
      return DOSEGATE_INVALID_DATA;
    case ErrorCode::kNotFound:
      return DOSEGATE_NOT_FOUND;
    case ErrorCode::kCancelled:
      return DOSEGATE_CANCELLED;
    case ErrorCode::kLimitExceeded:
      return DOSEGATE_LIMIT_EXCEEDED;
    // What cannot be evaluated is a finding; as the failure of a whole call it says that the data did not do.
    case ErrorCode::kNotEvaluable:
      return DOSEGATE_INVALID_DATA;
  }
  return DOSEGATE_INTERNAL;
}

// Lives as long as the process, so that it is there when nothing can be allocated.
dosegate_error* out_of_memory_error() noexcept {
  alignas(dosegate_error) static unsigned char memory[sizeof(dosegate_error)];
  static dosegate_error* const error = [] {
    auto* e = new (memory) dosegate_error;
    e->status = DOSEGATE_OUT_OF_MEMORY;
    e->message = view(kNoMemory);
    return e;
  }();
  return error;
}

}  // namespace

dosegate_status make_error(dosegate_error** out, dosegate_status status, std::string_view path,
                           std::string_view message) noexcept {
  if (out == nullptr) return status;
  auto* error = status == DOSEGATE_OUT_OF_MEMORY ? nullptr : new (std::nothrow) dosegate_error;
  char* text = error == nullptr ? nullptr : new (std::nothrow) char[path.size() + message.size() + 2];
  if (text == nullptr) {
    delete error;
    *out = out_of_memory_error();
    return DOSEGATE_OUT_OF_MEMORY;
  }
  if (!path.empty()) std::memcpy(text, path.data(), path.size());
  text[path.size()] = '\0';
  char* const second = text + path.size() + 1;
  if (!message.empty()) std::memcpy(second, message.data(), message.size());
  second[message.size()] = '\0';
  error->status = status;
  error->path = {text, path.size()};
  error->message = {second, message.size()};
  error->owned = text;
  *out = error;
  return status;
}

dosegate_status make_error(dosegate_error** out, const Error& error) noexcept {
  return make_error(out, status_of(error.code), error.path, error.message);
}

void release_error(dosegate_error* error) noexcept {
  if (!is_handle(error) || error == out_of_memory_error()) return;
  delete[] error->owned;
  delete error;
}

CaseUse::CaseUse(dosegate_case* c) {
  auto idle = dosegate_case::Use::kIdle;
  if (c->use.compare_exchange_strong(idle, dosegate_case::Use::kBusy)) case_ = c;
}

CaseUse::~CaseUse() {
  if (case_ == nullptr) return;
  auto busy = dosegate_case::Use::kBusy;
  if (!case_->use.compare_exchange_strong(busy, dosegate_case::Use::kIdle)) delete case_;
}

void release_case(dosegate_case* c) noexcept {
  if (!is_handle(c)) return;
  auto busy = dosegate_case::Use::kBusy;
  if (c->use.compare_exchange_strong(busy, dosegate_case::Use::kReleaseAfterwards)) return;
  if (busy == dosegate_case::Use::kReleaseAfterwards) return;
  delete c;
}

}  // namespace dosegate::plugin
