// The command line: what was asked for, or the text (help, version) or line (usage error) to answer with.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapters/cli/output.h"
#include "adapters/present/catalogue.h"

namespace dosegate::cli {

enum class Format { kText, kJson, kCsv, kHtml, kPdf };
// Made of the page: html, and pdf, which is html on paper.
constexpr bool is_page(Format format) { return format == Format::kHtml || format == Format::kPdf; }
enum class DoseIs { kAsTagged, kCourse, kFraction };
enum class BetweenSlices { kAsProtocol, kSlab, kInterpolate };
enum class OutsideGrid { kRefuse, kZero };

// What `check` and `dvh` share: where the case is and how it is read.
struct CaseArguments {
  std::vector<std::string> paths;
  std::string plan, structure_set, dose;  // a choice among several: SOP Instance UID or file; empty: none
  DoseIs dose_is = DoseIs::kAsTagged;
  OutsideGrid outside_grid = OutsideGrid::kRefuse;
  BetweenSlices between_slices = BetweenSlices::kAsProtocol;
  std::vector<std::string> separate_pieces;  // ROI names
  Format format = Format::kText;
  std::string output;  // empty: standard output
};

// A dosegate-grpc, and what it is shown over TCP; PEM files.
struct ServerArguments {
  std::string address;  // unix:PATH or HOST:PORT; empty: none, the library checks in process
  std::string authorities, certificate, key;
};

// Which waivers are listed as protocol deviations, and by what they are judged.
struct DeviationArguments {
  std::string policy;                // empty: none are looked at
  std::string ledger;                // whose waivers of the plan; empty: none
  std::vector<std::string> waivers;  // files
};

struct CheckArguments {
  CaseArguments input;
  std::string protocol;                         // id of a built-in one or a file; empty: the default
  std::map<std::string, std::string> map;       // role -> ROI name
  std::map<std::string, double> prescriptions;  // role -> Gy; "": the protocol's target role
  ServerArguments server;
  std::string record;  // file of a ClinicalRecord; empty: none
  std::string as_of;   // civil day, "2026-11-23"; empty: as the record tells
  bool plan_only = false;
  std::string holidays;  // iCalendar or JSON; empty: none
  bool full = false;     // on a terminal, too, everything
  std::string measured;  // what was measured of the dose: as GammaArguments::reference; empty: nothing
  DeviationArguments deviations;
  present::Language language = present::Language::kEnglish;  // of text and HTML, but for the findings' own sentences
};

struct CompareArguments {
  CheckArguments check;            // how each is judged; its input without paths
  std::vector<std::string> plans;  // folders, or reports as JSON
};

struct DvhArguments {
  CaseArguments input;
  std::vector<std::string> rois, metrics;
  bool curve = false;
  std::optional<double> prescription_gy;
};

struct ProtocolArguments {
  enum class Action { kList, kShow, kLint, kDiff };
  Action action = Action::kList;
  std::string name;   // of kShow and kDiff: id or file; of kLint: file
  std::string other;  // of kDiff: id or file of the later one
  Format format = Format::kText;
};

struct ScheduleArguments {
  std::string first_infusion;       // civil day
  std::string protocol;             // as in CheckArguments
  std::string holidays;             // as in CheckArguments
  std::vector<std::string> missed;  // civil days
  Format format = Format::kText;
  std::string output;  // empty: standard output
};

struct GammaArguments {
  enum class Normalise { kMaximum, kPrescription, kDose, kLocal };
  std::string reference, evaluated;  // DICOM RT Dose (file, or folder with one), or CSV of points
  double dose_percent = 3.0, distance_mm = 3.0, cutoff_percent = 10.0;
  Normalise normalise = Normalise::kMaximum;
  std::optional<double> normalise_gy;  // of kPrescription and kDose
  bool simplex = false, pass_fail = false;
  std::vector<std::string> rois;
  std::string structures;  // DICOM RT Structure Set; empty: none
  std::string map;         // file for gamma point by point, .csv or .mha; empty: none
  Format format = Format::kText;
  std::string output;  // empty: standard output
};

struct CohortArguments {
  std::string directory;
  bool plans = false;    // each folder in it is a plan to be checked; otherwise it holds reports
  CheckArguments check;  // with `plans`: how each is judged; its input without paths
  std::string resume;    // with `plans`: where reports are kept, and taken from; empty: nowhere
  double level = 0.95;
  DeviationArguments deviations;
  Format format = Format::kText;
  std::string output;  // empty: standard output
};

struct PhantomArguments {
  bool list = false;
  std::string directory, case_name;
};

// What follows `serve` is dosegate-grpc's.
struct ServeArguments {};

// approve, verify, waive, policy and ledger: what was typed is dosegate-gate's.
struct GateArguments {};

// dicom-gate, gate and sr: what was typed is dosegate-dicom-gate's.
struct DicomGateArguments {};

// panel and watch: what was typed is dosegate-panel's.
struct PanelArguments {};

struct Arguments {
  std::string manifest;  // empty: manifest.json beside this program
  std::variant<CheckArguments, CompareArguments, DvhArguments, GammaArguments, ProtocolArguments, ScheduleArguments,
               CohortArguments, PhantomArguments, ServeArguments, GateArguments, DicomGateArguments, PanelArguments>
      command;
};

// Help or version, to standard output.
struct Answer {
  std::string text;
};

// Never throws on what a user can type. DOSEGATE_MANIFEST stands in for --manifest.
std::variant<Arguments, Answer, Problem> parse_arguments(int argc, const char* const* argv);

// "45Gy", "45 Gy", "4500cGy" -> Gy. Nothing without a unit, nothing that is not above 0.
std::optional<double> parse_dose(std::string_view text);

}  // namespace dosegate::cli
