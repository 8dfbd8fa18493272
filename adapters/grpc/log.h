// What happens, as JSON lines on standard error: time, level, event and what belongs to it. No name or id of a patient.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

namespace dosegate::rpc {

enum class Level { kInfo, kWarning, kError };

// One line, written at once. [thread-safe]
void log(Level level, std::string_view event, boost::json::object details = {});

}  // namespace dosegate::rpc
