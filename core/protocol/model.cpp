#include <algorithm>

#include "core/protocol/protocol.h"

namespace dosegate {

std::vector<std::string> Derivation::parts() const {
  std::vector<std::string> all = {base};
  for (const auto* group : {&plus, &within, &minus}) all.insert(all.end(), group->begin(), group->end());
  return all;
}

std::string Derivation::text() const {
  std::string text = base;
  for (const auto& name : plus) text += " plus " + name;
  for (const auto& name : within) text += " within " + name;
  for (const auto& name : minus) text += " minus " + name;
  return text;
}

const Role* Protocol::find_role(std::string_view role_id) const {
  const auto found = std::find_if(roles.begin(), roles.end(), [&](const Role& r) { return r.id == role_id; });
  return found == roles.end() ? nullptr : &*found;
}

}  // namespace dosegate
