// Every set function makes the new value whole before it replaces the old one by a move that cannot fail.
#include "plugin/case_content.h"

#include <string>
#include <utility>

#include "core/text/text.h"
#include "plugin/arguments.h"
#include "plugin/case_call.h"

namespace dosegate::plugin {
namespace {

Error not_held(const char* path, const std::string& kind, const std::string& name) {
  const std::string which = name.empty() ? " without a name" : " named " + quoted(name);
  return Error{ErrorCode::kNotFound, path, "The case holds no " + kind + which + "."};
}

// Whether there is room for one more of a kind, or `name` replaces one.
template <typename T>
Status check_room(const std::map<std::string, T>& held, const std::string& name, const char* path,
                  const std::string& kind) {
  if (held.size() < kMostHeld || held.count(name) > 0) return ok();
  return Error{ErrorCode::kLimitExceeded, path,
               "A case may hold " + std::to_string(kMostHeld) + " " + kind + "s. Remove one that is not needed."};
}

std::size_t structure_count(const HeldCourse& course) {
  std::size_t n = 0;
  for (const auto& [name, set] : course.structure_sets) n += set.size();
  return n;
}

}  // namespace

// --- plans

dosegate_status case_set_plan(dosegate_case* c, dosegate_text json, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    const Result<std::string_view> text = read_text(json, kMaxPlanBytes, "json");
    if (!text) return text.error();
    Result<Plan> plan = load_plan(*text);
    if (!plan) return plan.error();
    if (const Status room = check_room(c->content.value().course.plans, plan->name_in_case, "plan", "plan"); !room) {
      return room.error();
    }
    const std::string name = plan->name_in_case;
    change(c).course.plans.insert_or_assign(name, *std::move(plan));
    return ok();
  });
}

dosegate_status case_remove_plan(dosegate_case* c, const char* name_in_case, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    const Result<std::string> name = read_name(name_in_case, "name_in_case");
    if (!name) return name.error();
    if (c->content.value().course.plans.count(*name) == 0) return not_held("name_in_case", "plan", *name);
    change(c).course.plans.erase(*name);
    return ok();
  });
}

// --- structure sets

dosegate_status case_set_structure(dosegate_case* c, const dosegate_structure* s, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    Result<OfSet> read = read_structure(s);
    if (!read) return read.error();
    Structure& structure = read->structure;
    const HeldCourse& course = c->content.value().course;
    const auto& sets = course.structure_sets;
    const auto set = sets.find(read->structure_set);
    const Structure* old = nullptr;
    if (set != sets.end()) {
      if (const auto found = set->second.find(structure.roi_number); found != set->second.end()) old = &found->second;
    } else if (const Status room = check_room(sets, read->structure_set, "structure.structure_set", "structure set");
               !room) {
      return room.error();
    }
    const std::uint64_t others = c->points - (old == nullptr ? 0 : point_count(*old));
    const std::uint64_t points = point_count(structure);
    if (old == nullptr && structure_count(course) >= kMaxStructures) {
      return Error{ErrorCode::kLimitExceeded, "structure", "A case may have 4096 structures."};
    }
    if (others + points > kMaxCasePoints) {
      return Error{ErrorCode::kLimitExceeded, "structure.contours",
                   "A case may have 50000000 contour points; with ROI '" + structure.name + "' it has " +
                       std::to_string(others + points) + "."};
    }
    const std::int32_t roi_number = structure.roi_number;
    if (set != sets.end()) {
      kept_scope(c, [&] { c->kept.structure_changed(roi_number); });
      change(c).course.structure_sets.at(set->first).insert_or_assign(roi_number, std::move(structure));
    } else {
      StructureSet made;
      made.emplace(roi_number, std::move(structure));
      kept_scope(c, [&] { c->kept.structure_changed(roi_number); });
      change(c).course.structure_sets.emplace(std::move(read->structure_set), std::move(made));
    }
    c->points = others + points;
    return ok();
  });
}

dosegate_status case_remove_structure(dosegate_case* c, std::int32_t roi_number, dosegate_error** error) {
  return case_remove_structure_of_set(c, nullptr, roi_number, error);
}

dosegate_status case_remove_structure_of_set(dosegate_case* c, const char* structure_set, std::int32_t roi_number,
                                             dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    const Result<std::string> name = read_name(structure_set, "structure_set");
    if (!name) return name.error();
    const auto& held = c->content.value().course.structure_sets;
    const auto in = held.find(*name);
    if (in == held.end() && !name->empty()) return not_held("structure_set", "structure set", *name);
    if (in == held.end() || in->second.count(roi_number) == 0) {
      return Error{ErrorCode::kNotFound, "roi_number",
                   "The case has no structure with ROI number " + std::to_string(roi_number) +
                       (name->empty() ? "." : " in structure set " + quoted(*name) + ".")};
    }
    kept_scope(c, [&] { c->kept.structure_changed(roi_number); });
    auto& sets = change(c).course.structure_sets;
    const auto set = sets.find(*name);
    const auto found = set->second.find(roi_number);
    c->points -= point_count(found->second);
    set->second.erase(found);
    if (set->second.empty()) sets.erase(set);
    return ok();
  });
}

dosegate_status case_remove_structure_set(dosegate_case* c, const char* structure_set, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    const Result<std::string> name = read_name(structure_set, "structure_set");
    if (!name) return name.error();
    const auto& sets = c->content.value().course.structure_sets;
    const auto set = sets.find(*name);
    if (set == sets.end()) return not_held("structure_set", "structure set", *name);
    for (const auto& [number, structure] : set->second) {
      kept_scope(c, [&, roi = number] { c->kept.structure_changed(roi); });
    }
    for (const auto& [number, structure] : set->second) c->points -= point_count(structure);
    change(c).course.structure_sets.erase(*name);
    return ok();
  });
}

// What was kept is told by the next question how structures lie then.
dosegate_status case_set_slices(dosegate_case* c, const dosegate_slices* s, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    Result<StatedSlices> slices = read_slices(s);
    if (!slices) return slices.error();
    const Slices& all = c->content.value().slices;
    if (slices->at.empty()) {
      if (all.count(slices->series) > 0) change(c).slices.erase(slices->series);
      return ok();
    }
    if (all.count(slices->series) == 0 && all.size() >= kMaxSliceSeries) {
      return Error{ErrorCode::kLimitExceeded, "slices", "A case may have the slices of 256 series of images."};
    }
    change(c).slices.insert_or_assign(std::move(slices->series), std::move(slices->at));
    return ok();
  });
}

// --- doses. What was kept of one dose is stale with every change of what doses there are: another may be judged then.

dosegate_status case_set_dose(dosegate_case* c, const dosegate_dose* d, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment& environment) -> Status {
    Result<DoseDescription> description = read_dose(d);
    if (!description) return description.error();
    Result<DoseLabel> label = read_label(*d);
    if (!label) return label.error();
    if (const Status room =
            check_room(c->content.value().course.doses, label->name_in_case, "dose.name_in_case", "dose");
        !room) {
      return room.error();
    }
    Result<DoseGrid> dose = DoseGrid::make(*description, engine_host(c->host, environment));
    if (!dose) return Error{dose.error().code, "dose." + dose.error().path, dose.error().message};
    change(c).course.doses.insert_or_assign(
        label->name_in_case, HeldDose{*std::move(dose), std::move(label->plans), std::move(label->structure_set)});
    c->kept.dose_changed();
    return ok();
  });
}

dosegate_status case_set_dose_planes(dosegate_case* c, const dosegate_dose_planes* p, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment& environment) -> Status {
    const Result<std::string> name = check_dose_planes(p);
    if (!name) return name.error();
    const auto& doses = c->content.value().course.doses;
    const auto held = doses.find(*name);
    if (held == doses.end() || !held->second.grid.problem().empty()) {
      return Error{ErrorCode::kNotFound, "case",
                   "The case has no dose" + (name->empty() ? std::string() : " named " + quoted(*name)) +
                       " whose planes could be changed. Set a whole dose first."};
    }
    Result<DoseGrid> dose =
        held->second.grid.with_planes(p->first_plane, p->plane_count, static_cast<DoseValueType>(p->value_type),
                                      p->values, p->value_count, engine_host(c->host, environment));
    if (!dose) return Error{dose.error().code, "dose_planes." + dose.error().path, dose.error().message};
    const auto [begin, end] = dose->z_range(p->first_plane, p->plane_count);
    change(c).course.doses.at(*name).grid = *std::move(dose);
    c->kept.dose_planes_changed(begin, end);
    return ok();
  });
}

dosegate_status case_remove_dose(dosegate_case* c, const char* name_in_case, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    const Result<std::string> name = read_name(name_in_case, "name_in_case");
    if (!name) return name.error();
    if (c->content.value().course.doses.count(*name) == 0) return not_held("name_in_case", "dose", *name);
    change(c).course.doses.erase(*name);
    c->kept.dose_changed();
    return ok();
  });
}

// --- what is of the whole case

dosegate_status case_set_options(dosegate_case* c, dosegate_text json, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    const Result<std::string_view> text = read_text(json, kMaxOptionsBytes, "json");
    if (!text) return text.error();
    Result<CaseOptions> options = load_case_options(*text);
    if (!options) return options.error();
    change(c).options = *std::move(options);
    return ok();
  });
}

dosegate_status case_set_record(dosegate_case* c, dosegate_text json, dosegate_error** error) {
  return guarded_case(c, error, [&](FloatEnvironment&) -> Status {
    if (json.size == 0) {
      change(c).record.reset();
      return ok();
    }
    const Result<std::string_view> text = read_text(json, kMaxRecordBytes, "json");
    if (!text) return text.error();
    Result<Record> record = load_record(*text);
    if (!record) return record.error();
    change(c).record = *std::move(record);
    return ok();
  });
}

}  // namespace dosegate::plugin
