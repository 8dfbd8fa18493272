#include "adapters/grpc/hosted_case.h"

#include <string_view>
#include <utility>
#include <vector>

#include "adapters/grpc/documents.h"

namespace dosegate::rpc {
namespace {

// What the engine keeps of a point: itself, its slab's outline, the pieces of the cells that its edges cross.
constexpr std::uint64_t kBytesAPoint = 400;
// Of a structure, whatever is drawn of it.
constexpr std::uint64_t kBytesAStructure = 4096;
// Of a place of an image: what is kept, and what a check makes of it meanwhile.
constexpr std::uint64_t kBytesASlice = 128;
// And of a voxel: its dose, and what it adds to the cells of the structures over it.
constexpr std::uint64_t kBytesAVoxel = 24;
// And of a byte of JSON, parsed.
constexpr std::uint64_t kBytesAJsonByte = 8;

dosegate_host host_of(void* user, unsigned threads, std::int32_t (*should_cancel)(void*)) {
  dosegate_host host{};
  host.struct_size = sizeof host;
  host.threads = threads;
  host.user = user;
  host.should_cancel = should_cancel;
  return host;
}

Case make_case(const Library& library, const dosegate_host& host) { return library.make_case(&host); }

}  // namespace

HostedCase::HostedCase(const Library& library, unsigned threads, boost::asio::thread_pool& pool, Budget& budget,
                       std::uint64_t most_bytes)
    : strand_(boost::asio::make_strand(pool.get_executor())),
      budget_(budget),
      most_bytes_(most_bytes),
      case_(make_case(library, host_of(this, threads, should_cancel))) {}

std::int32_t HostedCase::should_cancel(void* self) {
  const auto& cancelled = static_cast<const HostedCase*>(self)->cancelled_;
  return cancelled && cancelled() ? 1 : 0;
}

Budget::Share HostedCase::make_room(std::uint64_t bytes_before, std::uint64_t bytes) const {
  if (bytes > most_bytes_ || bytes_ - bytes_before > most_bytes_ - bytes) {
    throw PluginError(
        DOSEGATE_LIMIT_EXCEEDED, "",
        "The case would take more than the " + std::to_string(most_bytes_ >> 20) +
            " MiB that a case on this server may. Leave out structures that the protocol does not need, or "
            "start the server with a larger --max-case-mib.");
  }
  Budget::Share share;
  if (!budget_.take(bytes, share)) {
    throw PluginError(DOSEGATE_LIMIT_EXCEEDED, "",
                      "The cases on this server take all of the " + std::to_string(budget_.limit() >> 20) +
                          " MiB that they may. Delete cases that are not needed, or try again later.");
  }
  return share;
}

void HostedCase::changed() {
  std::uint64_t all = dose_share_.bytes() + plan_share_.bytes() + record_share_.bytes() + options_share_.bytes();
  for (const auto& [number, share] : structure_shares_) all += share.bytes();
  for (const auto& [series, share] : slices_shares_) all += share.bytes();
  bytes_ = all;
  checked_.reset();
}

void HostedCase::set_plan(const v1::Plan& plan) {
  const std::string json = json_of(plan);
  Budget::Share share = make_room(plan_share_.bytes(), json.size() * kBytesAJsonByte);
  case_.set_plan(json);
  plan_share_ = std::move(share);
  changed();
}

void HostedCase::set_record(const v1::ClinicalRecord& record) {
  const std::string json = json_of(record);
  Budget::Share share = make_room(record_share_.bytes(), json.size() * kBytesAJsonByte);
  case_.set_record(json);
  record_share_ = std::move(share);
  changed();
}

void HostedCase::remove_record() {
  case_.set_record({});
  record_share_ = {};
  changed();
}

void HostedCase::set_options(const v1::CaseOptions& options) {
  const std::string json = json_of(options);
  Budget::Share share = make_room(options_share_.bytes(), json.size() * kBytesAJsonByte);
  case_.set_options(json);
  options_share_ = std::move(share);
  changed();
}

void HostedCase::set_structure(const v1::Structure& from) {
  dosegate_structure structure{};
  const char* const name = c_text(from.name(), "name");
  structure.name = name == nullptr ? "" : name;
  structure.interpreted_type = c_text(from.interpreted_type(), "interpreted_type");
  structure.frame_of_reference_uid = c_text(from.frame_of_reference_uid(), "frame_of_reference_uid");
  const char* const defect = c_text(from.defect(), "defect");
  structure.defect = from.has_defect() && defect == nullptr ? "" : defect;
  std::uint64_t points = 0;
  std::vector<dosegate_contour> contours;
  contours.reserve(static_cast<std::size_t>(from.contours_size()));
  for (const v1::Contour& contour : from.contours()) {
    const auto values = static_cast<std::uint64_t>(contour.points_mm_size());
    if (values % 3 != 0) {
      throw PluginError(DOSEGATE_INVALID_DATA, "contours[" + std::to_string(contours.size()) + "].points_mm",
                        "has " + std::to_string(values) + " values; they are x, y, z of each point.");
    }
    points += values / 3;
    contours.push_back(
        {contour.points_mm().data(), values / 3, static_cast<std::int32_t>(contour.geometric_type()), 0});
  }
  const auto before = structure_shares_.find(from.roi_number());
  Budget::Share share = make_room(before == structure_shares_.end() ? 0 : before->second.bytes(),
                                  kBytesAStructure + from.name().size() + from.defect().size() + points * kBytesAPoint +
                                      contours.size() * sizeof(dosegate_contour));
  structure.roi_number = from.roi_number();
  structure.contours = contours.empty() ? nullptr : contours.data();
  structure.contour_count = contours.size();
  structure.slab_thickness_mm = from.slab_thickness_mm();
  case_.set_structure(structure);
  structure_shares_[from.roi_number()] = std::move(share);
  changed();
}

void HostedCase::remove_structure(std::int32_t roi_number) {
  case_.remove_structure(roi_number);
  structure_shares_.erase(roi_number);
  changed();
}

void HostedCase::set_slices(const v1::Slices& from) {
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
  try {
    case_.set_slices(slices);
  } catch (const PluginError& e) {  // the engine names slices.at_mm what is at_mm in the message
    constexpr std::string_view kPrefix = "slices.";
    if (e.path.compare(0, kPrefix.size(), kPrefix) != 0) throw;
    throw PluginError(e.status, e.path.substr(kPrefix.size()), e.message);
  }
  if (slices.count == 0) {
    slices_shares_.erase(series);
  } else {
    slices_shares_[series] = std::move(share);
  }
  changed();
}

void HostedCase::set_dose(const DoseUpload& upload) try {
  if (upload.is_planes()) {
    case_.set_dose_planes(upload.planes());
    return changed();
  }
  const dosegate_dose dose = upload.dose();
  Budget::Share share = make_room(dose_share_.bytes(), dose.value_count * kBytesAVoxel);
  case_.set_dose(dose);
  dose_share_ = std::move(share);
  grid_ = {dose.columns, dose.rows, dose.value_count == 0 ? 0 : dose.planes,
           static_cast<v1::DoseValues::Type>(dose.value_type)};
  changed();
} catch (const PluginError& e) {
  // The engine names dose.units what is units in the header.
  constexpr std::string_view kPrefix = "dose.";
  if (e.path.compare(0, kPrefix.size(), kPrefix) != 0) throw;
  throw PluginError(e.status, e.path.substr(kPrefix.size()), e.message);
}

const v1::CheckCaseResponse* HostedCase::checked(const std::string& key) const {
  return checked_ && checked_->key == key ? &checked_->response : nullptr;
}

const v1::CheckCaseResponse& HostedCase::check(const Chosen& chosen) {
  if (const auto* same = checked(chosen.key)) return *same;
  const Report report = case_.check(chosen.protocol);
  Checked now{chosen.key, {}};
  *now.response.mutable_report() = message_of<v1::Report>(report.json());
  now.response.set_report_json(std::string(report.json()));
  checked_ = std::move(now);
  return checked_->response;
}

v1::GetDvhResponse HostedCase::dvh(const v1::DvhRequest& request) {
  const Document document = case_.dvh(json_of(request));
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
  constexpr std::uint64_t kBytesAPoint = 32, kBytesACell = 16;
  const Budget::Share share = make_room(0, here.value_count * kBytesAPoint + there.value_count * kBytesACell);
  const Document document = case_.gamma(input, json_of(request));
  v1::ComputeGammaResponse response;
  *response.mutable_report() = message_of<v1::GammaReport>(document.json());
  response.set_report_json(std::string(document.json()));
  return response;
}

}  // namespace dosegate::rpc
