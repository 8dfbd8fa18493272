#include "adapters/panel/held_plans.h"

#include <sys/stat.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <utility>

#include "adapters/cli/program.h"
#include "adapters/panel/held_json.h"
#include "adapters/panel/program_beside.h"
#include "adapters/panel/sessions.h"

namespace dosegate::panel {
namespace fs = std::filesystem;
namespace json = boost::json;
using present::Text;

namespace {

constexpr std::chrono::milliseconds kBetweenLooks{500};
constexpr std::chrono::seconds kListWithin{20};

// What the queue cannot be read for.
struct NoList : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace

HeldPlans::HeldPlans(Feed& feed, fs::path queue, present::Language language, Identifiers identifiers,
                     DecideAs decide_as, bool is_alone)
    : feed_(feed),
      queue_(fs::absolute(queue)),
      language_(language),
      identifiers_(identifiers),
      decide_as_(std::move(decide_as)),
      is_alone_(is_alone) {
  try {
    look();
  } catch (const NoList& e) {
    cli::stop("--gate " + queue.string() + ": " + e.what());
  }
  thread_ = std::thread([this] { run(); });
}

HeldPlans::~HeldPlans() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  woken_.notify_all();
  thread_.join();
}

void HeldPlans::run() {
  std::string told;
  while (!is_over_) {
    std::string problem;
    try {
      const std::lock_guard lock(looking_);
      if (signature() != seen_ || !told.empty()) look();
    } catch (const std::exception& e) {
      problem = e.what();
    }
    if (problem != told && !is_over_) {
      if (!problem.empty()) {
        cli::print_error("--gate " + queue_.string() + ": " + problem);
        tell(problem);
      }
      told = problem;
    }
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, kBetweenLooks, [&] { return is_over_.load(); });
  }
}

void HeldPlans::look_again() {
  try {
    const std::lock_guard lock(looking_);
    look();
  } catch (const std::exception&) {  // the thread says so
  }
}

// The folders of held plans, and when something in each was changed last.
std::string HeldPlans::signature() const {
  std::vector<std::string> all;
  std::error_code error;
  for (auto at = fs::directory_iterator(queue_ / "held", error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    struct stat info {};
    if (::stat(at->path().c_str(), &info) != 0) continue;
    all.push_back(at->path().filename().string() + " " + std::to_string(info.st_ino) + " " +
                  std::to_string(info.st_mtim.tv_sec) + " " + std::to_string(info.st_mtim.tv_nsec) + "\n");
  }
  if (error) return "cannot be read";
  std::sort(all.begin(), all.end());
  std::string text = "plans\n";
  for (const std::string& one : all) text += one;
  return text;
}

std::vector<HeldPlan> HeldPlans::ask(std::size_t& all) const {
  const Ran ran =
      run_beside("dosegate-dicom-gate", {"gate", "list", "--queue", queue_.string(), "--json"}, kListWithin, is_over_);
  if (ran.exit_code != 0) throw NoList(ran.problem.empty() ? "its plans cannot be listed" : ran.problem);
  std::vector<HeldPlan> plans;
  all = 0;
  for (std::size_t at = 0, end = 0; (end = ran.out.find('\n', at)) != std::string::npos; at = end + 1) {
    if (++all > kMostShown) continue;
    try {
      plans.push_back(read_held(std::string_view(ran.out).substr(at, end - at)));
    } catch (const std::exception& e) {
      throw NoList(std::string("dosegate gate list says what is not understood: ") + e.what());
    }
  }
  return plans;
}

HeldPlans::Shown HeldPlans::show(const HeldPlan& plan) const {
  const HeldContext context{queue_, language_, identifiers_, decide_as_};
  json::object entry = entry_json(plan, context);
  const json::object reports = reports_json(plan, context);
  json::array verdicts;
  for (const json::value& one : reports.at("reports").as_array()) {
    json::object verdict = one.as_object().at("verdict").as_object();
    verdict["title"] = one.as_object().at("title");
    verdicts.push_back(std::move(verdict));
  }
  entry["verdicts"] = std::move(verdicts);
  return {plan, std::move(entry), json::serialize(reports)};
}

// By one at a time.
void HeldPlans::look() {
  const std::string seen = signature();
  std::size_t all = 0;
  const std::vector<HeldPlan> plans = ask(all);
  std::map<std::string, Shown> shown;
  std::vector<std::string> order;
  for (const HeldPlan& plan : plans) {
    order.push_back(plan.plan);
    std::optional<Shown> known;
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = shown_.find(plan.plan); found != shown_.end()) known = found->second;
    }
    shown[plan.plan] = known && known->plan == plan ? std::move(*known) : show(plan);
  }
  {
    const std::lock_guard lock(mutex_);
    shown_ = std::move(shown);
    order_ = std::move(order);
    further_ = all - order_.size();
  }
  seen_ = seen;
  tell("");
}

void HeldPlans::tell(const std::string& problem) {
  json::array plans;
  std::size_t further = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& plan : order_) plans.push_back(shown_.at(plan).entry);
    further = further_;
  }
  // What is wrong may be a path with a patient's name: that it is wrong is what the page says; the terminal says why.
  const bool is_lost = !problem.empty();
  feed_.set("held", "held",
            json::serialize(json::object{
                {"alone", is_alone_},
                {"lost", is_lost},
                {"banner", is_lost ? present::say(Text::kHeldLost, language_)
                                   : present::say(Text::kHeldAsOf, language_, {time_of_day()})},
                {"decides", decide_as_.is_on()
                                ? present::say(Text::kDecideAs, language_, {decide_as_.person, decide_as_.role})
                                : std::string()},
                {"further", further == 0 ? std::string() : present::say_count(Text::kHeldFurther, language_, further)},
                {"plans", std::move(plans)}}));
}

std::optional<std::string> HeldPlans::details(std::string_view plan) const {
  const std::lock_guard lock(mutex_);
  const auto found = shown_.find(std::string(plan));
  return found == shown_.end() ? std::nullopt : std::optional(found->second.details);
}

std::optional<HeldPlan> HeldPlans::find(std::string_view plan) const {
  const std::lock_guard lock(mutex_);
  const auto found = shown_.find(std::string(plan));
  return found == shown_.end() ? std::nullopt : std::optional(found->second.plan);
}

}  // namespace dosegate::panel
