#include "adapters/cli/gamma_doses.h"

#include <filesystem>
#include <utility>
#include <variant>

#include "adapters/cli/case_input.h"
#include "adapters/cli/input.h"
#include "adapters/cli/program.h"
#include "adapters/dicom/to_case.h"

namespace dosegate::cli {
namespace {

constexpr std::size_t kMostCsvBytes = std::size_t{1} << 29;

bool is_csv(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  return ending == ".csv" || ending == ".CSV" || ending == ".txt" || ending == ".TXT";
}

dicom::RtCase read_rt(const std::string& path, dicom::Need dose, dicom::Need structures) {
  dicom::ReadOptions options;
  options.need_plan = dicom::Need::kIgnored;
  options.need_dose = dose;
  options.need_structures = structures;
  options.inputs = dicom::Inputs::kIgnored;
  options.dose_is_whole = true;  // two doses are compared, whatever they are of
  options.threads = thread_count();
  dicom::ReadResult result = dicom::read_case({path}, options);
  if (const auto* error = std::get_if<dicom::ReadError>(&result)) stop(error->text());
  return std::get<dicom::RtCase>(std::move(result));
}

}  // namespace

std::unique_ptr<ReadDose> read_dose(const std::string& path, DoseAs as) {
  auto out = std::make_unique<ReadDose>();
  if (is_csv(path)) {
    out->points = read_points(path, text_of(path, kMostCsvBytes));
    out->is_points = as == DoseAs::kReference;
    if (as == DoseAs::kEvaluated) {
      make_grid(path, out->points, out->grid);
      out->dose = out->grid.dose;
    }
  } else {
    out->rt = read_rt(path, dicom::Need::kRequired, dicom::Need::kIgnored);
    out->dose = dicom::view_of(*out->rt->dose);
  }
  return out;
}

dicom::RtCase read_structures(const std::string& path) {
  return read_rt(path, dicom::Need::kIgnored, dicom::Need::kRequired);
}

std::array<double, 3> place_of(const ReadDose& reference, std::size_t n) {
  if (reference.is_points) {
    const double* at = reference.points.points_mm.data() + 3 * n;
    return {at[0], at[1], at[2]};
  }
  const dosegate_dose& d = reference.dose;
  const std::size_t c = n % d.columns, r = n / d.columns % d.rows, p = n / d.columns / d.rows;
  const double *x = d.row_cosines, *y = d.column_cosines;
  const std::array<double, 3> normal = {x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2],
                                        x[0] * y[1] - x[1] * y[0]};
  std::array<double, 3> out{};
  for (std::size_t a = 0; a < 3; ++a) {
    out[a] = d.position_mm[a] + static_cast<double>(c) * d.column_spacing_mm * x[a] +
             static_cast<double>(r) * d.row_spacing_mm * y[a] + d.plane_offsets_mm[p] * normal[a];
  }
  return out;
}

}  // namespace dosegate::cli
