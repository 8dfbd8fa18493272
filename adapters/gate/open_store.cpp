#include "adapters/gate/stores.h"

namespace dosegate::gate {

std::unique_ptr<LedgerStore> open_store(const std::string& name, OpenAs as, std::chrono::milliseconds patience) {
  if (name.starts_with("postgresql:") || name.starts_with("postgres:")) return open_postgres(name, as, patience);
  return open_sqlite(name, as, patience);
}

}  // namespace dosegate::gate
