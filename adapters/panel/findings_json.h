// A revision as the page shows it. All words, digits and orders are decided here; the page lays out.
#pragma once

#include <boost/json/object.hpp>

#include "adapters/panel/revision.h"

namespace dosegate::panel {

// `before`: the revision that it is compared with; null: it is the first.
boost::json::object findings_json(const Revision& revision, const Revision* before);

// What going back from `now` to the earlier `then` would bring.
boost::json::object undo_json(const Revision& now, const Revision& then);

// A line of the timeline. `same`: an earlier revision of which the same was said; 0: none.
boost::json::object timeline_json(const Revision& revision, std::uint64_t same);

// "broken", "unknown", "passed": of the verdict, and its word.

}  // namespace dosegate::panel
