#include "core/protocols/lint_names.h"

#include <map>
#include <set>

#include "core/json/reader.h"
#include "core/protocol/lint_entry.h"
#include "core/protocol/structure_name.h"

namespace dosegate {
namespace {

using Severity = LintEntry::Severity;

class Names {
 public:
  Names(const Protocol& protocol, std::vector<LintEntry>& out) : protocol_(protocol), out_(out) {}

  void run() {
    const std::vector<Role>& roles = protocol_.roles;
    for (std::size_t i = 0; i < roles.size(); ++i) {
      const auto [at, added] = owner_.emplace(fold_name(roles[i].id), i);
      if (added) continue;
      add(Severity::kWarning, "$.roles[" + std::to_string(i) + "].id",
          shown(roles[i].id) + " differs from the role " + shown(roles[at->second].id) +
              " only in case and separators: neither can be told from the other",
          "Delete one of the two roles, or give it a name of its own.");
    }
    for (std::size_t i = 0; i < roles.size(); ++i) {
      const std::string path = "$.roles[" + std::to_string(i) + "]";
      check_side(roles[i], path);
      check_names(i, roles[i].aliases, path + ".aliases");
      if (roles[i].derived) check_names(i, roles[i].derived->drawn_as, path + ".derived.drawnAs");
    }
  }

 private:
  void add(Severity severity, std::string path, std::string message, std::string mend) {
    out_.push_back({severity, std::move(path), std::move(message), std::move(mend)});
  }

  // A name that says a side which the role does not have is never matched, or matched to the wrong kidney.
  void check_side(const Role& role, const std::string& path) {
    if (role.derived) return;
    const auto contradicts = [&](const std::string& name) {
      const Side side = split_side(name).side;
      return (side == Side::kLeft && role.laterality != Laterality::kLeft) ||
             (side == Side::kRight && role.laterality != Laterality::kRight);
    };
    const std::string has = role.laterality == Laterality::kNone   ? "has no laterality"
                            : role.laterality == Laterality::kLeft ? "is LEFT"
                                                                   : "is RIGHT";
    if (contradicts(role.id)) {
      add(Severity::kWarning, path + ".laterality", shown(role.id) + " names a side, but the role " + has,
          "Write the laterality that the name says.");
      return;
    }
    for (std::size_t n = 0; n < role.aliases.size(); ++n) {
      if (!contradicts(role.aliases[n])) continue;
      add(Severity::kWarning, path + ".aliases[" + std::to_string(n) + "]",
          shown(role.aliases[n]) + " names a side, but the role " + shown(role.id) + " " + has,
          "Move it to the role of that side.");
    }
  }

  void check_names(std::size_t role, const std::vector<std::string>& names, const std::string& path) {
    std::set<std::string> own;
    for (std::size_t n = 0; n < names.size(); ++n) {
      const std::string folded = fold_name(names[n]);
      const std::string at = path + "[" + std::to_string(n) + "]";
      if (folded.empty()) {
        add(Severity::kWarning, at, shown(names[n]) + " has no letters; it matches nothing", "Delete it.");
        continue;
      }
      if (!own.insert(folded).second) {
        add(Severity::kNote, at,
            shown(names[n]) + " differs from an earlier name only in case and separators, which are ignored",
            "Delete it; it is found without.");
        continue;
      }
      const auto [found, added] = owner_.emplace(folded, role);
      if (!added && found->second != role) {
        add(Severity::kWarning, at,
            shown(names[n]) + " also names the role " + shown(protocol_.roles[found->second].id) +
                "; a structure of that name would be refused for both",
            "Leave it with the one role that it stands for.");
      }
    }
  }

  const Protocol& protocol_;
  std::vector<LintEntry>& out_;
  std::map<std::string, std::size_t> owner_;  // folded name -> index of the role
};

}  // namespace

void lint_names(const Protocol& protocol, std::vector<LintEntry>& out) { Names(protocol, out).run(); }

}  // namespace dosegate
