// The curves and limits of a revision as the page draws them.
#pragma once

#include <boost/json/object.hpp>
#include <optional>

#include "adapters/html/sections.h"
#include "adapters/panel/revision.h"

namespace dosegate::panel {

// With `before`, the curves of an earlier revision, thin: as curves_before() made them.
boost::json::object curves_json(const html::Context& context, std::uint64_t revision);
boost::json::object curves_before(const html::Context& context, std::uint64_t revision);

}  // namespace dosegate::panel
