// What followers want beside findings: curves, contours, dose.
#pragma once

#include <memory>

#include "adapters/grpc/engine.h"
#include "adapters/grpc/session.h"

namespace dosegate::rpc {

// A moment later on the session's line, after what waits there; nothing where the session changes meanwhile. Once a
// revision.
void prepare_more(Engine& engine, const std::shared_ptr<Session>& session);

}  // namespace dosegate::rpc
