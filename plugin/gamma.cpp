#include "plugin/gamma.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "core/gamma_report.h"
#include "plugin/arguments.h"
#include "plugin/case_call.h"
#include "plugin/engine_host.h"

namespace dosegate::plugin {
namespace {

// An error on a dose names which of the two: "dose.values" is "reference.values".
Error of_dose(Error error, const char* which) {
  constexpr std::string_view kDose = "dose";
  if (error.path.rfind(kDose, 0) == 0) {
    error.path = which + error.path.substr(kDose.size());
  } else {
    error.path = std::string(which) + "." + error.path;
  }
  return error;
}

// The same of points: "reference_points.gy" is "points.gy".
Error of_points(Error error) {
  constexpr std::string_view kReference = "reference_";
  if (error.path.rfind(kReference, 0) == 0) error.path = error.path.substr(kReference.size());
  return error;
}

Result<DoseGrid> read_grid(const dosegate_dose* dose, const char* which, const Host& host) {
  const Result<DoseDescription> description = read_dose(dose, DoseUse::kComparison);
  if (!description) return of_dose(description.error(), which);
  Result<DoseGrid> grid = DoseGrid::make(*description, host, DoseUse::kComparison);
  if (!grid) return of_dose(grid.error(), which);
  return grid;
}

// The map in the order of the host's values.
void write_map(const std::vector<float>& map, const dosegate_gamma_input& in, const std::optional<DoseGrid>& grid) {
  if (in.map == nullptr) return;
  if (map.empty()) {
    std::fill_n(in.map, in.map_count, std::numeric_limits<float>::quiet_NaN());
  } else if (grid) {
    const auto [columns, rows, planes] = grid->stored_counts();
    float* to = in.map;
    for (std::uint32_t p = 0; p < planes; ++p) {
      for (std::uint32_t r = 0; r < rows; ++r) {
        for (std::uint32_t c = 0; c < columns; ++c) *to++ = map[grid->stored_at(c, r, p)];
      }
    }
  } else {
    std::copy(map.begin(), map.end(), in.map);
  }
}

dosegate_status compute(dosegate_case* c, const dosegate_gamma_input* input, dosegate_text request_json,
                        dosegate_document** out, dosegate_error** error) {
  if (out != nullptr) *out = nullptr;
  return guarded_case(c, error, [&](FloatEnvironment& environment) -> Status {
    if (out == nullptr) return null_argument("out");
    if (const Status status = check_struct(input, "input"); !status) return status.error();
    const auto refuse = [](const char* path, const char* message) {
      return Error{ErrorCode::kInvalidArgument, path, message};
    };
    if (input->reserved != 0) return refuse("input.reserved", "must be 0.");
    if ((input->reference == nullptr) == (input->reference_points == nullptr)) {
      return refuse("input.reference", "Exactly one of reference and reference_points must not be NULL.");
    }
    if (input->evaluated == nullptr) return null_argument("input.evaluated");
    const Result<std::string_view> text = read_text(request_json, kMaxRequestBytes, "json");
    if (!text) return text.error();
    const Result<GammaRequest> request = load_gamma_request(*text);
    if (!request) return request.error();
    const Host host = engine_host(c->host, environment);
    if (host.cancelled()) return cancelled();

    std::optional<DoseGrid> grid;
    std::optional<DosePoints> points;
    std::uint64_t count = 0;
    if (input->reference != nullptr) {
      Result<DoseGrid> read = read_grid(input->reference, "reference", host);
      if (!read) return read.error();
      grid = *std::move(read);
      count = input->reference->values != nullptr ? input->reference->value_count : 0;
    } else {
      Result<DosePoints> read = read_dose_points(input->reference_points);
      if (!read) return read.error();
      points = *std::move(read);
      count = points->gy.size();
    }
    if (input->map != nullptr && input->map_count != count) {
      return refuse("input.map_count", "must be the number of the reference's values.");
    }
    if (input->map != nullptr && reinterpret_cast<std::uintptr_t>(input->map) % alignof(float) != 0) {
      return refuse("input.map", "is not aligned.");
    }
    const Result<DoseGrid> evaluated = read_grid(input->evaluated, "evaluated", host);
    if (!evaluated) return evaluated.error();

    Result<GammaReport> report =
        gamma_report(c->content.value(), {grid ? &*grid : nullptr, points ? &*points : nullptr}, *evaluated, *request,
                     host, &c->kept, input->map != nullptr ? GammaMap::kFilled : GammaMap::kNone);
    if (!report) return report.error();
    write_map(report->map, *input, grid);
    return give_document(std::move(report->json), out);
  });
}

dosegate_status case_set_measurement(dosegate_case* c, const dosegate_dose* dose, const dosegate_dose_points* points,
                                     dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment& environment) -> Status {
    if (dose != nullptr && points != nullptr) {
      return Error{ErrorCode::kInvalidArgument, "points", "must be NULL where a dose is given."};
    }
    std::optional<Measurement> measurement;
    if (dose != nullptr) {
      Result<DoseGrid> grid = read_grid(dose, "dose", engine_host(c->host, environment));
      if (!grid) return grid.error();
      measurement.emplace().grid = *std::move(grid);
    } else if (points != nullptr) {
      Result<DosePoints> read = read_dose_points(points);
      if (!read) return of_points(read.error());
      measurement.emplace().points = *std::move(read);
    }
    change(c).measurement = std::move(measurement);
    return ok();
  });
}

}  // namespace

constexpr dosegate_gamma kGamma = {sizeof(dosegate_gamma), 0, compute, case_set_measurement};

}  // namespace dosegate::plugin
