// What the panel's server answers.
#pragma once

#include <string>

#include "adapters/panel/deciding.h"
#include "adapters/panel/held_plans.h"
#include "adapters/panel/server.h"
#include "adapters/panel/sessions.h"

namespace dosegate::panel {

// GET / and the page's two files, for whoever asks from this machine: they tell nothing. GET /events, the feed, and
// GET /undo?session=s1&revision=7 for the page that has the token; with a gate's queue GET /held?plan=UID, too, and
// where somebody decides POST at kDecide, which Limits::posts has to name. What is pointed to outlives it; null: there
// is none.
inline constexpr const char* kDecide = "/decide";
Handler routes(const Sessions& sessions, std::string token, const HeldPlans* held = nullptr,
               Deciding* deciding = nullptr);

}  // namespace dosegate::panel
