// What the schema writes, read by the engine; DVH reports, read by the schema.
#include <catch2/catch.hpp>
#include <set>

#include "core/checker.h"
#include "core/plan/options.h"
#include "core/plan/plan.h"
#include "core/protocol/protocol.h"
#include "core/protocols/load.h"
#include "core/report/report.h"
#include "core/rules/dose_metric/dose_metric.h"
#include "core/rules/kinds.h"
#include "dosegate/v1/dvh.pb.h"
#include "dosegate/v1/options.pb.h"
#include "dosegate/v1/plan.pb.h"
#include "dosegate/v1/protocol.pb.h"
#include "dosegate/v1/report.pb.h"
#include "tests/proto/strict.h"

namespace dosegate {
namespace {

using proto_test::parse;
using proto_test::print;

Protocol default_protocol() {
  auto loaded = load_protocol(builtin_protocols().front().json);
  REQUIRE(loaded);
  return *loaded;
}

}  // namespace

TEST_CASE("Every built-in protocol is a Protocol of the schema, and the engine loads the schema's own print of it") {
  REQUIRE_FALSE(builtin_protocols().empty());
  for (const auto& builtin : builtin_protocols()) {
    const auto message = parse<v1::Protocol>(builtin.json);
    CHECK(message.schema() == "dosegate.v1.Protocol");
    CHECK(message.id() == builtin.id);
    const auto original = load_protocol(builtin.json);
    const auto printed = load_protocol(print(message));
    REQUIRE(original);
    INFO((printed ? "" : printed.error().path + ": " + printed.error().message));
    REQUIRE(printed);
    CHECK(static_cast<int>(original->rules.size()) == message.rules_size());
    CHECK(static_cast<int>(original->roles.size()) == message.roles_size());
    REQUIRE(printed->rules.size() == original->rules.size());
    for (std::size_t i = 0; i < original->rules.size(); ++i) {
      CHECK(printed->rules[i].id == original->rules[i].id);
      CHECK(printed->rules[i].mandatory == original->rules[i].mandatory);
      CHECK(printed->rules[i].kind->member() == original->rules[i].kind->member());
      const auto* a = original->rules[i].as<DoseMetricRule>();
      const auto* b = printed->rules[i].as<DoseMetricRule>();
      if (a == nullptr || b == nullptr) continue;
      CHECK(a->structure == b->structure);
      CHECK(a->strictly_above == b->strictly_above);
      CHECK(a->percent_of == b->percent_of);
      REQUIRE(a->limit.has_value() == b->limit.has_value());
      if (a->limit) {
        CHECK(a->limit->comparator == b->limit->comparator);
        CHECK(a->limit->value == b->limit->value);
        CHECK(a->limit->warning_within == b->limit->warning_within);
      }
    }
  }
}

TEST_CASE("A plan printed by the schema is the plan that the engine reads") {
  v1::Plan plan;
  plan.set_sop_instance_uid("1.2.3");
  plan.set_label("Leber \"1\"");
  plan.set_name("n");
  plan.set_approval_status("APPROVED");
  plan.set_intent("CURATIVE");
  plan.set_modality("RTPLAN");
  auto* reference = plan.add_dose_references();
  reference->set_number(1);
  reference->set_structure_type("VOLUME");
  reference->set_type("TARGET");
  reference->set_description("PTV");
  reference->set_roi_number(3);
  reference->set_target_prescription_dose_gy(45.0);
  plan.add_dose_references()->set_number(2);
  auto* group = plan.add_fraction_groups();
  group->set_number(1);
  group->set_fractions_planned(15);
  group->set_brachy_setups(0);
  auto* referenced = group->add_beams();
  referenced->set_beam_number(4);
  referenced->set_beam_dose_gy(0.75);
  referenced->set_beam_meterset(101.5);
  auto* beam = plan.add_beams();
  beam->set_number(4);
  beam->set_name("G90");
  beam->set_type("DYNAMIC");
  beam->set_radiation_type("PHOTON");
  beam->set_delivery_type("TREATMENT");
  beam->set_control_points(12);

  const auto read = load_plan(print(plan));
  INFO((read ? "" : read.error().path + ": " + read.error().message));
  REQUIRE(read);
  CHECK(read->label == "Leber \"1\"");
  CHECK(read->approval_status == "APPROVED");
  CHECK(read->intent == "CURATIVE");
  REQUIRE(read->dose_references.size() == 2);
  CHECK(read->dose_references[0].roi_number == 3);
  CHECK(read->dose_references[0].target_prescription_dose == Dose::gy(45.0));
  CHECK_FALSE(read->dose_references[1].target_prescription_dose);
  CHECK_FALSE(read->dose_references[1].roi_number);
  REQUIRE(read->fraction_groups.size() == 1);
  CHECK(read->fraction_groups[0].fractions_planned == 15);
  REQUIRE(read->fraction_groups[0].beams.size() == 1);
  CHECK(read->fraction_groups[0].beams[0].beam_dose == Dose::gy(0.75));
  CHECK(read->fraction_groups[0].beams[0].beam_meterset == 101.5);
  REQUIRE(read->beams.size() == 1);
  CHECK(read->beams[0].control_points == 12);
  REQUIRE(load_plan(print(v1::Plan())));
}

TEST_CASE("Case options printed by the schema are the options that the engine reads") {
  v1::CaseOptions options;
  (*options.mutable_structure_map())["Stomach"] = "Magen";
  options.set_dose_meaning(v1::CaseOptions::FRACTION);
  options.set_outside_grid(v1::CaseOptions::ZERO);
  auto* input = options.add_inputs();
  input->set_role("RTDOSE");
  input->set_sop_instance_uid("1.2");
  input->set_sha256(std::string(64, '0'));
  options.add_notes("note");
  v1::Sentence& said = *options.add_note_sentences()->add_sentences();
  said.set_id("SkippedCopy");
  for (const char* file : {"2.dcm", "1.dcm"}) said.add_arguments()->set_text(file);
  options.add_separate_pieces("GTV");
  auto* stated = options.add_prescriptions();
  stated->set_role("PTV");
  stated->set_total_dose_gy(45.0);
  const auto read = load_case_options(print(options));
  INFO((read ? "" : read.error().path + ": " + read.error().message));
  REQUIRE(read);
  CHECK(read->structure_map.at("Stomach") == "Magen");
  REQUIRE(read->prescriptions.size() == 1);
  CHECK(read->prescriptions.at("PTV") == Dose::gy(45.0));
  CHECK(read->dose_meaning == DoseMeaning::kFraction);
  CHECK(read->outside_grid == OutsideGrid::kZero);
  REQUIRE(read->inputs.size() == 1);
  CHECK(read->inputs[0].sha256 == std::string(64, '0'));
  CHECK(read->notes == std::vector<Prose>{"note", say<Said::kSkippedCopy>("2.dcm", "1.dcm")});
  CHECK(read->separate_pieces == std::vector<std::string>{"GTV"});

  CHECK_FALSE(read->between_slices);

  options.set_dose_meaning(v1::CaseOptions::COURSE);
  options.set_outside_grid(v1::CaseOptions::REFUSE);
  const auto other = load_case_options(print(options));
  REQUIRE(other);
  CHECK(other->dose_meaning == DoseMeaning::kCourse);
  CHECK(other->outside_grid == OutsideGrid::kRefuse);
  const auto none = load_case_options(print(v1::CaseOptions()));
  REQUIRE(none);
  CHECK(none->dose_meaning == DoseMeaning::kAsTagged);
}

TEST_CASE("How contours become solids is told by options and protocol, and told back by report and DVH report") {
  for (const auto& [model, expected] : {std::pair(BetweenSlices::kSlab, v1::BetweenSlices::SLAB),
                                        std::pair(BetweenSlices::kInterpolate, v1::BetweenSlices::INTERPOLATE)}) {
    v1::CaseOptions options;
    options.set_between_slices(expected);
    const auto read = load_case_options(print(options));
    REQUIRE(read);
    CHECK(read->between_slices == model);

    auto message = parse<v1::Protocol>(builtin_protocols().front().json);
    message.set_between_slices(expected);
    const auto protocol = load_protocol(print(message));
    REQUIRE(protocol);
    CHECK(protocol->between_slices == model);

    const auto by_protocol = check(Case{}, *protocol);
    REQUIRE(by_protocol);
    CHECK(parse<v1::Report>(to_json(*by_protocol)).between_slices() == expected);
    Case c;
    c.options = *read;
    const auto by_options = check(c, default_protocol());
    REQUIRE(by_options);
    CHECK(parse<v1::Report>(to_json(*by_options)).between_slices() == expected);
    const auto dvh = dvh_json(c, DvhRequest{});
    REQUIRE(dvh);
    CHECK(parse<v1::DvhReport>(*dvh).between_slices() == expected);
  }
}

TEST_CASE("A derived role printed by the schema is the derivation that the engine reads") {
  auto message = parse<v1::Protocol>(builtin_protocols().front().json);
  bool found = false;
  for (auto& role : *message.mutable_roles()) {
    if (!role.has_derived()) continue;
    found = true;
    role.mutable_derived()->add_plus("Stomach");
    role.mutable_derived()->add_plus("Duodenum");
    role.mutable_derived()->add_within("PTV");
    const auto protocol = load_protocol(print(message));
    INFO((protocol ? "" : protocol.error().path + ": " + protocol.error().message));
    REQUIRE(protocol);
    const Role* read = protocol->find_role(role.id());
    REQUIRE(read != nullptr);
    REQUIRE(read->derived);
    CHECK(read->derived->base == role.derived().base());
    CHECK(read->derived->plus == std::vector<std::string>{"Stomach", "Duodenum"});
    CHECK(read->derived->within == std::vector<std::string>{"PTV"});
    CHECK(read->derived->minus ==
          std::vector<std::string>(role.derived().minus().begin(), role.derived().minus().end()));
    break;
  }
  CHECK(found);
}

TEST_CASE("The kinds of rule that the engine reads are those of the schema's Rule") {
  std::set<std::string> of_schema, of_engine;
  const auto* kinds = v1::Rule::descriptor()->FindOneofByName("kind");
  REQUIRE(kinds != nullptr);
  for (int i = 0; i < kinds->field_count(); ++i) of_schema.insert(kinds->field(i)->json_name());
  for (const KindEntry& kind : rule_kinds()) of_engine.emplace(kind.member);
  CHECK(of_engine == of_schema);
  CHECK(of_engine.size() == rule_kinds().size());
}

TEST_CASE("A DVH request printed by the schema is read, and its report is a DvhReport") {
  Case c;
  Structure box;
  box.roi_number = 5;
  box.name = "Box";
  box.frame_of_reference_uid = "1.2.3";
  for (const double z : {0.0, 2.0, 4.0}) {
    box.contours.push_back({ContourType::kClosedPlanar, {{0, 0, z}, {10, 0, z}, {10, 10, z}, {0, 10, z}}});
  }
  c.course.structures()[5] = box;
  v1::DvhRequest request;
  request.add_metrics("D95%[Gy]");
  request.add_metrics("Max[Gy]");
  request.set_curve(true);
  request.set_prescription_gy(45.0);
  const auto read = load_dvh_request(print(request));
  INFO((read ? "" : read.error().path + ": " + read.error().message));
  REQUIRE(read);
  CHECK(read->curve);
  CHECK(read->metrics.size() == 2);
  CHECK(read->prescription == Dose::gy(45.0));

  const auto without_dose = dvh_json(c, *read);
  REQUIRE(without_dose);
  const auto bare = parse<v1::DvhReport>(*without_dose);
  REQUIRE(bare.rois_size() == 1);
  CHECK(bare.rois(0).name() == "Box");

  std::vector<float> values(5 * 5 * 5, 2.0F);
  const std::vector<double> offsets = {0, 5, 10, 15, 20};
  DoseDescription d;
  d.values = values.data();
  d.value_count = values.size();
  d.columns = d.rows = d.planes = 5;
  d.position_mm = {-5, -5, -5};
  d.row_spacing_mm = d.column_spacing_mm = 5.0;
  d.plane_offsets_mm = offsets.data();
  d.frame_of_reference_uid = "1.2.3";
  auto dose = DoseGrid::make(d);
  REQUIRE(dose);
  c.course.set_dose(*dose);
  const auto json = dvh_json(c, *read);
  REQUIRE(json);
  const auto report = parse<v1::DvhReport>(*json);
  REQUIRE(report.rois_size() == 1);
  const auto& roi = report.rois(0);
  CHECK(roi.roi_number() == 5);
  CHECK(roi.volume_cc() == Approx(0.6));  // 10 mm x 10 mm x three slabs of 2 mm
  REQUIRE(roi.metrics_size() == 2);
  for (const auto& metric : roi.metrics()) {
    INFO(metric.metric() << ": " << metric.problem());
    CHECK(metric.has_value());
    CHECK(metric.value() == Approx(2.0));
    CHECK(metric.unit() == "Gy");
  }
  REQUIRE(roi.curve().volume_cc_size() > 0);
  CHECK(roi.curve().bin_gy() == 0.1);
  CHECK(roi.curve().volume_cc(0) == Approx(0.6));
}

}  // namespace dosegate
