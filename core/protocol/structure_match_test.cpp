#include "core/protocol/structure_match.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "core/protocol/structure_name.h"

namespace dosegate {

namespace {

Role role(std::string id, Laterality laterality, std::vector<std::string> aliases) {
  Role r;
  r.id = std::move(id);
  r.laterality = laterality;
  r.aliases = std::move(aliases);
  return r;
}

Protocol trial() {
  Protocol p;
  p.roles = {role("Liver", Laterality::kNone, {"Leber", "Foie", "肝"}),
             role("GTV", Laterality::kNone, {}),
             role("Stomach", Laterality::kNone, {"Magen", "Estómago", "胃"}),
             role("SpinalCord", Laterality::kNone, {"Myelon", "Rückenmark", "spinal canal"}),
             role("Bowel_Large", Laterality::kNone, {"Colon"}),
             role("Kidney_L", Laterality::kLeft, {"Niere_L", "左肾"}),
             role("Kidney_R", Laterality::kRight, {"Niere_R", "右肾"})};
  Role normal_liver = role("NormalLiver", Laterality::kNone, {});
  normal_liver.derived = Derivation{"Liver", {"GTV"}, {"Liver-GTV", "Leber-GTV"}, {}, {}, {}, {}};
  p.roles.insert(p.roles.begin(), normal_liver);
  return p;
}

using Pins = std::map<std::string, std::string>;

// What it says, in English.
struct Told : RoleMatch {
  std::string problem, hint;
};

std::vector<Told> told(const std::vector<RoleMatch>& matches) {
  std::vector<Told> out;
  for (const RoleMatch& m : matches) out.push_back({m, english(m.problem), english(m.hint)});
  return out;
}

std::vector<Told> match(const std::vector<std::string>& names, const Pins& pins = {}) {
  std::vector<RoiName> rois;
  for (const auto& name : names) rois.push_back({static_cast<std::int32_t>(rois.size()) + 1, name});
  return told(match_structures(trial(), rois, pins));
}

Told of(const std::vector<Told>& matches, const std::string& id) {
  for (const auto& m : matches) {
    if (m.role == id) return m;
  }
  FAIL("no entry for " << id);
  return {};
}

std::string drawn(const RoleMatch& m) { return m.roi ? m.roi->name : "(none)"; }

using Catch::Contains;

}  // namespace

TEST_CASE("Every role has one entry: those to be drawn in the protocol's order, then the computed ones") {
  std::vector<std::string> order;
  for (const auto& m : match({})) order.push_back(m.role);
  CHECK(order == std::vector<std::string>{"Liver", "GTV", "Stomach", "SpinalCord", "Bowel_Large", "Kidney_L",
                                          "Kidney_R", "NormalLiver"});
}

TEST_CASE("A name is matched by its TG-263 form, folded, reversed, by an alias, and the report says how") {
  struct Expected {
    std::string role, name, how;
  };
  const auto e = GENERATE(Expected{"Stomach", "Stomach", "TG-263 name"},
                          Expected{"Stomach", "STOMACH", "TG-263 name 'Stomach' (folded)"},
                          Expected{"SpinalCord", "spinal_cord", "TG-263 name 'SpinalCord' (folded)"},
                          Expected{"SpinalCord", "Spinal Cord", "TG-263 name 'SpinalCord' (folded)"},
                          Expected{"SpinalCord", "Spinal-Cord", "TG-263 name 'SpinalCord' (folded)"},
                          Expected{"SpinalCord", "Cord_Spinal", "reverse-order TG-263 name 'Cord_Spinal'"},
                          Expected{"Bowel_Large", "large bowel", "reverse-order TG-263 name 'Large_Bowel' (folded)"},
                          Expected{"Kidney_L", "L_Kidney", "reverse-order TG-263 name 'L_Kidney'"},
                          Expected{"Kidney_L", "kidneyL", "TG-263 name 'Kidney_L' (folded)"},
                          Expected{"Stomach", "Magen", "alias 'Magen' of the protocol"},
                          Expected{"Stomach", "magen ", "alias 'Magen' of the protocol (folded)"},
                          Expected{"Stomach", "ESTÓMAGO", "alias 'Estómago' of the protocol (folded)"},
                          Expected{"SpinalCord", "RÜCKENMARK", "alias 'Rückenmark' of the protocol (folded)"},
                          Expected{"Stomach", "胃", "alias '胃' of the protocol"},
                          Expected{"Kidney_R", "右肾", "alias '右肾' of the protocol"});
  const auto m = of(match({"Body", e.name}), e.role);
  CAPTURE(e.name, m.problem);
  REQUIRE(m.roi);
  CHECK(m.roi->name == e.name);
  CHECK(m.roi->number == 2);
  CHECK(english(m.how) == e.how);
  CHECK(m.problem.empty());
}

TEST_CASE("The side of a paired organ may be written in words, in any order") {
  const std::string left =
      GENERATE("Left Kidney", "kidney left", "Kidney-L", "KIDNEY LT", "kidney_left", "LeftKidney", "KidneyLeft",
               "Niere li", "Niere links", "linke Niere", "Kidney.L", "Kidney sinister", "肾 左", "左侧肾");
  const auto matches = match({left});
  CAPTURE(left, of(matches, "Kidney_L").problem);
  CHECK(drawn(of(matches, "Kidney_L")) == left);
  CHECK(drawn(of(matches, "Kidney_R")) == "(none)");

  const std::string right = GENERATE("Right Kidney", "KIDNEY RT", "Niere re", "rechte Niere", "Kidney-R", "肾右");
  const auto both = match({left, right});
  CAPTURE(right, of(both, "Kidney_R").problem);
  CHECK(drawn(of(both, "Kidney_L")) == left);
  CHECK(drawn(of(both, "Kidney_R")) == right);
}

TEST_CASE("The side's word is named in the report") {
  CHECK(english(of(match({"Kidney Left"}), "Kidney_L").how) ==
        "TG-263 name 'Kidney_L' with its side written as 'Left'");
  CHECK(english(of(match({"Niere links"}), "Kidney_L").how) ==
        "alias 'Niere_L' of the protocol with its side written as 'links'");
}

TEST_CASE("A name that means another structure never stands for the plain organ") {
  const std::string name =
      GENERATE("Stomach_PRV05", "Stomach^Anna", "Stomach~", "~Stomach", "z_Stomach", "zStomach", "Stomach-PTV",
               "Stomach - PTV", "Stomach-CTV45", "PTV-Stomach", "Stomach+Bowel", "Stomach2", "SpinalCord_PRV03",
               "Kidney_L_PRV", "Kidney_L-PTV", "Kidney~_L", "Kidney_~L", "Kidneys", "Kidney", "Kidney_L+R",
               "z_Kidney_L", "Liver-GTV", "Liver_opt", "GTVp", "Kidney_L^1", "Kidney L R", "Stomach (copy)");
  for (const auto& m : match({name})) {
    CAPTURE(name, m.role);
    if (name == "Liver-GTV" && m.role == "NormalLiver") continue;
    CHECK_FALSE(m.roi);
  }
}

TEST_CASE("The exact TG-263 name decides before every other form") {
  const auto m = of(match({"Magen", "STOMACH", "Stomach"}), "Stomach");
  CHECK(drawn(m) == "Stomach");
  CHECK(english(m.how) == "TG-263 name");
  CHECK(drawn(of(match({"Magen", "STOMACH"}), "Stomach")) == "STOMACH");
}

TEST_CASE("Two candidates are never chosen between, and both are named with how to choose") {
  const auto same = of(match({"Stomach", "Liver", "Stomach"}), "Stomach");
  CHECK_FALSE(same.roi);
  CHECK(same.problem == "2 ROIs could be Stomach: 'Stomach' (ROI 1) and 'Stomach' (ROI 3)");
  CHECK_THAT(same.hint, Contains("rename"));

  const auto folded = of(match({"STOMACH", "stomach"}), "Stomach");
  CHECK_FALSE(folded.roi);
  CHECK(folded.problem == "2 ROIs could be Stomach: 'STOMACH' (ROI 1) and 'stomach' (ROI 2)");
  CHECK(folded.hint == "say which one it is: --map Stomach=\"STOMACH\" or --map Stomach=\"stomach\"");

  CHECK(of(match({"Magen", "胃", "Estómago"}), "Stomach").problem ==
        "3 ROIs could be Stomach: 'Magen' (ROI 1), '胃' (ROI 2) and 'Estómago' (ROI 3)");
  CHECK_FALSE(of(match({"L_Kidney", "Left Kidney"}), "Kidney_L").roi);
}

TEST_CASE("A structure without contours does not stand beside one that has some") {
  const auto among = [](std::vector<RoiName> rois) {
    for (const RoleMatch& m : match_structures(trial(), rois, {})) {
      if (m.role == "Stomach") return m;
    }
    return RoleMatch{};
  };
  const RoleMatch drawn = among({{1, "Stomach", true}, {2, "Stomach", false}});
  REQUIRE(drawn.roi);
  CHECK(drawn.roi->number == 2);
  CHECK(among({{1, "Magen", false}, {2, "magen", true}}).roi->number == 1);
  // It is what there is where no other is, and of two that are drawn neither is chosen.
  CHECK(among({{1, "Stomach", true}}).roi->number == 1);
  CHECK_FALSE(among({{1, "Stomach", true}, {2, "Stomach", true}}).roi);
  CHECK_FALSE(among({{1, "Stomach", false}, {2, "Stomach", false}, {3, "Stomach", true}}).roi);
}

TEST_CASE("A pin decides before every name, exactly and then folded") {
  const auto exact = of(match({"Stomach", "Magen_neu", "magen neu"}, {{"Stomach", "Magen_neu"}}), "Stomach");
  CHECK(drawn(exact) == "Magen_neu");
  CHECK(english(exact.how) == "pinned by the site");
  const auto folded = of(match({"Stomach", "Magen_neu"}, {{"Stomach", "MAGEN NEU"}}), "Stomach");
  CHECK(drawn(folded) == "Magen_neu");
  CHECK(english(folded.how) == "pinned by the site as 'MAGEN NEU' (folded)");
}

TEST_CASE("A pin that finds no ROI or two is a problem, even where a name would have matched") {
  const auto none = of(match({"Stomach", "Magen_neu"}, {{"Stomach", "Magen_neo"}}), "Stomach");
  CHECK_FALSE(none.roi);
  CHECK(none.problem == "Stomach is pinned to 'Magen_neo', but no ROI has that name");
  CHECK(none.hint == "'Magen_neu' (ROI 2) is similar and was not used; if it is meant: --map Stomach=\"Magen_neu\"");
  CHECK_FALSE(of(match({"Stomach"}, {{"Stomach", ""}}), "Stomach").roi);

  const auto two = of(match({"A", "A", "Stomach"}, {{"Stomach", "A"}}), "Stomach");
  CHECK_FALSE(two.roi);
  CHECK(two.problem == "2 ROIs could be Stomach: 'A' (ROI 1) and 'A' (ROI 2)");
}

TEST_CASE("A side that contradicts the role's is refused, pinned or not") {
  const auto pinned = of(match({"Kidney_L"}, {{"Kidney_R", "Kidney_L"}}), "Kidney_R");
  CHECK_FALSE(pinned.roi);
  CHECK(pinned.problem ==
        "'Kidney_L' (ROI 1) was found for Kidney_R (pinned by the site), but its name says left and Kidney_R is the "
        "right one");
  const auto both = of(match({"Kidneys L and R"}, {{"Kidney_R", "Kidneys L and R"}}), "Kidney_R");
  CHECK_FALSE(both.roi);
  CHECK_THAT(both.problem, Contains("left and right"));

  Protocol p;
  p.roles = {role("Kidney_L", Laterality::kLeft, {"Niere rechts"})};
  const auto alias = told(match_structures(p, {{4, "Niere rechts"}}, {}));
  CHECK_FALSE(alias.front().roi);
  CHECK_THAT(alias.front().problem, Contains("'Niere rechts' (ROI 4)") && Contains("its name says right"));
}

TEST_CASE("A second reading of 'RT' and 're' does not contradict a side that is written out") {
  CHECK(drawn(of(match({"Kidney_L RT"}, {{"Kidney_L", "Kidney_L RT"}}), "Kidney_L")) == "Kidney_L RT");
  CHECK(drawn(of(match({"Kidney_L re-plan"}, {{"Kidney_L", "Kidney_L re-plan"}}), "Kidney_L")) == "Kidney_L re-plan");
}

TEST_CASE("One ROI cannot be two structures: neither role gets it and both are named") {
  const auto matches = match({"Stomach"}, {{"Bowel_Large", "Stomach"}});
  for (const char* id : {"Stomach", "Bowel_Large"}) {
    const auto m = of(matches, id);
    CHECK_FALSE(m.roi);
    CHECK(m.problem ==
          "'Stomach' (ROI 1) would stand for 2 structures: Stomach (TG-263 name) and Bowel_Large (pinned by the site)");
  }
}

TEST_CASE("What is missing is said, and a slip of the pen is named but not used") {
  const auto m = of(match({"Mylelon", "Body"}), "SpinalCord");
  CHECK_FALSE(m.roi);
  CHECK(m.problem == "no ROI stands for SpinalCord: none has that name or one of its 3 aliases in the protocol");
  CHECK(m.hint == "'Mylelon' (ROI 1) is similar and was not used; if it is meant: --map SpinalCord=\"Mylelon\"");
  CHECK(of(match({"Body"}), "GTV").hint == "name the ROI GTV, or say which one it is: --map GTV=\"NAME\"");
  CHECK_THAT(of(match({"Kindey left"}), "Kidney_L").hint, Contains("'Kindey left'"));
  CHECK_THAT(of(match({"Stomahc", "Stomac"}), "Stomach").hint,
             Contains("'Stomahc' (ROI 1), 'Stomac' (ROI 2) are similar"));
}

TEST_CASE("The other side, a structure in use and a helper structure are not offered as near misses") {
  CHECK_THAT(of(match({"Kidney_R"}), "Kidney_L").hint, !Contains("similar"));
  CHECK_THAT(of(match({"Right Kidnee"}), "Kidney_L").hint, !Contains("similar"));
  CHECK_THAT(of(match({"zStomach", "Stomach~"}), "Stomach").hint, !Contains("similar"));
}

TEST_CASE("A computed structure needs no drawn version, a drawn one is found for the cross-check", "[VO-4]") {
  const auto none = of(match({"Liver", "GTV"}), "NormalLiver");
  CHECK_FALSE(none.roi);
  CHECK(none.problem.empty());
  const std::string name = GENERATE("Liver-GTV", "LIVER - GTV", "liver_-_gtv", "Liver–GTV", "Leber-GTV");
  const auto m = of(match({"Liver", "GTV", name}), "NormalLiver");
  CAPTURE(name);
  CHECK(drawn(m) == name);
  CHECK_THAT(english(m.how), Contains("drawn version"));
  CHECK(drawn(of(match({"Liver", "GTV", name}), "Liver")) == "Liver");
  CHECK_FALSE(of(match({"Liver GTV"}), "NormalLiver").roi);
  CHECK_THAT(of(match({"Liver-GTV", "Leber-GTV"}), "NormalLiver").problem, Contains("2 ROIs"));
}

TEST_CASE("A pin for a role that the protocol does not have is reported") {
  CHECK(unknown_pins(trial(), {{"Stomach", "Magen"}, {"Heart", "Herz"}, {"stomach", "x"}}) ==
        std::vector<std::string>{"Heart", "stomach"});
}

TEST_CASE("A hint survives the shell, and a message survives control characters") {
  const auto m = of(match({"\"Stomach\"", "'STOMACH'"}, {}), "Stomach");
  CHECK_FALSE(m.roi);
  const auto pinned = of(match({"a$(x)\"", "a$(X)\""}, {{"Stomach", "A$(x)\""}}), "Stomach");
  CHECK_THAT(pinned.hint, Contains("--map Stomach='a$(x)\"'"));
  CHECK(shown_name("a\x1B[31m\nb") == "'a?[31m?b'");
  CHECK(shown_name(std::string(100, 'x')) == "'" + std::string(64, 'x') + "...'");
}

TEST_CASE("Folding drops case and separators, keeps a minus, digits apart and every qualifier") {
  CHECK(fold_name("Spinal_Cord") == "spinalcord");
  CHECK(fold_name(" Ösophagus.ŠÝ ") == "ösophagusšý");
  CHECK(fold_name("ŻÓŁĆ") == "żółć");
  CHECK(fold_name("Liver-GTV") == "liver-gtv");
  CHECK(fold_name("Kidney-L") == "kidneyl");
  CHECK(fold_name("GTV_1.0") == "gtv1_0");
  CHECK(fold_name("GTV 10") == "gtv10");
  CHECK(fold_name("Lung~_L") == "lung~l");
  CHECK(fold_name("ＰＴＶ　４５") == "ptv45");
  CHECK(fold_name("") == "");
  CHECK(fold_name("_ -.") == "");
  CHECK(fold_name("M\xFCller") == "m\xFCller");
  const std::string odd = "a\xFF\xC3";
  CHECK(fold_name(odd) == odd);
}

TEST_CASE("Folding a folded name changes nothing") {
  for (const char* name : {"Liver - GTV", "Kidney_L", "GTV_1.0", "Ÿ", "İ", "ﬀ", "A\xC3", "a--b", "左肾"}) {
    CHECK(fold_name(fold_name(name)) == fold_name(name));
  }
}

TEST_CASE("The reverse order is that of TG-263") {
  CHECK(reverse_order("Kidney_L") == "L_Kidney");
  CHECK(reverse_order("Bowel_Large") == "Large_Bowel");
  CHECK(reverse_order("SpinalCord") == "Cord_Spinal");
  CHECK(reverse_order("Lobe_Temporal_L") == "L_Temporal_Lobe");
  CHECK_FALSE(reverse_order("Stomach"));
  CHECK_FALSE(reverse_order("GTVp"));
  CHECK_FALSE(reverse_order("Liver-GTV"));
  CHECK_FALSE(reverse_order("Lung~_L"));
}

TEST_CASE("Names that are long, empty or full of separators are answered at once") {
  const std::string hyphens(1'000'000, '-');
  std::string minus;
  for (int i = 0; i < 100'000; ++i) minus += "-GTV";
  const auto matches = match({hyphens, minus, "", std::string(1'000'000, 'L'), "Stomach"});
  CHECK(drawn(of(matches, "Stomach")) == "Stomach");
  std::vector<std::string> many(20'000, "Stomach");
  CHECK_THAT(of(match(many), "Stomach").problem, Contains("1000 or more ROIs"));
}

TEST_CASE("An edit is an insertion, a deletion, a replacement or a swap of neighbours") {
  CHECK(edit_distance("myelon", "mylelon", 2) == 1);
  CHECK(edit_distance("stomach", "stomahc", 2) == 1);
  CHECK(edit_distance("胃", "肾", 2) == 1);
  CHECK(edit_distance("abc", "abc", 2) == 0);
  CHECK(edit_distance("", "ab", 2) == 2);
  CHECK(edit_distance("liver", "colon", 2) == 3);
}

TEST_CASE("ROIs of a name on a level behind the one that decided are others, unless pinned or another role's",
          "[match]") {
  const auto others = [](const std::vector<Told>& matches, const std::string& id) {
    std::vector<std::string> names;
    for (const RoiName& roi : of(matches, id).others) names.push_back(roi.name);
    return names;
  };
  const auto both = match({"Stomach", "magen", "Liver", "Colon"});
  CHECK(drawn(of(both, "Stomach")) == "Stomach");
  CHECK(others(both, "Stomach") == std::vector<std::string>{"magen"});
  CHECK(others(both, "Liver").empty());
  CHECK(others(match({"Stomach", "stomach"}), "Stomach") == std::vector<std::string>{"stomach"});
  CHECK(others(match({"Stomach", "Magen"}, {{"Stomach", "Stomach"}}), "Stomach").empty());
  CHECK(others(match({"Stomach", "Magen"}, {{"Liver", "Magen"}}), "Stomach").empty());
  CHECK(others(match({"Kidney_L", "Niere_L", "Niere_R"}), "Kidney_L") == std::vector<std::string>{"Niere_L"});
}

}  // namespace dosegate
