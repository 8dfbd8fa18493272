// What the panel's server answers.
#pragma once

#include <string>

#include "adapters/panel/server.h"
#include "adapters/panel/sessions.h"

namespace dosegate::panel {

// GET / and the page's two files, for whoever asks from this machine: they tell nothing. GET /events, the feed, and
// GET /undo?session=s1&revision=7 for the page that has the token. `sessions` outlives it.
Handler routes(const Sessions& sessions, std::string token);

}  // namespace dosegate::panel
