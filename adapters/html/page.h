// The report as one HTML file that needs nothing else: no network, no other file. A content security policy forbids it
// everything but the styles and the script that it carries, by their hashes.
#pragma once

#include <string>

#include "adapters/html/evidence.h"
#include "adapters/present/view.h"

namespace dosegate::html {

// The same input gives the same bytes; holds no time, host or patient name.
std::string page(const present::View& view, const Evidence& evidence);

}  // namespace dosegate::html
