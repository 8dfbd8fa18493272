#include "adapters/cli/gamma_evidence.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "adapters/cli/documents.h"
#include "adapters/cli/gamma_doses.h"
#include "adapters/dicom/to_case.h"
#include "adapters/html/dose_field.h"

namespace dosegate::cli {
namespace {

// As the rule has it: global is of the largest planned dose, `most_planned_gy` (v1::GammaRule).
v1::GammaRequest request_of(const v1::GammaRule& rule, double most_planned_gy) {
  v1::GammaRequest request;
  request.set_dose_percent(rule.dose_difference_percent());
  request.set_distance_mm(rule.distance_mm());
  request.set_cutoff_percent(rule.low_dose_cut_percent());
  if (rule.normalisation() == v1::GammaResult::LOCAL) {
    request.set_normalisation(v1::GammaNormalisation::LOCAL);
  } else {
    request.set_normalisation(v1::GammaNormalisation::DOSE);
    request.set_normalisation_gy(most_planned_gy);
  }
  return request;
}

// Of a reference whose planes are axial: that of the largest gamma, from the patient's right and front.
void take_plane(const ReadDose& reference, const std::vector<float>& map, html::GammaEvidence& out) {
  const dosegate_dose& d = reference.dose;
  constexpr double kAlong = 0.9999;
  if (std::abs(d.row_cosines[0]) < kAlong || std::abs(d.column_cosines[1]) < kAlong) return;
  std::size_t worst = map.size();
  for (std::size_t n = 0; n < map.size(); ++n) {
    if (!std::isnan(map[n]) && (worst == map.size() || map[n] > map[worst])) worst = n;
  }
  if (worst == map.size()) return;
  const std::size_t size = std::size_t{d.columns} * d.rows, start = worst / size * size;
  const auto first = place_of(reference, start), last = place_of(reference, start + size - 1);
  out.columns = d.columns;
  out.rows = d.rows;
  out.x_mm = std::min(first[0], last[0]);
  out.y_mm = std::min(first[1], last[1]);
  out.z_mm = first[2];
  out.dx_mm = d.column_spacing_mm;
  out.dy_mm = d.row_spacing_mm;
  out.plane.reserve(size);
  for (std::size_t r = 0; r < d.rows; ++r) {
    for (std::size_t c = 0; c < d.columns; ++c) {
      const std::size_t column = d.row_cosines[0] > 0.0 ? c : d.columns - 1 - c,
                        row = d.column_cosines[1] > 0.0 ? r : d.rows - 1 - r;
      out.plane.push_back(map[start + row * d.columns + column]);
    }
  }
}

}  // namespace

std::optional<html::GammaEvidence> measured_gamma(const v1::Protocol& protocol, const dicom::Dose& plan,
                                                  const std::string& measured, Case& c) {
  const auto rule =
      std::find_if(protocol.rules().begin(), protocol.rules().end(), [](const v1::Rule& r) { return r.has_gamma(); });
  if (rule == protocol.rules().end()) return std::nullopt;
  const auto field = html::DoseField::make(plan, 1.0);
  if (!field) return std::nullopt;
  const auto reference = read_dose(measured, DoseAs::kReference);
  const dosegate_dose_points points = reference->points.view();
  const dosegate_dose evaluated = dicom::view_of(plan);
  dosegate_gamma_input input{};
  if (reference->is_points) {
    input.reference_points = &points;
  } else {
    input.reference = &reference->dose;
  }
  input.evaluated = &evaluated;
  std::vector<float> map(reference->is_points ? reference->points.gy.size() : reference->dose.value_count);
  input.map = map.data();
  input.map_count = map.size();
  html::GammaEvidence out;
  try {
    out.report =
        parse_document<v1::GammaReport>(c.gamma(input, to_json(request_of(rule->gamma(), field->maximum()))).json());
  } catch (const PluginError&) {
    return std::nullopt;  // the rule's finding says what is wrong
  }
  if (!out.report.problem().empty() || !out.report.has_pass_rate_percent()) return std::nullopt;
  out.rule_id = rule->id();
  if (!reference->is_points) take_plane(*reference, map, out);
  return out;
}

}  // namespace dosegate::cli
