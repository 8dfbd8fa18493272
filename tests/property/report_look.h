// Every number of a report's JSON, and every sentence that holds one, against the slow reference. Whatever is wrong is
// noted, with what was found; a numeric field, or a form of sentence, that no check here knows is wrong, too.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/json/value.h"
#include "tests/property/report_asked.h"
#include "tests/property/report_cases.h"

namespace dosegate::property {

constexpr double kStated = 1e-6;  // what report.proto says of a number without bounds

// The truth about one structure.
struct Known {
  const DrawnRoi& roi;
  DvhReference reference;                 // as it was taken
  std::optional<DvhReference> otherwise;  // what is in doubt the other way round
};

// What was looked at.
struct Counts {
  int numbers = 0, rooms = 0, sentences = 0, not_evaluable = 0, doubts = 0, undecided = 0, wide_rooms = 0;
};

class Look {
 public:
  Look(const ReportCase& c, const std::vector<Known>& known) : case_(c), known_(known) {}

  // `asked`: one list a structure, in the order of the findings.
  void at(const JsonValue& report, const std::vector<std::vector<Asked>>& asked);

  std::vector<std::string> wrong;
  Counts counts;

 private:
  static const JsonValue* member(const JsonValue& v, const std::string& name);
  static std::optional<double> number(const JsonValue& v, const std::string& name);
  static std::string text(const JsonValue& v, const std::string& name);
  static std::string shown(double v);

  void require(bool holds, const std::string& what);
  void near(double value, double truth, const std::string& what);
  void encloses(double lower, double value, double upper, Measured<double> t, const std::string& what);

  // report_look.cpp
  void walk(const JsonValue& v, const std::string& path);
  void look_at(const JsonValue& f, const Asked& a, const Known& known);
  void look_at_decision(const std::string& status, const Asked& a, const Known& known, const std::string& what);
  void look_at_width(const JsonValue& f, const Asked& a, const Known& known, const std::string& what);
  void look_at_refusal(const JsonValue& f, const Known& known);
  // report_look_room.cpp
  void look_at_room(const JsonValue& f, const Asked& a, const Known& known, const std::string& what);
  void room_in(const JsonValue& f, const char* of, Measured<double> room, const std::string& what);
  void look_at_excess(const JsonValue& f, const Asked& a, const DvhReference& r, const std::string& what);
  void look_at_dose_of_limit(const JsonValue& f, const Asked& a, const DvhReference& r, const std::string& what);
  // report_look_place.cpp
  void look_at_place(const JsonValue& f, const Asked& a, const Known& known, const std::string& what);
  static bool is_inside(const std::vector<DrawnSlab>& slabs, const Eigen::Vector3d& p);
  // report_look_text.cpp
  void look_at_sentence(const JsonValue& f, const Asked& a, const Known& known);
  void look_at_doubt(const std::string& said, const JsonValue& f, const Asked& a, const Known& known);
  void look_at_note(const std::string& note);
  void look_at_rim(const std::string& name, const std::string& cc, const std::string& note);
  void look_at_scale(const JsonValue& f);
  void printed(const std::string& shown_text, double value, const std::string& what);
  void printed(const std::string& shown_text, Measured<double> value, const std::string& what);

  // Of a metric, in Gy or cc; computed once.
  Measured<double> truth(const Asked& a, const DvhReference& reference);
  // What is in doubt the other way round, so that it compares with the same limit. None: nothing is in doubt, or there
  // is not as much of it as the metric asks for.
  std::optional<Measured<double>> truth_otherwise(Asked a, const Known& known) const;

  const ReportCase& case_;
  const std::vector<Known>& known_;
  std::map<std::pair<const Asked*, const DvhReference*>, Measured<double>> truths_;
};

}  // namespace dosegate::property
