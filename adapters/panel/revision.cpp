#include "adapters/panel/revision.h"

#include <algorithm>
#include <set>
#include <utility>

#include "dosegate/detail/sha256.hpp"

namespace dosegate::panel {
namespace {

using present::Row;
using present::Status;

// Members of the report that name the patient, the files or the plan.
void hide_identifiers(v1::FollowSessionsResponse::Checked& checked, v1::Plan& plan) {
  plan.clear_label();
  plan.clear_name();
  plan.clear_sop_instance_uid();
  checked.mutable_report()->clear_inputs();
  checked.mutable_report()->clear_course();
  checked.mutable_report()->clear_notes();
  checked.mutable_report()->clear_note_sentences();
}

}  // namespace

const Row* Revision::find(const std::string& key) const {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Keyed& keyed) { return keyed.key == key; });
  return found == rows.end() ? nullptr : found->row;
}

std::shared_ptr<const Revision> make_revision(v1::FollowSessionsResponse::Checked checked, std::string at,
                                              const std::string& protocol_title, present::Language language,
                                              Identifiers identifiers) {
  auto made = std::make_shared<Revision>();
  made->number = checked.revision();
  made->event = checked.event();
  made->at = std::move(at);
  if (checked.plans_size() == 1) made->plan = checked.plans(0);
  checked.clear_plans();
  if (identifiers == Identifiers::kHidden) hide_identifiers(checked, made->plan);
  made->checked = std::move(checked);
  made->view = present::make_view(made->checked.report(), made->plan, protocol_title, language);
  std::set<std::string> taken;
  for (const present::Group& group : made->view.groups) {
    for (const Row& row : group.rows) {
      const v1::Finding& f = *row.finding;
      std::string key = f.rule_id() + "|" + f.structure() + "|" + f.metric();
      while (!taken.insert(key).second) key += "+";  // a rule that says the same thing twice
      made->rows.push_back({std::move(key), &row});
    }
  }
  std::string all;
  for (const v1::Finding& f : made->checked.report().findings()) all += f.SerializeAsString() + "\n";
  made->judged = dosegate::detail::sha256_of(all.data(), all.size());
  return made;
}

bool is_open(Status status) {
  return status == Status::kBroken || status == Status::kNotKnown || status == Status::kUndecided ||
         status == Status::kNear;
}

std::vector<Change> changes_between(const Revision& before, const Revision& after) {
  std::vector<Change> changes;
  std::set<std::string> seen;
  for (const Revision::Keyed& keyed : after.rows) {
    seen.insert(keyed.key);
    const Row* was = before.find(keyed.key);
    const bool was_open = was != nullptr && is_open(was->status), is_now = is_open(keyed.row->status);
    if (!was_open && !is_now) continue;
    if (was_open && is_now) {
      if (was->status != keyed.row->status || was->value != keyed.row->value || was->same != keyed.row->same) {
        const bool is_known_now = was->status == Status::kNotKnown && keyed.row->status != Status::kNotKnown;
        changes.push_back({is_known_now ? Change::Kind::kNew : Change::Kind::kMoved, keyed.key, was, keyed.row});
      }
      continue;
    }
    changes.push_back({is_now ? Change::Kind::kNew : Change::Kind::kResolved, keyed.key, was, keyed.row});
  }
  for (const Revision::Keyed& keyed : before.rows) {
    if (is_open(keyed.row->status) && seen.count(keyed.key) == 0) {
      changes.push_back({Change::Kind::kResolved, keyed.key, keyed.row, nullptr});
    }
  }
  return changes;
}

}  // namespace dosegate::panel
