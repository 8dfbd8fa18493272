#include "adapters/dicom_gate/forward.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcmetinf.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dimse.h>
#include <dcmtk/dcmnet/diutil.h>

#include <algorithm>
#include <set>

#include "adapters/dicom_gate/disk.h"
#include "adapters/dicom_gate/sr.h"
#include "adapters/gate/document.h"
#include "adapters/gate/files.h"

namespace dosegate::dicom_gate {
namespace fs = std::filesystem;

namespace {

constexpr long kLargestPdu = 131'072;
constexpr std::chrono::seconds kAnswerTime{60};  // that the next node may take for an object
constexpr std::size_t kMostObjectBytes = std::size_t{4} << 30;

std::string file_text(const fs::path& path) { return gate::read_file(path.string(), kMostObjectBytes); }

[[noreturn]] void stop(const std::string& what) { throw gate::Refused(what); }

void count_answer(void* found, T_DIMSE_C_FindRQ*, int, T_DIMSE_C_FindRSP*, DcmDataset* answer) {
  OFString uid;
  auto& wanted = *static_cast<std::pair<std::string, bool>*>(found);
  if (answer != nullptr) answer->findAndGetOFString(DCM_SOPInstanceUID, uid);
  if (wanted.first == uid.c_str()) wanted.second = true;
}

// Whether the next node says that it has the object. False also where it answers no such question.
bool is_known_to(T_ASC_Association& association, const std::string& study, const std::string& series,
                 const std::string& uid) {
  const T_ASC_PresentationContextID context =
      ASC_findAcceptedPresentationContextID(&association, UID_FINDStudyRootQueryRetrieveInformationModel);
  if (context == 0) return false;
  T_DIMSE_C_FindRQ request{};
  request.MessageID = association.nextMsgID++;
  OFStandard::strlcpy(request.AffectedSOPClassUID, UID_FINDStudyRootQueryRetrieveInformationModel,
                      sizeof request.AffectedSOPClassUID);
  request.DataSetType = DIMSE_DATASET_PRESENT;
  request.Priority = DIMSE_PRIORITY_MEDIUM;
  DcmDataset keys;
  keys.putAndInsertString(DCM_QueryRetrieveLevel, "IMAGE");
  keys.putAndInsertString(DCM_StudyInstanceUID, study.c_str());
  keys.putAndInsertString(DCM_SeriesInstanceUID, series.c_str());
  keys.putAndInsertString(DCM_SOPInstanceUID, uid.c_str());
  T_DIMSE_C_FindRSP response{};
  DcmDataset* detail = nullptr;
  int answers = 0;
  std::pair<std::string, bool> found(uid, false);
  const OFCondition asked =
      DIMSE_findUser(&association, context, &request, &keys, answers, count_answer, &found, DIMSE_NONBLOCKING,
                     static_cast<int>(kAnswerTime.count()), &response, &detail);
  delete detail;
  return asked.good() && response.DimseStatus == STATUS_Success && found.second;
}

// Aborts what was not released.
class Association {
 public:
  Association(T_ASC_Network* network, T_ASC_Parameters* parameters, const std::string& to) {
    const OFCondition asked = ASC_requestAssociation(network, parameters, &association_, nullptr, nullptr, DUL_NOBLOCK,
                                                     static_cast<int>(kAnswerTime.count()));
    if (asked.good()) return;
    if (association_ != nullptr) {
      ASC_destroyAssociation(&association_);
    } else {
      ASC_destroyAssociationParameters(&parameters);
    }
    stop(to + ": no association: " + asked.text());
  }
  ~Association() {
    if (!is_released_) ASC_abortAssociation(association_);
    ASC_destroyAssociation(&association_);
  }
  Association(const Association&) = delete;
  Association& operator=(const Association&) = delete;

  void release() { is_released_ = ASC_releaseAssociation(association_).good(); }
  T_ASC_Association* get() const { return association_; }

 private:
  T_ASC_Association* association_ = nullptr;
  bool is_released_ = false;
};

}  // namespace

struct Forwarder::Item {
  fs::path path;
  std::string sop_class, uid, syntax, sha256, study, series;
};

Forwarder::Forwarder(Queue& queue, const Settings& settings, std::vector<gate::PublicKey> keys)
    : queue_(queue),
      settings_(settings),
      keys_(std::move(keys)),
      network_(settings.next_tls ? settings.tls : TlsFiles(), kAnswerTime) {}

std::vector<Forwarder::Item> Forwarder::items_of(const std::string& key) const {
  const fs::path folder = queue_.folder(State::kApproved, key);
  const std::string document = file_text(folder / "decision.json");
  const Decided decided = read_decision(document, keys_);
  if (decided.outcome != gate::Outcome::kApproved) stop(folder.string() + ": its decision is no approval");
  std::vector<Item> items;
  bool has_plan = false;
  for (const char* role : {"RTSTRUCT", "RTPLAN", "RTDOSE"}) {
    for (const gate::InputRef& subject : decided.statement.subjects) {
      if (subject.role != role) continue;
      Item item;
      item.path = queue_.object(subject.sop_instance_uid);
      item.uid = subject.sop_instance_uid;
      item.sha256 = subject.sha256;
      items.push_back(std::move(item));
      has_plan = has_plan || (subject.role == "RTPLAN" && subject.sop_instance_uid == key);
    }
  }
  if (!has_plan) stop(folder.string() + ": its decision is about another plan");
  for (std::size_t i = 0; i < decided.report_digests.size(); ++i) {
    const std::string name = "report-" + std::to_string(i + 1);
    // Made anew of what was signed: the bytes on the disk are compared as those of the plan are.
    const std::string report = file_text(folder / (name + ".json"));
    if (gate::sha256(report) != decided.report_digests[i]) {
      stop((folder / (name + ".json")).string() + ": is not the report that the decision rests on");
    }
    const ReportObject made = make_report_object(report, queue_.object(key), DecisionRef{document, decided.statement});
    Item item;
    item.path = folder / (name + ".dcm");
    item.uid = made.uid;
    item.sha256 = gate::sha256(made.bytes);
    std::error_code ignored;
    if (!fs::exists(item.path, ignored) || gate::sha256(file_text(item.path)) != item.sha256) {
      say(item.path.string() + " is written anew");
      disk::write(item.path, made.bytes);
    }
    items.push_back(std::move(item));
  }
  return items;
}

std::string Forwarder::to() const {
  return settings_.next.title + "@" + settings_.next.host + ":" + std::to_string(settings_.next.port);
}

fs::path Forwarder::mark_of(const Item& item, const char* ending) const {
  return queue_.root() / "sent" / (item.uid + ending);
}

bool Forwarder::is_sent(const Item& item) const {
  std::error_code ignored;
  const fs::path mark = mark_of(item, "");
  if (!fs::exists(mark, ignored)) return false;
  const detail::JsonValue document = gate::parse_json(file_text(mark));
  const auto text = [&](const char* name) {
    const detail::JsonValue* found = document.find(name);
    return found == nullptr ? std::string() : found->text;
  };
  if (text("to") != to()) return false;
  if (!text("sha256").empty() && text("sha256") != item.sha256) {
    stop(to() + ": has confirmed other bytes under " + item.uid + " before");
  }
  return true;
}

bool Forwarder::is_in_doubt(const Item& item) const {
  std::error_code ignored;
  return !is_sent(item) && fs::exists(mark_of(item, ".try"), ignored);
}

void Forwarder::confirm(const Item& item, const char* how, std::uint16_t status) {
  disk::write(mark_of(item, ""), gate::ObjectWriter()
                                         .text("to", to())
                                         .text("at", gate::to_text(gate::now()))
                                         .text("how", how)
                                         .whole("status", status)
                                         .text_if("sha256", item.sha256)
                                         .end() +
                                     "\n");
  disk::remove(mark_of(item, ".try"));
}

void Forwarder::forward(const std::string& key) {
  std::vector<Item> left;
  for (Item& item : items_of(key)) {
    if (is_sent(item)) continue;
    // Read as a whole, so that what is sent is what was approved.
    if (gate::sha256(file_text(item.path)) != item.sha256) {
      stop(item.path.string() + ": is not the file that was approved");
    }
    DcmFileFormat file;
    if (const OFCondition read = file.loadFile(item.path.c_str()); read.bad()) {
      stop(item.path.string() + ": " + read.text());
    }
    OFString value;
    file.getDataset()->findAndGetOFString(DCM_SOPInstanceUID, value);
    if (item.uid != value.c_str()) stop(item.path.string() + ": holds another object");
    file.getDataset()->findAndGetOFString(DCM_SOPClassUID, value);
    item.sop_class = value.c_str();
    file.getDataset()->findAndGetOFString(DCM_StudyInstanceUID, value);
    item.study = value.c_str();
    file.getDataset()->findAndGetOFString(DCM_SeriesInstanceUID, value);
    item.series = value.c_str();
    file.getMetaInfo()->findAndGetOFString(DCM_TransferSyntaxUID, value);
    item.syntax = value.c_str();
    left.push_back(std::move(item));
  }
  if (!left.empty()) send(left);
  queue_.move(key, State::kApproved, State::kForwarded);
  say("forwarded " + key);
}

void Forwarder::send(const std::vector<Item>& items) {
  const Peer& next = settings_.next;
  const std::string name = to();
  T_ASC_Parameters* parameters = nullptr;
  if (ASC_createAssociationParameters(&parameters, kLargestPdu).bad()) stop("DCMTK gives no association");
  ASC_setAPTitles(parameters, settings_.title.c_str(), next.title.c_str(), nullptr);
  ASC_setPresentationAddresses(parameters, OFStandard::getHostName().c_str(),
                               (next.host + ":" + std::to_string(next.port)).c_str());
  ASC_setTransportLayerType(parameters, settings_.next_tls ? OFTrue : OFFalse);
  std::set<std::pair<std::string, std::string>> offered;
  const char* plain[] = {UID_LittleEndianExplicitTransferSyntax, UID_LittleEndianImplicitTransferSyntax};
  int id = 1;
  for (const Item& item : items) {
    if (offered.emplace(item.sop_class, item.syntax).second) {
      const char* own[] = {item.syntax.c_str()};
      ASC_addPresentationContext(parameters, static_cast<T_ASC_PresentationContextID>(id), item.sop_class.c_str(), own,
                                 1);
      id += 2;
    }
    if (offered.emplace(item.sop_class, "").second) {
      ASC_addPresentationContext(parameters, static_cast<T_ASC_PresentationContextID>(id), item.sop_class.c_str(),
                                 plain, 2);
      id += 2;
    }
  }
  const bool has_doubts = std::any_of(items.begin(), items.end(), [&](const Item& item) { return is_in_doubt(item); });
  if (has_doubts) {
    ASC_addPresentationContext(parameters, static_cast<T_ASC_PresentationContextID>(id),
                               UID_FINDStudyRootQueryRetrieveInformationModel, plain, 2);
  }
  Association association(network_.get(), parameters, name);
  for (const Item& item : items) {
    if (is_in_doubt(item) && is_known_to(*association.get(), item.study, item.series, item.uid)) {
      say(name + " has " + item.uid + " already");
      confirm(item, "FOUND", STATUS_Success);
      continue;
    }
    disk::write(mark_of(item, ".try"), "\n");
    T_ASC_PresentationContextID context =
        ASC_findAcceptedPresentationContextID(association.get(), item.sop_class.c_str(), item.syntax.c_str());
    if (context == 0) context = ASC_findAcceptedPresentationContextID(association.get(), item.sop_class.c_str());
    if (context == 0) stop(name + ": does not take objects of SOP class " + item.sop_class);
    T_DIMSE_C_StoreRQ request{};
    request.MessageID = association.get()->nextMsgID++;
    OFStandard::strlcpy(request.AffectedSOPClassUID, item.sop_class.c_str(), sizeof request.AffectedSOPClassUID);
    OFStandard::strlcpy(request.AffectedSOPInstanceUID, item.uid.c_str(), sizeof request.AffectedSOPInstanceUID);
    request.DataSetType = DIMSE_DATASET_PRESENT;
    request.Priority = DIMSE_PRIORITY_MEDIUM;
    T_DIMSE_C_StoreRSP response{};
    DcmDataset* detail = nullptr;
    const OFCondition sent =
        DIMSE_storeUser(association.get(), context, &request, item.path.c_str(), nullptr, nullptr, nullptr,
                        DIMSE_NONBLOCKING, static_cast<int>(kAnswerTime.count()), &response, &detail);
    delete detail;
    if (sent.bad()) stop(name + ": " + item.uid + " was not answered: " + sent.text());
    const bool is_warning = (response.DimseStatus & 0xF000U) == 0xB000U;
    if (response.DimseStatus != STATUS_Success && !is_warning) {
      stop(name + ": refuses " + item.uid + ": " + DU_cstoreStatusString(response.DimseStatus));
    }
    confirm(item, "STORED", response.DimseStatus);
  }
  association.release();
}

}  // namespace dosegate::dicom_gate
