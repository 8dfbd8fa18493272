#include "core/gamma_report.h"

#include "core/context/context.h"
#include "core/context/layouts.h"
#include "core/geometry/solid.h"
#include "core/text/text.h"

namespace dosegate {
namespace {

struct Rois {
  std::vector<GammaRoi> usable;
  std::vector<Prose> notes;
  std::string problem, hint;
};

Result<const Structure*> named(const Subject& c, const std::string& name) {
  const Structure* found = nullptr;
  for (const auto& [number, structure] : c.structures) {
    if (structure.name != name) continue;
    if (found != nullptr) {
      return Error{ErrorCode::kNotFound, "rois",
                   "Several structures are named " + quoted(name) + ": it is not clear which is meant."};
    }
    found = &structure;
  }
  if (found == nullptr) {
    std::string all;
    for (const auto& [number, structure] : c.structures) all += (all.empty() ? "" : ", ") + structure.name;
    return Error{ErrorCode::kNotFound, "rois",
                 "No structure is named " + quoted(name) + "." + (all.empty() ? "" : " There are: " + all + ".")};
  }
  return found;
}

Result<Rois> rois_of(const Subject& c, const GammaRequest& request, const std::string& frame, const Orientation& grid,
                     const Host& host, DvhStore& store) {
  Rois out;
  if (request.rois.empty()) return out;
  if (c.structures_refused) {
    return Error{ErrorCode::kNotFound, "rois",
                 english(c.structures_refused.problem) + " " + english(c.structures_refused.hint)};
  }
  const Layouts layouts(c, grid, store, host.workers);
  const BetweenSlices model = c.options.between_slices.value_or(BetweenSlices::kSlab);
  for (const std::string& name : request.rois) {
    if (host.cancelled()) throw Cancelled{};
    const Result<const Structure*> found = named(c, name);
    if (!found) return found.error();
    const Structure& structure = **found;
    if (structure.frame_of_reference_uid != frame && !structure.frame_of_reference_uid.empty() && !frame.empty()) {
      out.problem = "ROI " + quoted(name) + " lies in another frame of reference than the reference dose.";
      out.hint = "Use the structure set that belongs to the reference dose.";
      return out;
    }
    const auto stack = store.stack(drawn_key(structure.roi_number, model), [&] {
      return make_solid(layouts.stack(structure, Doubt::kAsReported, host.workers), name, model, host.workers);
    });
    if (!stack) {
      if (stack.error().code == ErrorCode::kCancelled) return stack.error();
      out.problem = stack.error().message;
      out.hint = "Correct the contours of the structure.";
      return out;
    }
    if (const PlaneLayout& layout = layouts.of(structure.roi_number); !layout.doubt.empty()) {
      out.notes.push_back(say<Said::kSlicesInDoubt>(name, layout.doubt));
    }
    out.notes.insert(out.notes.end(), (*stack)->notes.begin(), (*stack)->notes.end());
    out.usable.push_back({name, structure.roi_number, **stack});
  }
  return out;
}

}  // namespace

Result<GammaReport> gamma_report(const Case& c, const GammaReference& reference, const DoseGrid& evaluated,
                                 const GammaRequest& request, const Host& asked, DvhStore* kept, GammaMap map) {
  if (const Status status = check_criteria(request.criteria); !status) return status.error();
  DvhStore own;
  const std::string& frame =
      reference.grid != nullptr ? reference.grid->frame_of_reference_uid() : reference.points->frame_of_reference_uid;
  // Single points lie along no axes: ROIs may be drawn along those of the grid that they are compared with.
  const Orientation& orientation = reference.grid != nullptr ? reference.grid->orientation() : evaluated.orientation();
  Result<Rois> rois = Rois{};
  try {
    Workers workers(asked);
    Host host = asked;
    host.workers = &workers;
    const Subject subject(c);
    rois = rois_of(subject, request, frame, orientation, host, kept != nullptr ? *kept : own);
  } catch (const Cancelled&) {
    return Error{ErrorCode::kCancelled, "", "The host cancelled the calculation."};
  }
  if (!rois) return rois.error();
  GammaAnswer answer;
  if (rois->problem.empty()) {
    Result<GammaAnswer> computed = compute_gamma(reference, evaluated, request.criteria, rois->usable, asked, map);
    if (!computed) return computed.error();
    answer = *std::move(computed);
  } else {
    answer.problem = rois->problem;
    answer.hint = rois->hint;
  }
  answer.notes.insert(answer.notes.end(), rois->notes.begin(), rois->notes.end());
  return GammaReport{to_json(answer, request.criteria), std::move(answer.map)};
}

}  // namespace dosegate
