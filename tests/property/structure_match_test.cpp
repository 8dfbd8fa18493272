#include "core/protocol/structure_match.h"

#include <catch2/catch.hpp>
#include <set>

#include "core/protocols/load.h"
#include "tests/property/random.h"

namespace dosegate {
namespace {

using property::Random;
using Pins = std::map<std::string, std::string>;

const Protocol& trial() {
  static const Protocol protocol = [] {
    auto loaded = load_protocol(builtin_protocols().front().json);
    REQUIRE(loaded);
    return *loaded;
  }();
  return protocol;
}

// Names that match, nearly match, or mean something else, in many spellings.
std::string random_name(Random& random) {
  static const std::vector<std::string> kSides = {"_L", "_R", " left", " RT", "-L", " li", "", "", "_l", " Right"};
  static const std::vector<std::string> kEnds = {"", "", "", "", "", "_PRV03", "~", "^1", "-PTV", " ", "2", "_"};
  std::string name;
  const Role& role = random.one_of(trial().roles);
  if (!role.aliases.empty() && random.coin()) {
    name = random.one_of(role.aliases);
  } else {
    name = role.id;
  }
  if (random.below(3) == 0) name += random.one_of(kSides);
  name += random.one_of(kEnds);
  switch (random.below(5)) {
    case 0:
      for (char& c : name) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
      }
      break;
    case 1:
      name.insert(random.below(name.size() + 1), 1, random.one_of(std::vector<char>{'_', ' ', '-', 'x', '\xC3', '\n'}));
      break;
    default:
      break;
  }
  return name;
}

struct Drawing {
  std::vector<RoiName> rois;
  Pins pins;
};

Drawing random_drawing(Random& random) {
  Drawing d;
  const std::size_t count = random.below(25);
  for (std::size_t i = 0; i < count; ++i) d.rois.push_back({static_cast<std::int32_t>(i + 1), random_name(random)});
  while (random.below(3) == 0) {
    const std::string& role = random.one_of(trial().roles).id;
    d.pins[role] = d.rois.empty() || random.coin() ? random_name(random) : random.one_of(d.rois).name;
  }
  return d;
}

std::string text(const std::vector<RoleMatch>& matches) {
  std::string out;
  for (const auto& m : matches) {
    out += m.role + "|" + (m.roi ? std::to_string(m.roi->number) + m.roi->name : "-") + "|" + english(m.how) + "|" +
           english(m.problem) + "|" + english(m.hint) + "\n";
  }
  return out;
}

constexpr int kTrials = 400;

}  // namespace

TEST_CASE("Structures match the same in whatever order they were drawn") {
  Random random(1);
  for (int trial_number = 0; trial_number < kTrials; ++trial_number) {
    Drawing d = random_drawing(random);
    const std::string before = text(match_structures(trial(), d.rois, d.pins));
    random.shuffle(d.rois);
    REQUIRE(text(match_structures(trial(), d.rois, d.pins)) == before);
  }
}

TEST_CASE("A role has an ROI and how it was found, or a problem and a hint, never both, and no ROI serves twice") {
  Random random(2);
  int matched = 0, refused = 0;
  for (int trial_number = 0; trial_number < kTrials; ++trial_number) {
    const Drawing d = random_drawing(random);
    std::set<std::int32_t> used;
    for (const auto& m : match_structures(trial(), d.rois, d.pins)) {
      CAPTURE(m.role, english(m.how), english(m.problem), english(m.hint));
      if (m.roi) {
        ++matched;
        CHECK_FALSE(m.how.empty());
        CHECK(m.problem.empty());
        REQUIRE(used.insert(m.roi->number).second);
        REQUIRE(m.roi->name == d.rois[static_cast<std::size_t>(m.roi->number) - 1].name);
      } else {
        ++refused;
        CHECK(m.how.empty());
        const bool computed = trial().find_role(m.role)->derived.has_value();
        REQUIRE((computed || !m.problem.empty()));
        REQUIRE(m.problem.empty() == m.hint.empty());
      }
    }
  }
  CHECK(matched > kTrials);
  CHECK(refused > kTrials);
}

TEST_CASE("A second ROI of the same name takes a match away and never makes one") {
  Random random(3);
  int taken = 0;
  for (int trial_number = 0; trial_number < kTrials; ++trial_number) {
    Drawing d = random_drawing(random);
    const auto before = match_structures(trial(), d.rois, d.pins);
    for (const auto& m : before) {
      if (!m.roi) continue;
      auto rois = d.rois;
      rois.push_back({1000, m.roi->name});
      for (const auto& after : match_structures(trial(), rois, d.pins)) {
        if (after.role != m.role) continue;
        CAPTURE(m.roi->name);
        REQUIRE_FALSE(after.roi);
        REQUIRE(english(after.problem).find("(ROI 1000)") != std::string::npos);
        ++taken;
      }
    }
  }
  CHECK(taken > kTrials);
}

TEST_CASE("A structure that has nothing to do with the protocol changes no match") {
  Random random(4);
  for (int trial_number = 0; trial_number < kTrials; ++trial_number) {
    Drawing d = random_drawing(random);
    const std::string before = text(match_structures(trial(), d.rois, d.pins));
    d.rois.push_back({500, "Couch_Interior_Foam"});
    REQUIRE(text(match_structures(trial(), d.rois, d.pins)) == before);
  }
}

TEST_CASE("Folding is idempotent on any bytes, and never makes a name longer") {
  Random random(5);
  for (int trial_number = 0; trial_number < 20'000; ++trial_number) {
    std::string name;
    const std::size_t length = random.below(24);
    for (std::size_t i = 0; i < length; ++i) {
      static const std::string kLikely = "aZ_- .09GTVgtv\xC3\x84\xC5\x81\xE5\xB7\xA6";
      name += random.coin() ? kLikely[random.below(kLikely.size())] : static_cast<char>(random.below(256));
    }
    const std::string once = fold_name(name);
    REQUIRE(fold_name(once) == once);
    REQUIRE(once.size() <= name.size());
  }
}

}  // namespace dosegate
