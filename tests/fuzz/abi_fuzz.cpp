// The C interface as a sequence of calls that the bytes choose: on cases, released ones and NULL, with arguments right
// and wrong. Every call keeps its promises about outputs, errors and statuses; a case that went through all of it
// answers, at the end, as a new case with the same content (ABI.md, rules 2 to 13, 19 and 25).
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "dosegate/dosegate.h"
#include "dosegate/extensions/gamma.h"
#include "dosegate/extensions/memory.h"
#include "dosegate/extensions/protocol_tools.h"

extern "C" dosegate_status dosegate_negotiate(const dosegate_negotiate_in* in, dosegate_api* out);

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

const dosegate_api& api() {
  static const dosegate_api table = [] {
    dosegate_api a{};
    a.struct_size = sizeof a;
    const dosegate_negotiate_in in{sizeof in, 1, DOSEGATE_ABI_VERSION, 0};
    require(dosegate_negotiate(&in, &a) == DOSEGATE_OK, "no table");
    return a;
  }();
  return table;
}

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), end_(data + size) {}
  unsigned next() { return data_ == end_ ? 0U : *data_++; }
  bool is_at_end() const { return data_ == end_; }
  bool seldom() { return next() % 16 == 15; }

 private:
  const std::uint8_t *data_, *end_;
};

dosegate_text view(const std::string& s) { return {s.data(), s.size()}; }

// A call keeps its promises; true: it succeeded.
bool succeeds(const std::function<dosegate_status(dosegate_error**)>& call) {
  dosegate_error* error = nullptr;
  const dosegate_status status = call(&error);
  require(status >= DOSEGATE_OK && status <= DOSEGATE_INTERNAL, "a status that there is not");
  require(status != DOSEGATE_INTERNAL, "a defect");
  require((status == DOSEGATE_OK) == (error == nullptr), "an error without a failure, or the other way");
  if (error != nullptr) {
    require(api().error_status(error) == status, "the error has another status");
    require(api().error_message(error).size > 0, "an error that says nothing");
  }
  api().error_release(error);
  return status == DOSEGATE_OK;
}

// What a case was told, so that another can be told the same.
using Tell = std::function<dosegate_status(dosegate_case*, dosegate_error**)>;
struct Content {
  std::map<std::string, Tell> by_what;
  std::map<std::string, std::vector<Tell>> planes;  // of the present dose of that name
};

// By which a plan, a structure set or a dose is held; mostly the short form.
const char* name_of(Bytes& bytes) {
  static const char* const names[] = {"A", "B", "", "\xff"};
  return bytes.next() % 4 == 0 ? names[bytes.next() % 4] : nullptr;
}
std::string key(const std::string& kind, const char* name) { return kind + " " + (name == nullptr ? "" : name); }

Tell structure(Bytes& bytes, std::int32_t number, const char* set) {
  static const char* const names[] = {"GTV", "CTV", "PTV", "Liver", "Stomach", "SpinalCord", "Kidney_L", "\xff"};
  std::vector<std::vector<double>> rings;
  const unsigned planes = bytes.next() % 4;
  for (unsigned p = 0; p < planes; ++p) {
    auto& ring = rings.emplace_back();
    const unsigned points = bytes.next() % 10;
    for (unsigned i = 0; i < points; ++i) {
      const double x = 0.5 * (bytes.next() % 64), y = 0.5 * (bytes.next() % 64);
      ring.insert(ring.end(), {x, y, 4.0 * p});
    }
  }
  const char* const name = names[bytes.next() % 8];
  const std::int32_t type = bytes.seldom() ? static_cast<std::int32_t>(bytes.next() % 8) : 1;
  const bool with_size = !bytes.seldom(), defect = bytes.seldom();
  return [=](dosegate_case* c, dosegate_error** error) {
    std::vector<dosegate_contour> contours;
    for (const auto& ring : rings) contours.push_back({ring.data(), ring.size() / 3, type, 0});
    dosegate_structure s{};
    s.struct_size = with_size ? sizeof s : 8;
    s.roi_number = number;
    s.structure_set = set;
    s.name = name;
    s.interpreted_type = number < 3 ? "PTV" : "ORGAN";
    s.frame_of_reference_uid = "1.2";
    s.contours = contours.data();
    s.contour_count = contours.size();
    if (defect) s.defect = "Its contours are those of yesterday.";
    return api().case_set_structure(c, &s, error);
  };
}

constexpr double kOffsets[] = {0, 4, 8, 12};

struct Grid {
  explicit Grid(Bytes& bytes)
      : columns(2 + bytes.next() % 3),
        rows(2 + bytes.next() % 3),
        planes(1 + bytes.next() % 4),
        missing(bytes.seldom() ? 1 : 0),
        units(bytes.seldom() ? static_cast<std::int32_t>(bytes.next() % 5) : DOSEGATE_UNITS_GY) {
    for (std::uint32_t i = 0; i < columns * rows * planes; ++i)
      values.push_back(static_cast<std::uint16_t>(bytes.next() * 256));
  }
  dosegate_dose described() const {
    dosegate_dose d{};
    d.struct_size = sizeof d;
    d.value_type = DOSEGATE_VALUES_UINT16;
    d.values = values.data();
    d.value_count = values.size() - missing;
    d.scaling = 0.001;
    d.units = units;
    d.dose_type = DOSEGATE_DOSE_PHYSICAL;
    d.summation = DOSEGATE_SUMMATION_PLAN;
    d.columns = columns, d.rows = rows, d.planes = planes;
    d.row_cosines[0] = d.column_cosines[1] = 1.0;
    d.row_spacing_mm = d.column_spacing_mm = 10;
    d.plane_offsets_mm = kOffsets;
    d.frame_of_reference_uid = "1.2";
    return d;
  }

  std::uint32_t columns, rows, planes;
  std::uint64_t missing;
  std::int32_t units;
  std::vector<std::uint16_t> values;
};

Tell dose(Bytes& bytes, bool planes_only, const char* name) {
  const Grid grid(bytes);
  const std::uint32_t first = bytes.next() % 4;
  const char* const of = planes_only ? nullptr : name_of(bytes);
  return [=](dosegate_case* c, dosegate_error** error) {
    if (planes_only) {
      const dosegate_dose_planes p{
          sizeof p, DOSEGATE_VALUES_UINT16, grid.values.data(), grid.values.size() - grid.missing, first, grid.planes,
          name};
      return api().case_set_dose_planes(c, &p, error);
    }
    dosegate_dose d = grid.described();
    d.name_in_case = name;
    d.plans = &of;
    d.plan_count = of == nullptr ? 0 : 1;
    return api().case_set_dose(c, &d, error);
  };
}

const dosegate_gamma& gamma() { return *static_cast<const dosegate_gamma*>(api().get_extension(DOSEGATE_EXT_GAMMA)); }

// Of none, of points, of a grid.
Tell measurement(Bytes& bytes) {
  const unsigned what = bytes.next() % 3;
  std::vector<double> at, gy;
  for (unsigned n = what == 1 ? bytes.next() % 6 : 0; n > 0; --n) {
    at.insert(at.end(), {0.5 * (bytes.next() % 64), 0.5 * (bytes.next() % 64), 0.25 * (bytes.next() % 64)});
    gy.push_back(0.25 * bytes.next());
  }
  const Grid grid(bytes);
  return [=](dosegate_case* c, dosegate_error** error) {
    const dosegate_dose_points points{sizeof points, 0, at.data(), gy.data(), gy.size(), "1.2"};
    const dosegate_dose d = grid.described();
    return gamma().case_set_measurement(c, what == 2 ? &d : nullptr, what == 1 ? &points : nullptr, error);
  };
}

bool compare(Bytes& bytes, dosegate_case* c, dosegate_text request, dosegate_document** out) {
  const Grid reference(bytes), evaluated(bytes);
  const dosegate_dose r = reference.described(), e = evaluated.described();
  std::vector<float> map(reference.values.size());
  const dosegate_gamma_input input{sizeof input, 0, &r, nullptr, &e, map.data(), bytes.seldom() ? 0 : map.size()};
  return succeeds([&](dosegate_error** error) { return gamma().compute(c, &input, request, out, error); });
}

std::string document(Bytes& bytes) {
  static const char* const documents[] = {
      "",
      "{}",
      "{\"scope\": \"PLAN_ONLY\"}",
      "{\"betweenSlices\": \"INTERPOLATE\"}",
      "{\"doseMeaning\": \"FRACTION\"}",
      "{\"structureMap\": {\"Liver\": \"Stomach\"}}",
      "{\"outsideGrid\": \"ZERO\"}",
      "{\"label\": \"a\", \"doseReferences\": [{\"roiNumber\": 1, \"targetPrescriptionDoseGy\": 45}], "
      "\"fractionGroups\": "
      "[{\"fractionsPlanned\": 15, \"beams\": [{\"beamNumber\": 1, \"beamDoseGy\": 3}]}]}",
      "{\"rois\": [\"PTV\"], \"metrics\": [\"D95%[Gy]\", \"V20Gy[%]\"], \"curve\": true}",
      "{\"metrics\": [\"Max[Gy]\"]}",
      "{\"firstInfusion\": \"2026-11-22\"}",
      "{\"infusions\": [{\"date\": \"2024-01-07\", \"drug\": \"tislelizumab\"}]}",
      "{\"rois\": [\"PTV\"], \"dosePercent\": 1, \"distanceMm\": 2, \"cutoffPercent\": 0}",
      "{\"interpolation\": \"SIMPLEX\", \"normalisation\": \"LOCAL\", \"passFailOnly\": true}"};
  std::string text = documents[bytes.next() % 14];
  if (bytes.seldom() && !text.empty()) text[bytes.next() % text.size()] = static_cast<char>(bytes.next());
  return text;
}

std::string report_of(dosegate_case* c, const dosegate_protocol* protocol) {
  dosegate_report* report = nullptr;
  std::string json;
  const bool ok = succeeds([&](dosegate_error** e) { return api().check(c, protocol, &report, e); });
  require(ok == (report != nullptr), "a report without success, or the other way");
  if (ok) json.assign(api().report_json(report).data, api().report_json(report).size);
  api().report_release(report);
  return json;
}

dosegate_case* new_case() {
  dosegate_case* c = nullptr;
  require(api().case_create(nullptr, &c, nullptr) == DOSEGATE_OK && c != nullptr, "no case");
  return c;
}

void one_call(Bytes& bytes, dosegate_case* c, const dosegate_protocol* protocol, Content& content) {
  dosegate_document* out = nullptr;
  const unsigned what = bytes.next() % 18;
  const auto number = static_cast<std::int32_t>(bytes.next() % 6);
  const auto tell = [&](const std::string& key, const Tell& t) {
    const bool ok = succeeds([&](dosegate_error** e) { return t(c, e); });
    if (ok) content.by_what[key] = t;
    return ok;
  };
  const char* const name = what < 3 || what == 5 || (what > 10 && what != 14 && what != 15) ? name_of(bytes) : nullptr;
  switch (what) {
    case 0:
      if (tell(key("dose", name), dose(bytes, false, name))) content.planes.erase(key("dose", name));
      break;
    case 1: {
      const Tell t = dose(bytes, true, name);
      if (succeeds([&](dosegate_error** e) { return t(c, e); })) content.planes[key("dose", name)].push_back(t);
      break;
    }
    case 2: {
      std::string text = document(bytes);
      const char* const called = text.size() > 2 ? name : nullptr;  // nothing can be said in an empty document
      if (called != nullptr) text.insert(1, R"("nameInCase": ")" + std::string(called) + "\", ");
      tell(key("plan", called),
           [=](dosegate_case* to, dosegate_error** e) { return api().case_set_plan(to, view(text), e); });
      break;
    }
    case 3: {
      const std::string text = document(bytes);
      tell("options", [=](dosegate_case* to, dosegate_error** e) { return api().case_set_options(to, view(text), e); });
      break;
    }
    case 4: {
      const std::string text = document(bytes);
      tell("record", [=](dosegate_case* to, dosegate_error** e) { return api().case_set_record(to, view(text), e); });
      break;
    }
    case 5:
      if (succeeds([&](dosegate_error** e) { return api().case_remove_structure_of_set(c, name, number, e); })) {
        content.by_what.erase(key("set", name) + " " + std::to_string(number));
      }
      break;
    case 6:
      report_of(c, protocol);
      break;
    case 7: {
      const std::string text = document(bytes);
      const bool ok = succeeds([&](dosegate_error** e) { return api().dvh(c, view(text), &out, e); });
      require(ok == (out != nullptr), "a document without success, or the other way");
      break;
    }
    case 8: {
      const auto* tools = static_cast<const dosegate_protocol_tools*>(api().get_extension(DOSEGATE_EXT_PROTOCOL_TOOLS));
      const std::string text = document(bytes);
      succeeds([&](dosegate_error** e) { return tools->schedule(protocol, view(text), &out, e); });
      break;
    }
    case 9: {
      const auto* memory = static_cast<const dosegate_memory*>(api().get_extension(DOSEGATE_EXT_MEMORY));
      if (memory != nullptr) succeeds([&](dosegate_error** e) { return memory->case_give_back(c, e); });
      break;
    }
    case 10: {  // handles that are none
      auto* const wrong =
          bytes.next() % 2 == 0 ? nullptr : reinterpret_cast<dosegate_case*>(const_cast<dosegate_protocol*>(protocol));
      require(!succeeds([&](dosegate_error** e) { return api().case_remove_structure(wrong, number, e); }),
              "a wrong handle");
      require(!succeeds([&](dosegate_error** e) { return api().dvh(c, {nullptr, 5}, &out, e); }), "no text");
      break;
    }
    case 11:
      if (succeeds([&](dosegate_error** e) { return api().case_remove_plan(c, name, e); })) {
        content.by_what.erase(key("plan", name));
      }
      break;
    case 12:
      if (succeeds([&](dosegate_error** e) { return api().case_remove_dose(c, name, e); })) {
        content.by_what.erase(key("dose", name));
        content.planes.erase(key("dose", name));
      }
      break;
    case 13:
      if (succeeds([&](dosegate_error** e) { return api().case_remove_structure_set(c, name, e); })) {
        const std::string of_set = key("set", name) + " ";
        std::erase_if(content.by_what,
                      [&](const auto& told) { return told.first.compare(0, of_set.size(), of_set) == 0; });
      }
      break;
    case 14:
      tell("measurement", measurement(bytes));
      break;
    case 16: {  // tells nothing
      const Grid grid(bytes);
      const dosegate_dose expected = grid.described();
      succeeds([&](dosegate_error** e) { return api().case_expect_dose(c, protocol, &expected, e); });
      break;
    }
    case 15: {
      const std::string text = document(bytes);
      const bool ok = compare(bytes, c, view(text), &out);
      require(ok == (out != nullptr), "a document without success, or the other way");
      break;
    }
    default:
      tell(key("set", name) + " " + std::to_string(number), structure(bytes, number, name));
  }
  api().document_release(out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const dosegate_protocol* const protocol = [] {
    dosegate_protocol* p = nullptr;
    require(api().protocol_builtin(nullptr, &p, nullptr) == DOSEGATE_OK, "no protocol");
    return p;
  }();
  Bytes bytes(data, size);
  dosegate_case* const c = new_case();
  Content content;
  for (int calls = 0; calls < 40 && !bytes.is_at_end(); ++calls) one_call(bytes, c, protocol, content);

  dosegate_case* const fresh = new_case();
  for (const auto& [what, tell] : content.by_what) require(tell(fresh, nullptr) == DOSEGATE_OK, "told again, refused");
  for (const auto& [of, planes] : content.planes) {
    for (const Tell& tell : planes) require(tell(fresh, nullptr) == DOSEGATE_OK, "planes told again, refused");
  }
  require(report_of(c, protocol) == report_of(fresh, protocol), "what was kept shows in a report");
  api().case_release(fresh);
  api().case_release(c);
  return 0;
}
