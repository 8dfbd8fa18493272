#include "adapters/grpc/hosted_case.h"

#include <string_view>
#include <utility>
#include <vector>

#include "adapters/grpc/documents.h"

namespace dosegate::rpc {
namespace {

// What the engine keeps of a point: itself, its slab's outline, the pieces of the cells that its edges cross.
constexpr std::uint64_t kBytesAPoint = 400;
// Of a structure, whatever is drawn of it, and of a contour.
constexpr std::uint64_t kBytesAStructure = 4096;
constexpr std::uint64_t kBytesAContour = 256;
// Of a place of an image: what is kept, and what a check makes of it meanwhile.
constexpr std::uint64_t kBytesASlice = 128;
// And of a voxel: its dose, and what it adds to the cells of the structures over it.
constexpr std::uint64_t kBytesAVoxel = 24;
// And of a byte of JSON, parsed.
constexpr std::uint64_t kBytesAJsonByte = 8;

std::vector<Turns::Line> lines_of(Turns& turns, const std::string& client, unsigned count) {
  std::vector<Turns::Line> lines;
  for (unsigned i = 0; i < count; ++i) lines.emplace_back(turns, client);
  return lines;
}

v1::Plan in_brief(const v1::Plan& plan) {
  v1::Plan brief;
  brief.set_sop_instance_uid(plan.sop_instance_uid());
  brief.set_label(plan.label());
  brief.set_name(plan.name());
  brief.set_name_in_case(plan.name_in_case());
  *brief.mutable_dose_references() = plan.dose_references();
  *brief.mutable_fraction_groups() = plan.fraction_groups();
  return brief;
}

// The engine names dose.units what is units in a message; `prefix` is "dose.".
template <typename F>
void without(std::string_view prefix, const F& set) {
  try {
    set();
  } catch (const PluginError& e) {
    if (e.path.compare(0, prefix.size(), prefix) != 0) throw;
    throw PluginError(e.status, e.path.substr(prefix.size()), e.message);
  }
}

[[noreturn]] void refuse_memory(const Budget& budget) {
  throw PluginError(DOSEGATE_LIMIT_EXCEEDED, "",
                    "The cases on this server take all of the " + std::to_string(budget.limit() >> 20) +
                        " MiB that they may. Delete cases that are not needed, or try again later.");
}

}  // namespace

HostedCase::HostedCase(const CaseSurroundings& surroundings, std::shared_ptr<Client> client)
    : around_(surroundings),
      client_(std::move(client)),
      line_(around_.turns, client_->name),
      helpers_(lines_of(around_.turns, client_->name, around_.threads - 1)),
      case_([&] {
        dosegate_host host{};
        host.struct_size = sizeof host;
        host.threads = around_.threads;
        host.user = this;
        host.should_cancel = should_cancel;
        host.run_tasks = run_tasks;
        return around_.library.make_case(&host);
      }()) {}

std::int32_t HostedCase::should_cancel(void* self) {
  const auto& own = *static_cast<const HostedCase*>(self);
  const auto is_over = [&] {
    return (own.cancelled_ && own.cancelled_()) || (own.computing_ != nullptr && own.computing_->is_to_end());
  };
  if (is_over()) return 1;
  Turns::question(is_over);
  return is_over() ? 1 : 0;
}

void HostedCase::run_tasks(void* self, std::uint64_t count, void (*task)(void*, std::uint64_t), void* context) {
  Turns::run_tasks(static_cast<const HostedCase*>(self)->helpers_, count, task, context);
}

template <typename F>
auto HostedCase::compute(const F& f) {
  if (around_.budget.unseen() > around_.budget.limit() && !Budget::is_modest(*client_)) refuse_memory(around_.budget);
  const Running::Work work(around_.running, client_);
  struct AtEnd {
    const Running::Work*& computing;
    std::atomic<std::chrono::steady_clock::rep>& calculated;
    ~AtEnd() {
      computing = nullptr;
      calculated = std::chrono::steady_clock::now().time_since_epoch().count();
    }
  } at_end{computing_, calculated_};
  computing_ = &work;
  try {
    return f();
  } catch (const PluginError& e) {
    if (e.status != DOSEGATE_CANCELLED || !work.is_to_end()) throw;
    refuse_memory(around_.budget);
  }
}

Budget::Share HostedCase::make_room(std::uint64_t bytes_before, std::uint64_t bytes) const {
  const std::uint64_t most = around_.most_bytes;
  if (bytes > most || bytes_ - bytes_before > most - bytes) {
    throw PluginError(DOSEGATE_LIMIT_EXCEEDED, "",
                      "The case would take more than the " + std::to_string(most >> 20) +
                          " MiB that a case on this server may. Leave out structures that the protocol does not need, "
                          "or start the server with a larger --max-case-mib.");
  }
  Budget::Share share;
  switch (around_.budget.take(client_, bytes, share)) {
    case Budget::Answer::kTaken:
      break;
    case Budget::Answer::kClientFull:
      throw PluginError(DOSEGATE_LIMIT_EXCEEDED, "",
                        "The cases and uploads of this client take all of the " +
                            std::to_string(client_->most.bytes >> 20) +
                            " MiB that one client may. Delete cases that are not needed.");
    case Budget::Answer::kServerFull:
      refuse_memory(around_.budget);
  }
  return share;
}

void HostedCase::count() noexcept {
  std::uint64_t all = record_share_.bytes() + options_share_.bytes() + expected_share_.bytes();
  for (const auto& [name, held] : plans_) all += held.share.bytes();
  for (const auto& [name, held] : doses_) all += held.share.bytes();
  for (const auto& [key, held] : structures_) all += held.share.bytes();
  for (const auto& [series, share] : slices_shares_) all += share.bytes();
  bytes_ = all;
}

void HostedCase::set_plan(const v1::Plan& plan) {
  const Change change(*this);
  const std::string json = json_of(plan);
  const auto before = plans_.find(plan.name_in_case());
  Budget::Share share =
      make_room(before == plans_.end() ? 0 : before->second.share.bytes(), json.size() * kBytesAJsonByte);
  case_.set_plan(json);
  plans_[plan.name_in_case()] = {in_brief(plan), std::move(share)};
}

void HostedCase::remove_plan(const std::string& name) {
  const Change change(*this);
  case_.remove_plan(name);
  plans_.erase(name);
}

void HostedCase::set_record(const v1::ClinicalRecord& record) {
  const Change change(*this);
  const std::string json = json_of(record);
  Budget::Share share = make_room(record_share_.bytes(), json.size() * kBytesAJsonByte);
  case_.set_record(json);
  record_share_ = std::move(share);
}

void HostedCase::remove_record() {
  const Change change(*this);
  case_.set_record({});
  record_share_ = {};
}

void HostedCase::set_options(const v1::CaseOptions& options) {
  const Change change(*this);
  const std::string json = json_of(options);
  Budget::Share share = make_room(options_share_.bytes(), json.size() * kBytesAJsonByte);
  case_.set_options(json);
  options_share_ = std::move(share);
}

void HostedCase::set_structure(v1::Structure from) {
  const Change change(*this);
  std::uint64_t values = 0;
  for (const v1::Contour& contour : from.contours()) values += static_cast<std::uint64_t>(contour.points_mm_size());
  const std::pair key(from.structure_set(), from.roi_number());
  const auto before = structures_.find(key);
  Budget::Share share =
      make_room(before == structures_.end() ? 0 : before->second.share.bytes(),
                kBytesAStructure + from.name().size() + from.defect().size() + values / 3 * kBytesAPoint +
                    static_cast<std::uint64_t>(from.contours_size()) * kBytesAContour);
  set_in_engine(from);
  contours_.reset();
  HeldStructure& held = structures_[key];
  held.share = std::move(share);
  held.as_sent = std::move(from);
}

void HostedCase::set_in_engine(const v1::Structure& from) {
  dosegate_structure structure{};
  const char* const name = c_text(from.name(), "name");
  structure.name = name == nullptr ? "" : name;
  structure.interpreted_type = c_text(from.interpreted_type(), "interpreted_type");
  structure.frame_of_reference_uid = c_text(from.frame_of_reference_uid(), "frame_of_reference_uid");
  const char* const defect = c_text(from.defect(), "defect");
  structure.defect = from.has_defect() && defect == nullptr ? "" : defect;
  std::vector<dosegate_contour> contours;
  contours.reserve(static_cast<std::size_t>(from.contours_size()));
  for (const v1::Contour& contour : from.contours()) {
    const auto values = static_cast<std::uint64_t>(contour.points_mm_size());
    if (values % 3 != 0) {
      throw PluginError(DOSEGATE_INVALID_DATA, "contours[" + std::to_string(contours.size()) + "].points_mm",
                        "has " + std::to_string(values) + " values; they are x, y, z of each point.");
    }
    contours.push_back(
        {contour.points_mm().data(), values / 3, static_cast<std::int32_t>(contour.geometric_type()), 0});
  }
  structure.roi_number = from.roi_number();
  structure.structure_set = c_text(from.structure_set(), "structure_set");
  structure.contours = contours.empty() ? nullptr : contours.data();
  structure.contour_count = contours.size();
  structure.slab_thickness_mm = from.slab_thickness_mm();
  case_.set_structure(structure);
}

void HostedCase::remove_structure(const std::string& set, std::int32_t roi_number) {
  const Change change(*this);
  case_.remove_structure(roi_number, set);
  contours_.reset();
  structures_.erase({set, roi_number});
}

void HostedCase::remove_structure_set(const std::string& set) {
  const Change change(*this);
  case_.remove_structure_set(set);
  contours_.reset();
  std::erase_if(structures_, [&](const auto& held) { return held.first.first == set; });
}

void HostedCase::give_back() {
  for (const auto& [key, held] : structures_) set_in_engine(held.as_sent);
  calculated_ = 0;
}

std::optional<std::chrono::steady_clock::time_point> HostedCase::keeps_since() const {
  using Time = std::chrono::steady_clock;
  const Time::rep at = calculated_;
  if (at == 0) return std::nullopt;
  return Time::time_point(Time::duration(at));
}

void HostedCase::set_slices(const v1::Slices& from) {
  const Change change(*this);
  if (from.axis() < v1::Slices::X || from.axis() > v1::Slices::Z) {
    throw PluginError(DOSEGATE_INVALID_ARGUMENT, "axis", "is not X, Y or Z.");
  }
  dosegate_slices slices{};
  slices.axis = static_cast<std::int32_t>(from.axis()) - static_cast<std::int32_t>(v1::Slices::X);
  slices.frame_of_reference_uid = c_text(from.frame_of_reference_uid(), "frame_of_reference_uid");
  slices.at_mm = from.at_mm().data();
  slices.count = static_cast<std::uint64_t>(from.at_mm_size());
  const std::pair series(from.frame_of_reference_uid(), slices.axis);
  const auto before = slices_shares_.find(series);
  Budget::Share share = make_room(before == slices_shares_.end() ? 0 : before->second.bytes(),
                                  series.first.size() + slices.count * kBytesASlice);
  without("slices.", [&] { case_.set_slices(slices); });
  if (slices.count == 0) {
    slices_shares_.erase(series);
  } else {
    slices_shares_[series] = std::move(share);
  }
}

void HostedCase::set_dose(const DoseUpload& upload) {
  const Change change(*this);
  if (upload.is_planes()) {
    const dosegate_dose_planes planes = upload.planes();
    case_.set_dose_planes(planes);
    keep_planes(upload.name(), planes);
    return;
  }
  const dosegate_dose dose = upload.dose();
  expected_share_ = {};
  count();
  const auto before = doses_.find(upload.name());
  const std::uint64_t kept = around_.keeps_doses ? upload.header().values().size_bytes() : 0;
  Budget::Share share =
      make_room(before == doses_.end() ? 0 : before->second.share.bytes(), dose.value_count * kBytesAVoxel + kept);
  without("dose.", [&] { case_.set_dose(dose); });
  HeldDose& held = doses_[upload.name()];
  held.share = std::move(share);
  held.grid = {dose.columns, dose.rows, dose.value_count == 0 ? 0 : dose.planes,
               static_cast<v1::DoseValues::Type>(dose.value_type)};
  if (around_.keeps_doses) {
    held.header = upload.header();
    held.values.assign(static_cast<const char*>(dose.values), kept);
  }
}

void HostedCase::expect_dose(const Chosen& chosen, const DoseUpload& upload) {
  const dosegate_dose dose = upload.dose();
  expected_share_ = make_room(expected_share_.bytes(), dose.value_count * kBytesAVoxel);
  count();
  without("dose.", [&] {
    try {
      compute([&] { case_.expect_dose(chosen.protocol, dose); });
    } catch (const PluginError& e) {
      if (e.status != DOSEGATE_CANCELLED) throw;
    }
  });
}

void HostedCase::remove_dose(const std::string& name) {
  const Change change(*this);
  case_.remove_dose(name);
  doses_.erase(name);
}

void HostedCase::keep_planes(const std::string& name, const dosegate_dose_planes& planes) {
  const auto held = doses_.find(name);
  if (held == doses_.end() || planes.value_count == 0) return;
  std::string& values = held->second.values;
  const GridShape& grid = held->second.grid;
  const std::uint64_t voxels = std::uint64_t{grid.columns} * grid.rows * grid.planes;
  if (values.empty() || voxels == 0) return;
  const std::uint64_t size = values.size() / voxels;
  const std::uint64_t at = std::uint64_t{planes.first_plane} * grid.columns * grid.rows * size;
  const std::uint64_t bytes = planes.value_count * size;
  if (at > values.size() || bytes > values.size() - at) return;
  values.replace(at, bytes, static_cast<const char*>(planes.values), bytes);
}

GridShape HostedCase::grid(const std::string& name) const {
  const auto held = doses_.find(name);
  return held == doses_.end() ? GridShape{} : held->second.grid;
}

std::shared_ptr<const Written> HostedCase::checked(const std::string& key) {
  if (!checked_ || checked_->key() != key) return nullptr;
  at_hand_.set(checked_->written());
  return checked_->written();
}

const v1::CheckCaseResponse& HostedCase::check(const Chosen& chosen) {
  if (checked_ && checked_->key() == chosen.key) return checked_->response();
  checked_.emplace(chosen.key, compute([&] { return case_.check(chosen.protocol); }));
  return checked_->response();
}

v1::GetDvhResponse HostedCase::dvh(const v1::DvhRequest& request) {
  const std::string json = json_of(request);
  const Document document = compute([&] { return case_.dvh(json); });
  v1::GetDvhResponse response;
  *response.mutable_report() = message_of<v1::DvhReport>(document.json());
  response.set_report_json(std::string(document.json()));
  return response;
}

v1::ComputeGammaResponse HostedCase::gamma(const v1::GammaRequest& request, const DoseUpload& reference,
                                           const DoseUpload& evaluated) {
  dosegate_dose here = reference.dose(), there = evaluated.dose();
  here.struct_size = there.struct_size = sizeof here;
  dosegate_gamma_input input{};
  input.reference = &here;
  input.evaluated = &there;
  // A copy of each; of the reference's points what is found, of the other's cells least and largest.
  constexpr std::uint64_t kOfReference = 32, kOfEvaluated = 16;
  const Budget::Share share = make_room(0, here.value_count * kOfReference + there.value_count * kOfEvaluated);
  const Document document = case_.gamma(input, json_of(request));
  v1::ComputeGammaResponse response;
  *response.mutable_report() = message_of<v1::GammaReport>(document.json());
  response.set_report_json(std::string(document.json()));
  return response;
}

}  // namespace dosegate::rpc
