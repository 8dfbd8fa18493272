// A value or the reason why there is none. Expected failure is a value; exceptions stay for the
// unexpected (out of memory) and are caught at the plugin's edge.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace dosegate {

enum class ErrorCode { kInvalidArgument, kInvalidData, kNotFound, kCancelled, kLimitExceeded, kNotEvaluable };

struct Error {
  ErrorCode code = ErrorCode::kInvalidData;
  std::string path;     // JSON path or field at fault; may be empty
  std::string message;  // what, where, how to mend, for the user
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  // Precondition of the first two: holds a value; of the last: holds an error.
  const T& operator*() const& { return std::get<0>(state_); }
  T& operator*() & { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  const T* operator->() const { return &std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

using Status = Result<std::monostate>;
inline Status ok() { return Status(std::monostate{}); }

}  // namespace dosegate
