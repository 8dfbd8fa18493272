#include "adapters/panel/sessions.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <utility>

#include "adapters/cli/documents.h"
#include "adapters/html/frame.h"
#include "adapters/html/sections.h"
#include "adapters/panel/curves_json.h"
#include "adapters/panel/findings_json.h"
#include "adapters/panel/page_words.h"
#include "adapters/panel/scene.h"

namespace dosegate::panel {

namespace json = boost::json;
using present::Text;

std::string time_of_day() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  std::array<char, 16> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%H:%M:%S", &local)};
}

Sessions::Sessions(Feed& feed, present::Language language, Identifiers identifiers)
    : feed_(feed), language_(language), identifiers_(identifiers) {
  feed_.set("words", "words", json::serialize(page_words(language)));
  show_list();
}

void Sessions::set_connected(bool connected) {
  const std::lock_guard lock(mutex_);
  is_connected_ = connected;
  if (connected) {
    for (auto& [name, session] : sessions_) session.is_announced = false;
  }
  show_list();
}

void Sessions::take(const Parts& response) {
  const std::lock_guard lock(mutex_);
  if (response.has_begun()) return begin(response.session(), response.begun());
  if (response.has_heartbeat()) {  // all that there is was announced before
    for (auto& [name, session] : sessions_) {
      if (!session.is_announced && !session.is_over) end(session);
    }
    return;
  }
  const auto found = sessions_.find(response.session());
  if (found == sessions_.end()) return;
  Session& session = found->second;
  switch (response.part_case()) {
    case Parts::kState:
      session.state = response.state();
      return show_list();
    case Parts::kChecked:
      return check(session, response.checked());
    case Parts::kCurves:
      return show_curves(session, response.curves());
    case Parts::kContours:
      session.drawn = structures_of(response.contours());
      return;
    case Parts::kDose:
      return show_pictures(session, response.dose());
    case Parts::kOver:
      return end(session);
    default:
      return;
  }
}

void Sessions::begin(const std::string& name, const Parts::Begun& begun) {
  if (sessions_.count(name) == 0) {
    if (sessions_.size() >= kMostSessions) drop_oldest_over();
    if (sessions_.size() >= kMostSessions) {
      if (!std::exchange(has_told_crowd_, true)) {
        std::fprintf(stderr, "dosegate panel: more than %zu sessions are open; further ones are not shown.\n",
                     kMostSessions);
      }
      return;
    }
  }
  Session& session = sessions_[name];
  if (session.number == 0) {
    session.number = ++begun_;
    session.id = "s" + std::to_string(session.number);
    // What this program does not know of a newer protocol is left out of charts and pictures.
    (void)cli::read_document(begun.protocol_json(), session.protocol);
  }
  session.is_announced = true;
  session.is_over = false;
  show_list();
}

void Sessions::check(Session& session, const Parts::Checked& checked) {
  std::deque<Kept>& kept = session.kept;
  if (!kept.empty() && kept.back().revision->number >= checked.revision())
    return;  // told again after a lost connection
  Kept now{make_revision(checked, time_of_day(), session.protocol.title(), language_, identifiers_), nullptr, 0};
  const Revision& revision = *now.revision;
  const Revision* before = kept.empty() ? nullptr : kept.back().revision.get();
  const auto same =
      std::find_if(kept.rbegin(), kept.rend(), [&](const Kept& k) { return k.revision->judged == revision.judged; });
  if (same != kept.rend()) now.same = same->revision->number;
  json::object out = findings_json(revision, before);
  out["session"] = session.id;
  out["same"] = now.same == 0 ? "" : present::say(Text::kSameAsRevision, language_, {std::to_string(now.same)});
  html::Evidence evidence;
  evidence.protocol = session.protocol;
  const html::Context context{revision.view, evidence, {}};
  out["head"] = html::header(context);
  if (before != nullptr) out["undo"] = undo_json(revision, *before);
  kept.push_back(std::move(now));
  if (kept.size() > kMostRevisions) kept.pop_front();
  session.state.set_stale(false);
  feed_.set("findings " + session.id, "findings", json::serialize(out));

  json::array timeline;
  for (const Kept& k : kept) timeline.push_back(timeline_json(*k.revision, k.same));
  feed_.set("timeline " + session.id, "timeline",
            json::serialize(json::object{{"session", session.id}, {"revisions", std::move(timeline)}}));
  show_list();
}

void Sessions::show_curves(Session& session, const Parts::Curves& curves) {
  const auto at = std::find_if(session.kept.begin(), session.kept.end(),
                               [&](const Kept& k) { return k.revision->number == curves.revision(); });
  if (at == session.kept.end()) return;
  at->dvh = std::make_shared<const v1::DvhReport>(curves.dvh());
  html::Evidence evidence;
  evidence.protocol = session.protocol;
  evidence.dvh = curves.dvh();
  evidence.rt.structures = session.drawn;
  const html::Context context{at->revision->view, evidence,
                              html::structures_of(at->revision->checked.report(), evidence)};
  json::object out = curves_json(context, curves.revision());
  out["session"] = session.id;
  out["problem"] = curves.problem();
  if (at != session.kept.begin()) add_before(out, session, *std::prev(at));
  feed_.set("curves " + session.id, "curves", json::serialize(out));
}

// The curves of an earlier revision, where it has any: one without a dose has none, nor one that was changed too soon.
void Sessions::add_before(json::object& out, const Session& session, const Kept& then) {
  if (!then.dvh) return;
  html::Evidence evidence;
  evidence.protocol = session.protocol;
  evidence.dvh = *then.dvh;
  evidence.rt.structures = session.drawn;
  const html::Context context{then.revision->view, evidence,
                              html::structures_of(then.revision->checked.report(), evidence)};
  json::object before = curves_before(context, then.revision->number);
  if (!before.at("curves").as_array().empty()) out["before"] = std::move(before);
}

void Sessions::show_pictures(Session& session, const Parts::KeptDose& dose) {
  const auto at = std::find_if(session.kept.begin(), session.kept.end(),
                               [&](const Kept& k) { return k.revision->number == dose.revision(); });
  if (at == session.kept.end()) return;
  html::Evidence evidence;
  evidence.protocol = session.protocol;
  evidence.rt.structures = session.drawn;
  evidence.rt.dose = dose_of(dose);
  const html::Context context{at->revision->view, evidence,
                              html::structures_of(at->revision->checked.report(), evidence)};
  std::string styles;
  const std::string pictures = evidence.rt.dose ? html::places(context, styles) : "";
  feed_.set("pictures " + session.id, "pictures",
            json::serialize(
                json::object{{"session", session.id},
                             {"revision", dose.revision()},
                             {"title", present::say(Text::kPicturesOf, language_, {std::to_string(dose.revision())})},
                             {"html", pictures},
                             {"why", present::say(evidence.rt.dose ? Text::kNoPlace : Text::kNoPictures, language_)},
                             {"styles", html::colours(context.structures) + styles}}));
}

void Sessions::end(Session& session) {
  session.is_over = true;
  const auto over = std::count_if(sessions_.begin(), sessions_.end(), [](const auto& s) { return s.second.is_over; });
  if (static_cast<std::size_t>(over) > kMostOver) drop_oldest_over();
  show_list();
}

void Sessions::drop_oldest_over() {
  auto oldest = sessions_.end();
  for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
    if (at->second.is_over && (oldest == sessions_.end() || at->second.number < oldest->second.number)) oldest = at;
  }
  if (oldest == sessions_.end()) return;
  for (const char* topic : {"findings ", "timeline ", "curves ", "pictures "}) feed_.remove(topic + oldest->second.id);
  sessions_.erase(oldest);
}

std::optional<std::string> Sessions::undo(const std::string& id, std::uint64_t revision) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, session] : sessions_) {
    if (session.id != id || session.kept.empty()) continue;
    const auto then = std::find_if(session.kept.begin(), session.kept.end(),
                                   [&](const Kept& k) { return k.revision->number == revision; });
    if (then == session.kept.end()) return std::nullopt;
    json::object out = undo_json(*session.kept.back().revision, *then->revision);
    add_before(out, session, *then);
    return json::serialize(out);
  }
  return std::nullopt;
}

// With the lock held, or before anybody else has this.
void Sessions::show_list() {
  std::vector<const Session*> ordered;
  for (const auto& [name, session] : sessions_) ordered.push_back(&session);
  std::sort(ordered.begin(), ordered.end(), [](const Session* a, const Session* b) { return a->number < b->number; });
  json::array list;
  for (const Session* s : ordered) {
    const Revision* last = s->kept.empty() ? nullptr : s->kept.back().revision.get();
    const std::string title =
        last == nullptr ? std::string()
                        : present::say(Text::kRevisionAt, language_, {std::to_string(last->number), last->at});
    struct Shown {
      const char* state;
      Text text;
    };
    const Shown shown = s->is_over              ? Shown{"over", Text::kStaleOver}
                        : !is_connected_        ? Shown{"lost", Text::kStaleServer}
                        : !s->state.connected() ? Shown{"lost", Text::kStalePlanner}
                        : last == nullptr       ? Shown{"none", Text::kNothingCheckedYet}
                        : s->state.stale()      ? Shown{"checking", Text::kStaleChecking}
                                                : Shown{"current", Text::kCurrent};
    const auto verdict = last == nullptr ? v1::Report::VERDICT_UNSPECIFIED : last->checked.report().verdict();
    list.push_back(json::object{{"id", s->id},
                                {"name", present::say(Text::kSessionNumber, language_, {std::to_string(s->number)})},
                                {"revision", last == nullptr ? 0 : last->number},
                                {"cls", html::class_of(present::status_of(verdict))},
                                {"word", present::say(present::word_of(verdict), language_)},
                                {"state", shown.state},
                                {"banner", present::say(shown.text, language_, {title})}});
  }
  feed_.set("sessions", "sessions",
            json::serialize(json::object{{"connected", is_connected_}, {"sessions", std::move(list)}}));
}

}  // namespace dosegate::panel
