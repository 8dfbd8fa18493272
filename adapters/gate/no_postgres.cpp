// In place of postgres_store.cpp where libpq is missing.
#include "adapters/gate/stores.h"

namespace dosegate::gate {

std::unique_ptr<LedgerStore> open_postgres(const std::string&, OpenAs, std::chrono::milliseconds) {
  throw StoreFailed(
      "postgresql: this dosegate-gate was built without libpq. Name a file, or build it where libpq-dev is installed");
}

}  // namespace dosegate::gate
