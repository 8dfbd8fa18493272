// The kinds of databases in which a ledger may lie. open_store() chooses by the name.
#pragma once

#include <memory>
#include <string>

#include "adapters/gate/ledger_store.h"

namespace dosegate::gate {

std::unique_ptr<LedgerStore> open_sqlite(const std::string& path, OpenAs as, std::chrono::milliseconds patience);
// StoreFailed in a program that was built without libpq.
std::unique_ptr<LedgerStore> open_postgres(const std::string& uri, OpenAs as, std::chrono::milliseconds patience);

}  // namespace dosegate::gate
