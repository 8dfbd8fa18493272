#include "tests/bench/wire_case.h"

#include <google/protobuf/util/json_util.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <variant>

#include "adapters/dicom/reader.h"
#include "adapters/remote/messages.h"
#include "adapters/support/openssl_sha256.h"

namespace dosegate::bench {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;

template <typename T>
std::string two_per_cent_less(const std::string& values) {
  std::string less = values;
  for (std::size_t at = 0; at + sizeof(T) <= less.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, less.data() + at, sizeof value);
    value = static_cast<T>(static_cast<double>(value) * 0.98);
    std::memcpy(less.data() + at, &value, sizeof value);
  }
  return less;
}

}  // namespace

dosegate_dose WireCase::in_process(std::size_t n) const {
  dosegate_dose d{};
  d.value_type = static_cast<std::int32_t>(dose.values().type());
  d.values = values[n].data();
  d.value_count = std::uint64_t{dose.columns()} * dose.rows() * dose.planes();
  d.scaling = dose.scaling();
  d.units = static_cast<std::int32_t>(dose.units());
  d.dose_type = static_cast<std::int32_t>(dose.dose_type());
  d.summation = static_cast<std::int32_t>(dose.summation());
  d.columns = dose.columns(), d.rows = dose.rows(), d.planes = dose.planes();
  for (int i = 0; i < 3; ++i) {
    d.position_mm[i] = dose.position_mm(i);
    d.row_cosines[i] = dose.row_cosines(i);
    d.column_cosines[i] = dose.column_cosines(i);
  }
  d.row_spacing_mm = dose.row_spacing_mm(), d.column_spacing_mm = dose.column_spacing_mm();
  d.plane_offsets_mm = dose.plane_offsets_mm().data();
  d.frame_of_reference_uid = dose.frame_of_reference_uid().c_str();
  return d;
}

void WireCase::set(Case& c) const {
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(plan, &json).ok()) throw std::runtime_error("no plan");
  c.set_plan(json);
  for (const v1::Structure& from : structures) {
    std::vector<dosegate_contour> contours;
    for (const v1::Contour& contour : from.contours()) {
      contours.push_back({contour.points_mm().data(), static_cast<std::uint64_t>(contour.points_mm_size()) / 3,
                          static_cast<std::int32_t>(contour.geometric_type()), 0});
    }
    dosegate_structure s{};
    s.roi_number = from.roi_number();
    s.name = from.name().c_str();
    s.interpreted_type = from.interpreted_type().c_str();
    s.frame_of_reference_uid = from.frame_of_reference_uid().c_str();
    s.contours = contours.data(), s.contour_count = contours.size();
    c.set_structure(s);
  }
  c.set_dose(in_process(0));
}

WireCase wire_case(const FullSize& data) {
  WireCase wire;
  if (!google::protobuf::util::JsonStringToMessage(data.plan_json, &wire.plan).ok()) {
    throw std::runtime_error("the plan of the full-size case cannot be read");
  }
  const dosegate_dose d = data.dose_struct(data.dose);
  for (const FullSize::Roi& roi : data.rois) {
    v1::Structure& s = wire.structures.emplace_back();
    s.set_roi_number(roi.number);
    s.set_name(roi.name);
    s.set_interpreted_type(roi.type);
    s.set_frame_of_reference_uid(d.frame_of_reference_uid);
    for (const FullSize::Ring& ring : roi.rings) {
      v1::Contour& contour = *s.add_contours();
      contour.set_geometric_type(v1::Contour::CLOSED_PLANAR);
      contour.mutable_points_mm()->Assign(ring.points_mm.begin(), ring.points_mm.end());
    }
  }
  for (const auto* dose : {&data.dose, &data.moved_dose}) {
    wire.values.emplace_back(reinterpret_cast<const char*>(dose->data()), dose->size() * sizeof(float));
  }
  v1::DoseHeader& h = wire.dose;
  h.mutable_values()->set_type(v1::DoseValues::FLOAT32);
  h.mutable_values()->set_size_bytes(wire.values[0].size());
  h.set_scaling(d.scaling);
  h.set_units(static_cast<v1::DoseHeader::Units>(d.units));
  h.set_dose_type(static_cast<v1::DoseHeader::DoseType>(d.dose_type));
  h.set_summation(static_cast<v1::DoseHeader::Summation>(d.summation));
  h.set_columns(d.columns);
  h.set_rows(d.rows);
  h.set_planes(d.planes);
  h.mutable_position_mm()->Assign(d.position_mm, d.position_mm + 3);
  h.mutable_row_cosines()->Assign(d.row_cosines, d.row_cosines + 3);
  h.mutable_column_cosines()->Assign(d.column_cosines, d.column_cosines + 3);
  h.set_row_spacing_mm(d.row_spacing_mm);
  h.set_column_spacing_mm(d.column_spacing_mm);
  h.mutable_plane_offsets_mm()->Assign(d.plane_offsets_mm, d.plane_offsets_mm + d.planes);
  h.set_frame_of_reference_uid(d.frame_of_reference_uid);
  return wire;
}

WireCase wire_case(const std::string& folder) {
  dicom::ReadResult read = dicom::read_case({folder}, {});
  if (const auto* error = std::get_if<dicom::ReadError>(&read)) throw std::runtime_error(error->text());
  const auto& files = std::get<dicom::RtCase>(read);
  WireCase wire;
  wire.plan = files.plan.value();
  for (const auto& structure : files.structures) wire.structures.push_back(remote::message_of(structure));
  const dicom::Dose& dose = files.dose.value();
  wire.dose = remote::header_of(dose);
  const std::string first(reinterpret_cast<const char*>(dose.values.data()), dose.values.size());
  wire.values = {first, dose.value_type == DOSEGATE_VALUES_UINT16 ? two_per_cent_less<std::uint16_t>(first)
                                                                  : two_per_cent_less<std::uint32_t>(first)};
  return wire;
}

ServerProcess::ServerProcess(const std::vector<std::string>& more_arguments) {
  char name[] = "/tmp/dosegate-bench-XXXXXX";
  if (::mkdtemp(name) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
  address_ = "unix:" + folder_ + "/s";
  const std::string program =
      (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "dosegate-grpc").string();
  std::vector<std::string> arguments = {program, "--listen", address_, "--parent"};
  arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  int out[2];
  if (::pipe(out) != 0) throw std::runtime_error("no pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    ::close(out[0]);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(out[1]);
  char c = 0;
  std::string line;
  while (::read(out[0], &c, 1) == 1 && c != '\n') line += c;
  ::close(out[0]);
  if (line != "dosegate-grpc dosegate.v1 " + address_) throw std::runtime_error("dosegate-grpc does not start");
}

ServerProcess::~ServerProcess() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  std::filesystem::remove_all(folder_);
}

std::shared_ptr<grpc::Channel> ServerProcess::connect() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), arguments);
}

WireSession::WireSession(const std::shared_ptr<grpc::Channel>& channel, const WireCase& data, bool with_hash)
    : data_(data),
      with_hash_(with_hash),
      stub_(v1::PlanCheckService::NewStub(channel)),
      stream_(stub_->PlanningSession(&context_)) {
  v1::PlanningSessionRequest request;
  request.mutable_open();
  write(request);
  request.set_event(++event_);
  *request.mutable_plan() = data.plan;
  write(request);
  for (const v1::Structure& structure : data.structures) {
    request.set_event(++event_);
    *request.mutable_structure() = structure;
    write(request);
  }
  answer();
}

WireSession::~WireSession() {
  stream_->WritesDone();
  v1::PlanningSessionResponse response;
  while (stream_->Read(&response)) {
  }
  stream_->Finish();
}

void WireSession::write(v1::PlanningSessionRequest& request) {
  if (!stream_->Write(request)) throw std::runtime_error("the session has ended");
}

void WireSession::expect_dose() {
  v1::PlanningSessionRequest request;
  request.set_event(++event_);
  *request.mutable_expected_dose() = data_.dose;
  write(request);
  answer();
}

v1::PlanningSessionResponse::Update WireSession::dose(std::size_t n) {
  const std::string& values = data_.values[n];
  v1::PlanningSessionRequest request;
  request.set_event(++event_);
  *request.mutable_dose() = data_.dose;
  request.mutable_dose()->mutable_values()->set_sha256(
      with_hash_ ? support::openssl_sha256_of(values.data(), values.size()) : "");
  write(request);
  request.Clear();
  for (std::size_t at = 0; at < values.size(); at += kChunk) {
    v1::DoseChunk& chunk = *request.mutable_chunk();
    chunk.set_offset_bytes(at);
    chunk.set_data(values.data() + at, std::min(kChunk, values.size() - at));
    write(request);
  }
  return answer();
}

v1::PlanningSessionResponse::Update WireSession::answer() {
  v1::PlanningSessionResponse response;
  while (stream_->Read(&response)) {
    if (response.has_refused()) throw std::runtime_error(response.refused().status().message());
    if (response.has_update() && response.update().event() == event_) return response.update();
  }
  throw std::runtime_error("the session has ended: " + stream_->Finish().error_message());
}

}  // namespace dosegate::bench
