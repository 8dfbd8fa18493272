#include "core/plan/options.h"

#include <catch2/catch.hpp>
#include <string>

#include "core/checker.h"

namespace dosegate {
namespace {

TEST_CASE("Empty case options are the cautious defaults", "[options]") {
  const auto options = load_case_options("{}");
  REQUIRE(options);
  CHECK(options->dose_meaning == DoseMeaning::kAsTagged);
  CHECK(options->outside_grid == OutsideGrid::kRefuse);
  CHECK(options->structure_map.empty());
}

TEST_CASE("Case options carry pins, dose meaning, inputs and notes", "[options]") {
  const std::string hash(64, 'a');
  const auto options = load_case_options(
      R"({"structureMap": {"Stomach": "Magen", "Liver": "肝"}, "doseMeaning": "FRACTION", "outsideGrid": 2,
          "inputs": [{"role": "RTPLAN", "sopInstanceUid": "1.2", "sha256": ")" +
      hash + R"("}], "notes": ["one", "two"]})");
  REQUIRE(options);
  CHECK(options->structure_map.at("Stomach") == "Magen");
  CHECK(options->structure_map.at("Liver") == "\u809D");
  CHECK(options->dose_meaning == DoseMeaning::kFraction);
  CHECK(options->outside_grid == OutsideGrid::kZero);
  REQUIRE(options->inputs.size() == 1);
  CHECK(options->inputs[0].sha256 == hash);
  CHECK(options->notes == std::vector<Prose>{"one", "two"});
}

TEST_CASE("Notes come as sentences, too, behind those that are text", "[options]") {
  const auto options = load_case_options(R"({"noteSentences": [
      {"sentences": [{"id": "SkippedForeign", "arguments": [{"count": "2"},
        {"list": {"join": "COMMA", "items": [{"text": "a"}, {"text": "b"}], "more": "3"}}]}]},
      {"sentences": [{"id": "DosesOfOtherPlans", "arguments": [{"count": 1}, {"text": "RD"}]},
                     {"id": "ReferToPlans", "arguments": [{"count": 1}, {"text": "1.2"}]}]},
      {"sentences": [{"id": "AsThickAsSlice", "arguments": [{"text": "{name}"}, {"number": 2.5, "decimals": 2, "unit": "mm"}]}]},
      {"sentences": [{"id": "InTheRecord", "arguments": [{"sentences": {"sentences": [{"id": "FirstInfusionOn",
        "arguments": [{"day": "2026-11-23"}]}]}}]}]}
    ], "notes": ["one"]})");
  REQUIRE(options);
  std::vector<std::string> notes;
  for (const Prose& note : options->notes) notes.push_back(english(note));
  CHECK(notes == std::vector<std::string>{
                     "one", "2 files that are not DICOM were skipped: a, b and 3 more.",
                     "A dose that does not refer to the plan was not used: RD. What is referred to is plan 1.2.",
                     "'{name}' is drawn on a single plane; it was taken to be as thick as its slice, 2.5 mm.",
                     "In the clinical record: the first infusion on Mon 2026-11-23"});
}

TEST_CASE("A note that is no sentence of the library is refused, with its path", "[options]") {
  const auto path = [](const std::string& sentence) {
    INFO(sentence);
    const auto options = load_case_options(R"({"noteSentences": [{"sentences": [)" + sentence + "]}]}");
    REQUIRE_FALSE(options);
    return options.error().path;
  };
  const std::string at = "$.noteSentences[0].sentences[0]";
  CHECK(path(R"({"id": "SaidByTheNextVersion"})") == at + ".id");
  CHECK(path(R"({})") == at + ".id");
  CHECK(path(R"({"id": "NoneOfPlans", "arguments": [{"text": "a"}]})") == at + ".arguments");
  CHECK(path(R"({"id": "SkippedFile"})") == at + ".arguments");
  CHECK(path(R"({"id": "NoneOfPlans", "said": 1})") == at + ".said");
  // A form of number depends on the first.
  CHECK(path(R"({"id": "ContoursWithoutPoints", "arguments": [{"text": "2"}, {"text": "a"}]})") == at + ".arguments");
  const auto of = [&](const std::string& argument) {
    return path(R"({"id": "SkippedFile", "arguments": [)" + argument + "]}");
  };
  CHECK(of("{}") == at + ".arguments[0]");
  CHECK(of(R"({"text": "a", "count": 1})") == at + ".arguments[0]");
  CHECK(of(R"({"count": 1.5})") == at + ".arguments[0].count");
  CHECK(of(R"({"day": "2026-02-30"})") == at + ".arguments[0].day");
  CHECK(of(R"({"number": 1, "decimals": 21})") == at + ".arguments[0].decimals");
  CHECK(of(R"({"list": {"items": [{"text": "a"}]}})") == at + ".arguments[0].list.join");
  CHECK(of(R"({"list": {"join": "AND", "items": [{"text": "a"}], "more": -1}})") == at + ".arguments[0].list.more");
  CHECK(of(R"({"sentences": {"sentences": [{"id": "No"}]}})") == at + ".arguments[0].sentences.sentences[0].id");
}

TEST_CASE("What is wrong with case options is said with its path", "[options]") {
  const auto path = [](const std::string& json) {
    INFO(json);
    const auto options = load_case_options(json);
    REQUIRE_FALSE(options);
    return options.error().path;
  };
  CHECK(path(R"({"doseMeaning": "PLAN"})") == "$.doseMeaning");
  CHECK(path(R"({"doseMeaning": 3})") == "$.doseMeaning");
  CHECK(path(R"({"structureMap": {"Stomach": 1}})") == "$.structureMap.Stomach");
  CHECK(path(R"({"structureMap": {"Stomach": "a", "Stomach": "b"}})") == "$.structureMap.Stomach");
  CHECK(path(R"({"structureMap": {"Stomach": ""}})") == "$.structureMap");
  CHECK(path(R"({"inputs": [{"sha256": "ABC"}]})") == "$.inputs[0].sha256");
  CHECK(path(R"({"notes": ["a", 2]})") == "$.notes[1]");
  CHECK(path(R"({"prescriptions": [{"role": "PTV"}]})") == "$.prescriptions[0].totalDoseGy");
  CHECK(path(R"({"prescriptions": [{"role": "PTV", "totalDoseGy": 0}]})") == "$.prescriptions[0].totalDoseGy");
  CHECK(path(R"({"prescriptions": [{"totalDoseGy": 45}, {"totalDoseGy": 50}]})") == "$.prescriptions[1].role");
  CHECK(load_case_options(std::string((1u << 20) + 1, ' ')).error().code == ErrorCode::kLimitExceeded);
}

TEST_CASE("A DVH request without metrics asks for the default set", "[dvh-request]") {
  const auto request = load_dvh_request("{}");
  REQUIRE(request);
  REQUIRE(request->metrics.size() == 8);
  CHECK(request->metrics.front().text == "Min[Gy]");
  CHECK(request->metrics.back().text == "D0.03cc[Gy]");
  CHECK(request->rois.empty());
  CHECK_FALSE(request->curve);
  CHECK_FALSE(request->prescription);
}

TEST_CASE("A DVH request is read, and a wrong metric is pointed at", "[dvh-request]") {
  const auto request =
      load_dvh_request(R"({"rois":["PTV"],"metrics":["Dmax","V95%[%]"],"curve":true,"prescriptionGy":45})");
  REQUIRE(request);
  CHECK(request->rois == std::vector<std::string>{"PTV"});
  CHECK(request->metrics.at(0).text == "Max[Gy]");
  CHECK(request->curve);
  CHECK(request->prescription->in_gy() == 45.0);

  const auto wrong = load_dvh_request(R"({"metrics":["Max[Gy]","V20[%]"]})");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().path == "$.metrics[1]");
  CHECK_THAT(wrong.error().message, Catch::Contains("write V20Gy[%]"));
  CHECK_FALSE(load_dvh_request(R"({"prescriptionGy":0})"));
  CHECK_FALSE(load_dvh_request(R"({"curve":"true"})"));
}

}  // namespace
}  // namespace dosegate
