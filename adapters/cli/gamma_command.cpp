#include "adapters/cli/gamma_command.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "adapters/cli/case_input.h"
#include "adapters/cli/documents.h"
#include "adapters/cli/gamma_doses.h"
#include "adapters/cli/gamma_map.h"
#include "adapters/cli/input.h"
#include "adapters/cli/number.h"
#include "adapters/cli/program.h"
#include "adapters/cli/render_gamma.h"
#include "adapters/dicom/to_case.h"
#include "dosegate/detail/sha256.hpp"
#include "dosegate/dosegate.hpp"
#include "dosegate/v1/gamma.pb.h"

namespace dosegate::cli {
namespace {

constexpr std::size_t kMostMeasuredBytes = std::size_t{1} << 31;

v1::GammaRequest request_of(const GammaArguments& args) {
  using Normalise = GammaArguments::Normalise;
  v1::GammaRequest request;
  request.set_dose_percent(args.dose_percent);
  request.set_distance_mm(args.distance_mm);
  request.set_cutoff_percent(args.cutoff_percent);
  request.set_normalisation(args.normalise == Normalise::kMaximum        ? v1::GammaNormalisation::MAXIMUM
                            : args.normalise == Normalise::kPrescription ? v1::GammaNormalisation::PRESCRIPTION
                            : args.normalise == Normalise::kDose         ? v1::GammaNormalisation::DOSE
                                                                         : v1::GammaNormalisation::LOCAL);
  if (args.normalise_gy) request.set_normalisation_gy(*args.normalise_gy);
  request.set_interpolation(args.simplex ? v1::GammaInterpolation::SIMPLEX : v1::GammaInterpolation::TRILINEAR);
  for (const std::string& roi : args.rois) request.add_rois(roi);
  request.set_pass_fail_only(args.pass_fail);
  return request;
}

std::string map_csv(const ReadDose& reference, const std::vector<float>& map) {
  std::string out = "x_mm,y_mm,z_mm,gamma\r\n";
  for (std::size_t n = 0; n < map.size(); ++n) {
    if (std::isnan(map[n])) continue;
    for (const double mm : place_of(reference, n)) out += shortest(std::round(mm * 1e6) / 1e6) + ",";
    out += fixed(static_cast<double>(map[n]), 4) + "\r\n";
  }
  return out;
}

// MetaImage: what ITK, 3D Slicer and plastimatch read. NaN where nothing was compared.
std::string map_mha(const ReadDose& reference, const std::vector<float>& map, const std::string& file) {
  if (reference.is_points) stop(file + ": points make no image. Name a .csv file");
  const dosegate_dose& d = reference.dose;
  double step = 1.0;
  for (std::uint32_t p = 1; p < d.planes; ++p) {
    const double gap = d.plane_offsets_mm[p] - d.plane_offsets_mm[p - 1];
    if (p == 1) step = gap;
    if (std::abs(gap - step) > 0.001) {
      stop(file + ": the planes of the reference are not evenly spaced, which a .mha cannot hold. Name a .csv file");
    }
  }
  // The third direction runs along rising offsets; x cross y, or against it.
  const double sign = step < 0.0 ? -1.0 : 1.0;
  const double *x = d.row_cosines, *y = d.column_cosines;
  const std::array<double, 3> normal = {sign * (x[1] * y[2] - x[2] * y[1]), sign * (x[2] * y[0] - x[0] * y[2]),
                                        sign * (x[0] * y[1] - x[1] * y[0])};
  const auto three = [](const auto& v) { return shortest(v[0]) + " " + shortest(v[1]) + " " + shortest(v[2]); };
  const std::array<double, 3> origin = {d.position_mm[0] + d.plane_offsets_mm[0] * sign * normal[0],
                                        d.position_mm[1] + d.plane_offsets_mm[0] * sign * normal[1],
                                        d.position_mm[2] + d.plane_offsets_mm[0] * sign * normal[2]};
  std::string out = "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = " +
                    std::string(std::endian::native == std::endian::big ? "True" : "False") +
                    "\nCompressedData = False\nTransformMatrix = " + three(std::array{x[0], x[1], x[2]}) + " " +
                    three(std::array{y[0], y[1], y[2]}) + " " + three(normal) + "\nOffset = " + three(origin) +
                    "\nElementSpacing = " + three(std::array{d.column_spacing_mm, d.row_spacing_mm, std::abs(step)}) +
                    "\nDimSize = " + std::to_string(d.columns) + " " + std::to_string(d.rows) + " " +
                    std::to_string(d.planes) + "\nElementType = MET_FLOAT\nElementDataFile = LOCAL\n";
  const std::size_t header = out.size();
  out.resize(header + map.size() * sizeof(float));
  std::memcpy(out.data() + header, map.data(), map.size() * sizeof(float));
  return out;
}

// The plane of the largest gamma.
std::string drawing(const ReadDose& reference, const std::vector<float>& map) {
  constexpr std::uint32_t kPlaneColumns = 72;
  std::uint32_t plane = 0;
  const std::vector<std::string> lines = gamma_plane(reference.dose, map, plane, kPlaneColumns);
  if (lines.empty()) return {};
  const auto at = place_of(reference, std::size_t{plane} * reference.dose.columns * reference.dose.rows);
  const double *x = reference.dose.row_cosines, *y = reference.dose.column_cosines;
  const double rises = std::abs(x[2]) * reference.dose.column_spacing_mm * (reference.dose.columns - 1.0) +
                       std::abs(y[2]) * reference.dose.row_spacing_mm * (reference.dose.rows - 1.0);
  const bool along_z = rises < 0.05;  // of what is printed
  std::string out = "\nPlane of the largest gamma" + (along_z ? ", z " + fixed(at[2], 1) + " mm" : std::string()) +
                    " (. to 0.5, o to 1, # above; blank: not compared)\n";
  for (const std::string& line : lines) out += "  " + line + "\n";
  return out;
}

void check_outputs_are_no_inputs(const GammaArguments& args) {
  for (const std::string& output : {args.output, args.map}) {
    for (const std::string& input : {args.reference, args.evaluated, args.structures}) {
      std::error_code ignored;
      if (!output.empty() && !input.empty() && std::filesystem::equivalent(input, output, ignored)) {
        stop(output + ": is also the input. Choose another name");
      }
    }
  }
  if (!args.map.empty() && args.map == args.output) stop(args.map + ": is named twice. Name two files");
}

}  // namespace

void set_measurement(Case& c, const std::string& path) {
  const std::unique_ptr<ReadDose> measured = read_dose(path, DoseAs::kReference);
  const dosegate_dose_points points = measured->points.view();
  try {
    c.set_measurement(measured->is_points ? nullptr : &measured->dose, measured->is_points ? &points : nullptr);
  } catch (const PluginError& e) {
    stop(path + ": " + e.what());
  }
}

void name_measurement(const std::string& path, v1::CaseOptions& options) {
  const std::string text = text_of(path, kMostMeasuredBytes);
  v1::Input& input = *options.add_inputs();
  input.set_role("MEASUREMENT");
  input.set_sha256(detail::sha256_of(text));
}

Exit run_gamma(const std::string& manifest, const GammaArguments& args) {
  check_outputs_are_no_inputs(args);
  const std::unique_ptr<ReadDose> reference = read_dose(args.reference, DoseAs::kReference);
  const std::unique_ptr<ReadDose> evaluated = read_dose(args.evaluated, DoseAs::kEvaluated);
  const Library library = Library::load(manifest);
  dosegate_host host{};
  host.struct_size = sizeof host;
  host.threads = thread_count();
  Case c = library.make_case(&host);
  if (!args.structures.empty()) {
    dicom::RtCase rt = read_structures(args.structures);
    try {
      dicom::hand_over(rt, c);
    } catch (const PluginError& e) {
      stop(args.structures + ": " + e.what());
    }
  }
  dosegate_gamma_input input{};
  const dosegate_dose_points points = reference->points.view();
  std::vector<float> map;
  if (reference->is_points) {
    input.reference_points = &points;
  } else {
    input.reference = &reference->dose;
  }
  input.evaluated = &evaluated->dose;
  const bool draws = args.format == Format::kText && !reference->is_points && !args.pass_fail;
  if (!args.map.empty() || draws) {
    map.resize(reference->is_points ? reference->points.gy.size() : reference->dose.value_count);
    input.map = map.data();
    input.map_count = map.size();
  }
  const auto document = [&] {
    try {
      return c.gamma(input, to_json(request_of(args)));
    } catch (const PluginError& e) {
      const std::string& path = e.path;
      const std::string blamed = path.rfind("reference", 0) == 0   ? args.reference + ": "
                                 : path.rfind("evaluated", 0) == 0 ? args.evaluated + ": "
                                 : path == "rois"                  ? args.structures + ": "
                                                                   : "";
      stop(blamed + (path == "rois" ? e.message : e.what()));
    }
  }();
  const auto report = parse_document<v1::GammaReport>(document.json());
  const bool answered = report.problem().empty();
  if (answered && !args.map.empty()) {
    const bool is_image = std::filesystem::path(args.map).extension() == ".mha";
    answer(args.map, is_image ? map_mha(*reference, map, args.map) : map_csv(*reference, map));
  }
  switch (args.format) {
    case Format::kJson:
      answer(args.output, document.json());
      break;
    case Format::kCsv:
      answer(args.output, render_gamma_csv(report));
      break;
    case Format::kHtml:
    case Format::kPdf:
    case Format::kText:
      answer(args.output, render_gamma(report, {args.reference, args.evaluated}, style_for(args.output)) +
                              (draws && answered ? drawing(*reference, map) : ""));
      break;
  }
  return answered ? Exit::kPass : Exit::kUnusable;
}

}  // namespace dosegate::cli
