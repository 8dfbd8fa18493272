// What every function of a table does around its own work: it clears its outputs, checks its arguments, runs in the
// default floating-point environment, and turns whatever went wrong into a status and an error object.
#pragma once

#include <exception>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "plugin/engine_host.h"
#include "plugin/float_environment.h"
#include "plugin/handles.h"
#include "plugin/memory.h"

namespace dosegate::plugin {

inline Error null_argument(const char* path) { return Error{ErrorCode::kInvalidArgument, path, "is NULL."}; }
inline Error bad_handle(const char* path) {
  return Error{ErrorCode::kInvalidArgument, path, "is NULL, was released, or is a handle of another kind."};
}
inline Error case_in_use() {
  return Error{ErrorCode::kInvalidArgument, "case",
               "is in use by another call. One thread at a time may use a case, and a callback may not."};
}
inline Error cancelled() { return Error{ErrorCode::kCancelled, "", "The planning system cancelled the calculation."}; }

// Runs a call of the table.
template <typename F>
dosegate_status guarded(dosegate_error** error, F&& call) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    FloatEnvironment environment;
    const Status status = call(environment);
    return status ? DOSEGATE_OK : make_error(error, status.error());
  } catch (const std::bad_alloc&) {
    return make_error(error, DOSEGATE_OUT_OF_MEMORY, "", "");
  } catch (const TasksNotRun& e) {
    return make_error(error, DOSEGATE_INVALID_ARGUMENT, "host.run_tasks", e.what());
  } catch (const std::exception& e) {
    return make_error(error, DOSEGATE_INTERNAL, "", e.what());
  } catch (...) {
    return make_error(error, DOSEGATE_INTERNAL, "", "A defect in Dosegate. The call had no effect; please report it.");
  }
}

// `out` takes ownership; cannot fail.
template <typename T>
Status give(std::unique_ptr<T> value, T** out) {
  *out = value.release();
  return ok();
}
inline Status give_document(std::string json, dosegate_document** out) {
  auto document = std::make_unique<dosegate_document>();
  document->json = std::move(json);
  hand_over(document.get());
  hand_over(document->json);
  return give(std::move(document), out);
}
}  // namespace dosegate::plugin
