// What a host of the C interface lends to a call, as the engine wants it.
#pragma once

#include <stdexcept>

#include "core/parallel/parallel.h"
#include "plugin/float_environment.h"
#include "plugin/include/dosegate/dosegate.h"

namespace dosegate::plugin {

// run_tasks came back without having run every task once: what was computed has holes and must not be used.
class TasksNotRun : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Callbacks run in the host's floating-point environment, tasks on the host's threads in the engine's. `run` of the
// result throws TasksNotRun. Both arguments must outlive the result.
Host engine_host(const dosegate_host& host, FloatEnvironment& environment);

}  // namespace dosegate::plugin
