#include "core/metric/metric.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <string>

#include "core/metric/suggest.h"

namespace dosegate {
namespace {

bool same(const Metric& a, const Metric& b) {
  return a.kind == b.kind && a.dose_level == b.dose_level && a.volume_level == b.volume_level && a.unit == b.unit &&
         a.text == b.text;
}

Metric parsed(const std::string& text) {
  INFO(text);
  const auto metric = parse_metric(text);
  if (!metric) FAIL(metric.error().message);
  return *metric;
}

std::string refusal(const std::string& text) {
  INFO(text);
  const auto metric = parse_metric(text);
  REQUIRE_FALSE(metric);
  return metric.error().message;
}

TEST_CASE("V metrics keep dose level, kind of dose and unit of the result", "[metric]") {
  const Metric gy = parsed("V20Gy[%]");
  CHECK(gy.kind == MetricKind::kV);
  CHECK(std::get<Dose>(gy.dose_level).in_gy() == 20.0);
  CHECK(gy.unit == MetricUnit::kPercentOfVolume);
  CHECK(gy.yields_volume());
  CHECK_FALSE(gy.needs_prescription());

  const Metric cgy = parsed("CV2000cGy[cc]");
  CHECK(cgy.kind == MetricKind::kCV);
  CHECK(std::get<Dose>(cgy.dose_level).in_gy() == Approx(20.0));
  CHECK(cgy.unit == MetricUnit::kCc);

  const Metric percent = parsed("V95%[%]");
  CHECK(std::get<PercentOfPrescription>(percent.dose_level).in_percent() == 95.0);
  CHECK(percent.unit == MetricUnit::kPercentOfVolume);
  CHECK(percent.needs_prescription());
}

TEST_CASE("D metrics keep volume level and unit of the result", "[metric]") {
  const Metric cc = parsed("D0.03cc[Gy]");
  CHECK(cc.kind == MetricKind::kD);
  CHECK(std::get<Volume>(cc.volume_level).in_cc() == 0.03);
  CHECK(cc.unit == MetricUnit::kGy);
  CHECK_FALSE(cc.yields_volume());

  const Metric percent = parsed("DC5%[%]");
  CHECK(percent.kind == MetricKind::kDC);
  CHECK(std::get<PercentOfVolume>(percent.volume_level).in_percent() == 5.0);
  CHECK(percent.unit == MetricUnit::kPercentOfPrescription);
  CHECK(percent.needs_prescription());
}

TEST_CASE("Statistics and the input aliases give the canonical text", "[metric]") {
  CHECK(parsed("Min[Gy]").kind == MetricKind::kMin);
  CHECK(parsed("Max[cGy]").unit == MetricUnit::kCgy);
  CHECK(parsed("Mean[%]").unit == MetricUnit::kPercentOfPrescription);
  CHECK(parsed("Dmax").text == "Max[Gy]");
  CHECK(parsed("Dmin[cGy]").text == "Min[cGy]");
  CHECK(parsed("Dmean[Gy]").text == "Mean[Gy]");
  CHECK(parsed("Dmean[Gy]").kind == MetricKind::kMean);
}

TEST_CASE("Numbers are written in one way", "[metric]") {
  CHECK(parsed("V020.50Gy[%]").text == "V20.5Gy[%]");
  CHECK(parsed("D2.000%[Gy]").text == "D2%[Gy]");
  CHECK(parsed("D0.000000001cc[Gy]").text == "D0.000000001cc[Gy]");
  CHECK(parsed("V100000Gy[cc]").text == "V100000Gy[cc]");
}

TEST_CASE("An error points at the first wrong character and suggests the mend", "[metric]") {
  CHECK(refusal("V20[%]") == "\"V20[%]\": dose unit missing after 20 at character 4; write V20Gy[%]");
  CHECK(refusal("D95[Gy]") == "\"D95[Gy]\": volume unit missing after 95 at character 4; write D95%[Gy] or D95cc[Gy]");
  CHECK(refusal("v20Gy[%]") ==
        "\"v20Gy[%]\": a metric begins with V, CV, D, DC, Min, Max or Mean; found \"v20Gy\" at character 1; write "
        "V20Gy[%]");
  CHECK(refusal("V20Gy") ==
        "\"V20Gy\": the unit of the result is missing: [%] or [cc] at character 6; write V20Gy[%] or V20Gy[cc]");
  CHECK(refusal("V20gy[%]") ==
        "\"V20gy[%]\": the dose unit must be Gy, cGy or %; found \"gy\" at character 4; write V20Gy[%]");
  CHECK(refusal("D0.03cm3[Gy]") ==
        "\"D0.03cm3[Gy]\": the volume unit must be cc or %; found \"cm3\" at character 6; write D0.03cc[Gy]");
  CHECK(refusal("V20Gy[%]x") ==
        "\"V20Gy[%]x\": nothing may follow \"V20Gy[%]\"; found \"x\" at character 9; write "
        "V20Gy[%]");
  CHECK(refusal("V20 Gy[%]") ==
        "\"V20 Gy[%]\": the dose unit must be Gy, cGy or %; found \" \" at character 4; write V20Gy[%]");
  CHECK(refusal("V20Gy[Gy]") ==
        "\"V20Gy[Gy]\": V is a volume: the unit of the result must be [%] or [cc]; found "
        "\"Gy\" at character 7; write V20Gy[%] or V20Gy[cc]");
  CHECK(refusal("D20Gy[%]") ==
        "\"D20Gy[%]\": the volume unit must be cc or %; found \"Gy\" at character 4; write V20Gy[%]");
}

TEST_CASE("Characters are counted, not bytes", "[metric]") {
  // A full-width percent sign has three bytes.
  CHECK_THAT(refusal("V95\xEF\xBC\x85[%]"), Catch::Contains("at character 4; write V95%[%]"));
  CHECK_THAT(refusal("D2cm\xC2\xB3[Gy]"), Catch::Contains("write D2cc[Gy]"));
}

TEST_CASE("No suggestion changes a unit or what is measured, and what is not supported is said to be so", "[metric]") {
  struct Row {
    const char *text, *said;
  };
  const Row rows[] = {
      {"D2cm[%]", "at a distance from a structure is not supported"},
      {"D10mm[Gy]", "at a distance"},
      {"D7mm3[Gy]", "1 cc is 1000 mm3"},
      {"V20Gy[mm^3]", "1 cc is 1000 mm3"},
      {"V20Gy[l]", "1 l is 1000 cc"},
      {"Max[CGE]", "weighted by biological effect is not supported"},
      {"Dmax[cGyE]", "weighted by biological effect"},
      {"V19GyRBE[%]", "weighted by biological effect"},
      {"V19Gy(RBE)[%]", "weighted by biological effect"},
      {"D2%[Gy(RBE)]", "weighted by biological effect"},
      {"Mean[Sv]", "weighted by biological effect"},
      {"V60EQD2[%]", "EQD2, BED) is not supported"},
      {"D0.1cc[Gy3]", "EQD2, BED) is not supported"},
      {"Max[mGy]", "1 Gy is 1000 mGy"},
      {"V2000rad[%]", "100 rad"},
      {"gEUD[Gy]", "an index or a modelled effect is not supported"},
      {"CI[1]", "an index"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const std::string said = refusal(row.text);
    INFO(said);
    CHECK(said.find(row.said) != std::string::npos);
    CHECK(said.find("; write ") != std::string::npos);
    CHECK(suggest_metrics(row.text).empty());
  }
  // Of a unit that nobody knows nothing is guessed, but for the form of a metric.
  for (const char* text : {"D7qq[Gy]", "V20Gy[pint]", "Max[hen]", "D2%[Gx]", "V20q[%]"}) {
    INFO(text);
    CHECK(suggest_metrics(text).empty());
    CHECK_THAT(refusal(text), Catch::Contains("write for example"));
  }
  // The same unit in another spelling stays itself.
  CHECK(suggest_metrics("V20gray[ml]") == std::vector<std::string>{"V20Gy[cc]"});
  CHECK(suggest_metrics("Dmean[percent]") == std::vector<std::string>{"Mean[%]"});
}

TEST_CASE("What cannot be meant is refused", "[metric]") {
  CHECK_THAT(refusal(""), Catch::Contains("found the end"));
  CHECK_THAT(refusal("D101%[Gy]"), Catch::Contains("cannot exceed 100"));
  CHECK_THAT(refusal("D0%[Gy]"), Catch::Contains("write Max[Gy]"));
  CHECK_THAT(refusal("DC0.0cc[Gy]"), Catch::Contains("write Min[Gy]"));
  CHECK_THAT(refusal("V-5Gy[%]"), Catch::Contains("a number must follow V; found \"-\" at character 2"));
  CHECK_THAT(refusal("V1e3Gy[%]"), Catch::Contains("at character 3"));
  CHECK_THAT(refusal("V5.Gy[%]"), Catch::Contains("a digit must follow the decimal point"));
  CHECK_THAT(refusal("V1234567890Gy[%]"), Catch::Contains("too long"));
  CHECK_THAT(refusal("Vinf[%]"), Catch::Contains("at character 1"));
  CHECK_THAT(refusal("Median[Gy]"), Catch::Contains("for example V20Gy[%]"));
  CHECK_THAT(refusal("Dmax[%]"), Catch::Contains("write Max[%]"));
  CHECK_THAT(refusal("max"), Catch::Contains("write Max[Gy]"));
  CHECK_THAT(refusal(std::string(65, 'V')), Catch::Contains("65 bytes"));
  CHECK_THAT(refusal(std::string("V20Gy[%]\0", 9)), Catch::Contains("nothing may follow"));
  CHECK_THAT(refusal("V20Gy[%"), Catch::Contains("] expected; found the end at character 8"));
}

TEST_CASE("Whatever parses is unchanged by writing it and reading it again", "[metric][property]") {
  std::mt19937 random(20240711);
  const auto pick = [&](auto... choices) {
    const char* all[] = {choices...};
    return std::string(all[random() % sizeof...(choices)]);
  };
  int parsed_count = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string number = std::to_string(random() % 200);
    if (random() % 2 == 0) number += "." + std::to_string(random() % 1000);
    const bool volume = random() % 2 == 0;
    const std::string text = volume ? pick("V", "CV") + number + pick("Gy", "cGy", "%") + pick("[cc]", "[%]")
                                    : pick("D", "DC") + number + pick("cc", "%") + pick("[Gy]", "[cGy]", "[%]");
    const auto first = parse_metric(text);
    if (!first) continue;
    ++parsed_count;
    const auto second = parse_metric(first->text);
    REQUIRE(second);
    REQUIRE(same(*first, *second));
    REQUIRE(first->text.size() <= text.size());
  }
  CHECK(parsed_count > 10000);
}

TEST_CASE("No text crashes the parser, and every refusal explains itself", "[metric][property]") {
  std::mt19937 random(7);
  const std::string pieces[] = {"V",    "CV", "D",   "DC",   "Min",          "Max",  "Mean",      "Dmax", "20",
                                "0.03", ".",  "Gy",  "cGy",  "cc",           "%",    "[",         "]",    " ",
                                "-",    "e9", "nan", "\xC3", "\xEF\xBC\x85", "\xFF", "9999999999"};
  for (int i = 0; i < 50000; ++i) {
    std::string text;
    for (std::size_t n = random() % 8; n > 0; --n) text += pieces[random() % std::size(pieces)];
    if (random() % 4 == 0 && !text.empty()) text[random() % text.size()] = static_cast<char>(random() % 256);
    const auto metric = parse_metric(text);
    if (metric) {
      const auto again = parse_metric(metric->text);
      REQUIRE(again);
      REQUIRE(same(*metric, *again));
    } else {
      REQUIRE(metric.error().message.find("; write ") != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace dosegate
