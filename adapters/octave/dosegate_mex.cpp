// One function for MATLAB and Octave: a plan in, its report as JSON out. dosegate_check.m says how it is used.
//
//   [json, verdict] = dosegate_mex(manifest, documents, structures, dose)
//   [json, verdict] = dosegate_mex(manifest, documents, structures, dose, slices)
//   outlines        = dosegate_mex(mask)
//
// manifest    path of manifest.json
// documents   struct with the texts plan, options, record and protocol (JSON, the id of a built-in protocol, or '' for
// the
//             trial's); '' where there is none
// structures  struct array: name, number, type (char), contours (cell of 3 x n double, mm in the DICOM patient system);
//             there may be thickness, mm, of one that lies on a single slice alone
// dose        struct: values (columns x rows x planes, single or double, Gy of the whole course), position (3), spacing
//             (column, row), offsets (planes); its axes are those of the patient. [] where there is none.
// slices      double, mm along z: where the images lie that structures were drawn on
// verdict     1 PASS, 2 FAIL, 3 INCOMPLETE: only 1 lets a plan through.
//
// mask        logical, columns x rows: outlines is a cell of 2 x n double, in units of elements, the centre of element
//             (1, 1) being (0, 0). They run along the edges of elements, so that by even-odd they hold exactly those.
//
// Errors are those of MATLAB (identifier dosegate:...), with the path of what is wrong. Not to be called from parallel
// workers of one process at the same time.
#include <mex.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "dosegate/dosegate.hpp"

namespace {

constexpr char kFrame[] = "1.2.826.0.1.3680043.8.498.1";  // one frame of reference for all that is handed in

struct Unusable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string text(const mxArray* a, const std::string& name) {
  if (a == nullptr || !mxIsChar(a)) throw Unusable(name + " is not text.");
#ifdef MATLAB_MEX_FILE
  char* raw = mxArrayToUTF8String(a);
#else
  char* raw = mxArrayToString(a);  // Octave's texts are UTF-8
#endif
  if (raw == nullptr) throw Unusable(name + " cannot be read as text.");
  std::string out(raw);
  mxFree(raw);
  if (out.size() < mxGetNumberOfElements(a)) throw Unusable(name + " has a character of code 0.");
  return out;
}

const mxArray* field(const mxArray* s, std::size_t index, const char* name, const std::string& where) {
  const mxArray* f = mxIsStruct(s) ? mxGetField(s, index, name) : nullptr;
  if (f == nullptr) throw Unusable(where + " has no field " + name + ".");
  return f;
}

double number(const mxArray* a, const std::string& name) {
  if (!mxIsNumeric(a) || mxIsComplex(a) || mxGetNumberOfElements(a) != 1) throw Unusable(name + " is not a number.");
  return mxGetScalar(a);
}

const double* doubles(const mxArray* a, std::size_t count, const std::string& name) {
  if (!mxIsDouble(a) || mxIsComplex(a) || mxGetNumberOfElements(a) != count) {
    throw Unusable(name + " is not " + std::to_string(count) + " double numbers.");
  }
  return static_cast<const double*>(mxGetData(a));
}

// --- the outlines of a mask

using Corner = std::pair<std::size_t, std::size_t>;  // of elements: (0, 0) is the outer corner of element (1, 1)

// Rings with what is inside on their left. Where two elements touch at a corner alone, they stay two.
std::vector<std::vector<Corner>> outlines(const bool* mask, std::size_t columns, std::size_t rows) {
  const auto inside = [&](std::size_t c, std::size_t r) {  // counted from 1
    return c > 0 && r > 0 && c <= columns && r <= rows && mask[(r - 1) * columns + (c - 1)];
  };
  std::multimap<Corner, Corner> edges;  // from, to
  for (std::size_t r = 1; r <= rows; ++r) {
    for (std::size_t c = 1; c <= columns; ++c) {
      if (!inside(c, r)) continue;
      if (!inside(c, r - 1)) edges.emplace(Corner{c - 1, r - 1}, Corner{c, r - 1});
      if (!inside(c + 1, r)) edges.emplace(Corner{c, r - 1}, Corner{c, r});
      if (!inside(c, r + 1)) edges.emplace(Corner{c, r}, Corner{c - 1, r});
      if (!inside(c - 1, r)) edges.emplace(Corner{c - 1, r}, Corner{c - 1, r - 1});
    }
  }
  const auto is_left_turn = [](Corner a, Corner b, Corner c) {
    const auto step = [](std::size_t from, std::size_t to) { return to > from ? 1 : to < from ? -1 : 0; };
    return step(a.first, b.first) * step(b.second, c.second) - step(a.second, b.second) * step(b.first, c.first) > 0;
  };
  std::vector<std::vector<Corner>> out;
  while (!edges.empty()) {
    std::vector<Corner> ring = {edges.begin()->first};
    Corner at = edges.begin()->second;
    edges.erase(edges.begin());
    while (at != ring.front()) {
      const Corner before = ring.back();
      ring.push_back(at);
      auto [next, end] = edges.equal_range(at);
      if (next == end) throw Unusable("An outline of the mask is open.");
      // Of two ways on, the one around the element that the ring is of.
      if (std::next(next) != end && !is_left_turn(before, at, next->second)) ++next;
      at = next->second;
      edges.erase(next);
    }
    // Corners on a straight line say nothing.
    std::vector<Corner> corners;
    for (std::size_t n = 0; n < ring.size(); ++n) {
      const Corner a = ring[(n + ring.size() - 1) % ring.size()], c = ring[(n + 1) % ring.size()];
      if ((a.first == c.first) || (a.second == c.second)) continue;
      corners.push_back(ring[n]);
    }
    out.push_back(std::move(corners));
  }
  return out;
}

mxArray* outlines_of(const mxArray* mask) {
  if (!mxIsLogical(mask) || mxGetNumberOfDimensions(mask) != 2) throw Unusable("mask is not a logical matrix.");
  const auto rings = outlines(static_cast<const bool*>(mxGetData(mask)), mxGetM(mask), mxGetN(mask));
  mxArray* cell = mxCreateCellMatrix(1, rings.size());
  for (std::size_t n = 0; n < rings.size(); ++n) {
    mxArray* points = mxCreateDoubleMatrix(2, rings[n].size(), mxREAL);
    auto* to = static_cast<double*>(mxGetData(points));
    for (const Corner& corner : rings[n]) {
      *to++ = static_cast<double>(corner.first) - 0.5;
      *to++ = static_cast<double>(corner.second) - 0.5;
    }
    mxSetCell(cell, n, points);
  }
  return cell;
}

// --- a check

void set_structures(dosegate::Case& c, const mxArray* all) {
  for (std::size_t n = 0; n < mxGetNumberOfElements(all); ++n) {
    const std::string where = "structures(" + std::to_string(n + 1) + ")";
    const std::string name = text(field(all, n, "name", where), where + ".name");
    const std::string type = text(field(all, n, "type", where), where + ".type");
    const double roi = number(field(all, n, "number", where), where + ".number");
    if (!(roi >= 0) || roi > std::numeric_limits<std::int32_t>::max() || roi != std::floor(roi)) {
      throw Unusable(where + ".number is no whole number.");
    }
    const mxArray* drawn = field(all, n, "contours", where);
    if (!mxIsCell(drawn)) throw Unusable(where + ".contours is not a cell.");
    std::vector<dosegate_contour> contours;
    for (std::size_t k = 0; k < mxGetNumberOfElements(drawn); ++k) {
      const std::string which = where + ".contours{" + std::to_string(k + 1) + "}";
      const mxArray* points = mxGetCell(drawn, k);
      if (points == nullptr || mxGetM(points) != 3) throw Unusable(which + " is not 3 x n.");
      contours.push_back(
          {doubles(points, 3 * mxGetN(points), which), mxGetN(points), DOSEGATE_CONTOUR_CLOSEDPLANAR_XOR, 0});
    }
    dosegate_structure s{};
    s.roi_number = static_cast<std::int32_t>(roi);
    s.name = name.c_str();
    s.interpreted_type = type.empty() ? nullptr : type.c_str();
    s.frame_of_reference_uid = kFrame;
    s.contours = contours.data();
    s.contour_count = contours.size();
    if (const mxArray* thickness = mxGetField(all, n, "thickness")) {
      s.slab_thickness_mm = number(thickness, where + ".thickness");
    }
    c.set_structure(s);
  }
}

void set_dose(dosegate::Case& c, const mxArray* dose) {
  const mxArray* values = field(dose, 0, "values", "dose");
  if ((!mxIsDouble(values) && !mxIsSingle(values)) || mxIsComplex(values) || mxGetNumberOfDimensions(values) > 3) {
    throw Unusable("dose.values is not columns x rows x planes of single or double.");
  }
  const mwSize* size = mxGetDimensions(values);
  const std::size_t planes = mxGetNumberOfDimensions(values) == 3 ? size[2] : 1;
  for (const std::size_t n : {static_cast<std::size_t>(size[0]), static_cast<std::size_t>(size[1]), planes}) {
    if (n > std::numeric_limits<std::uint32_t>::max()) throw Unusable("dose.values is too large.");
  }
  const double* position = doubles(field(dose, 0, "position", "dose"), 3, "dose.position");
  const double* spacing = doubles(field(dose, 0, "spacing", "dose"), 2, "dose.spacing");
  dosegate_dose d{};
  d.value_type = mxIsSingle(values) ? DOSEGATE_VALUES_FLOAT32 : DOSEGATE_VALUES_FLOAT64;
  d.values = mxGetData(values);
  d.value_count = mxGetNumberOfElements(values);
  d.scaling = 1.0;
  d.units = DOSEGATE_UNITS_GY;
  d.dose_type = DOSEGATE_DOSE_PHYSICAL;
  d.summation = DOSEGATE_SUMMATION_PLAN;
  d.columns = static_cast<std::uint32_t>(size[0]);
  d.rows = static_cast<std::uint32_t>(size[1]);
  d.planes = static_cast<std::uint32_t>(planes);
  for (int axis = 0; axis < 3; ++axis) d.position_mm[axis] = position[axis];
  d.row_cosines[0] = d.column_cosines[1] = 1.0;
  d.column_spacing_mm = spacing[0];
  d.row_spacing_mm = spacing[1];
  d.plane_offsets_mm = doubles(field(dose, 0, "offsets", "dose"), planes, "dose.offsets");
  d.frame_of_reference_uid = kFrame;
  c.set_dose(d);
}

void set_slices(dosegate::Case& c, const mxArray* at) {
  dosegate_slices slices{};
  slices.axis = 2;
  slices.frame_of_reference_uid = kFrame;
  slices.count = mxGetNumberOfElements(at);
  slices.at_mm = doubles(at, slices.count, "slices");
  c.set_slices(slices);
}

// `slices`: nullptr where none are stated.
dosegate::Report check(const mxArray* manifest, const mxArray* documents, const mxArray* structures,
                       const mxArray* dose, const mxArray* slices) {
  const auto document = [&](const char* name) {
    return text(field(documents, 0, name, "documents"), std::string("documents.") + name);
  };
  const dosegate::Library library = dosegate::Library::load(text(manifest, "manifest"));
  const std::string asked = document("protocol");
  // No id has a brace or a bracket.
  const bool is_json = asked.find_first_of("{[") != std::string::npos;
  const dosegate::Protocol protocol = is_json         ? library.load_protocol(asked)
                                      : asked.empty() ? library.builtin_protocol()
                                                      : library.builtin_protocol(asked);
  dosegate::Case c = library.make_case();
  c.set_plan(document("plan"));
  if (const std::string options = document("options"); !options.empty()) c.set_options(options);
  if (const std::string record = document("record"); !record.empty()) c.set_record(record);
  if (slices != nullptr) set_slices(c, slices);
  set_structures(c, structures);
  if (!mxIsEmpty(dose)) set_dose(c, dose);
  return c.check(protocol);
}

// What is wrong; empty: nothing. MATLAB's errors leave by a jump, so that all objects have to be gone by then.
std::string run(int outputs, mxArray* out[], int inputs, const mxArray* in[]) {
  try {
    if (inputs == 1 && outputs <= 1) {
      out[0] = outlines_of(in[0]);
      return {};
    }
    if (inputs < 4 || inputs > 5 || outputs > 2) {
      throw Unusable(
          "Use dosegate_check, or: [json, verdict] = dosegate_mex(manifest, documents, structures, dose, slices)");
    }
    const dosegate::Report report = check(in[0], in[1], in[2], in[3], inputs == 5 ? in[4] : nullptr);
    out[0] = mxCreateString(std::string(report.json()).c_str());
    if (outputs == 2) out[1] = mxCreateDoubleScalar(static_cast<double>(report.verdict()));
    return {};
  } catch (const std::bad_alloc&) {
    return "The computer's memory does not suffice.";
  } catch (const std::exception& e) {
    return e.what();
  }
}

}  // namespace

void mexFunction(int outputs, mxArray* out[], int inputs, const mxArray* in[]) {
  static char message[4096];
  {
    const std::string wrong = run(outputs, out, inputs, in);
    if (wrong.empty()) return;
    wrong.copy(message, sizeof message - 1);
    message[wrong.size() < sizeof message ? wrong.size() : sizeof message - 1] = '\0';
  }
  mexErrMsgIdAndTxt("dosegate:check", "%s", message);
}
