"""What plan, structure set and doses say of each other. What contradicts, or would take a decision, raises InvalidData; a dose of
beams that does not cover the plan is a defect."""
from typing import Any, Dict, List, Optional, Sequence, Tuple

from ..errors import InvalidData
from .objects import Item, Object

Key = Tuple[int, int]  # fraction group, beam
_WHOLE = "; if the dose is that of the whole treatment nonetheless, say so with dose_is_whole=True"


def check_patient(objects: Sequence[Object]) -> None:
    """Names the objects, not the patients."""
    named: Dict[str, List[str]] = {}
    for source in objects:
        identity = source.item.text("PatientID")
        if identity:
            named.setdefault(identity, []).append(source.name)
    if len(named) > 1:
        groups = " against ".join(sorted(", ".join(names) for names in named.values()))
        raise InvalidData("(0010,0020) PatientID", f"the objects are of different patients: {groups}")


def check_structure_set(plan: Optional[Object], doses: Sequence[Object], structures: Object) -> List[str]:
    """Whether plan and doses were made on it; answers the notes."""
    used = ([plan] if plan else []) + list(doses)
    said = [source for source in used if source.item.uids("ReferencedStructureSetSequence")]
    uid = structures.item.text("SOPInstanceUID")
    for source in said:
        uids = source.item.uids("ReferencedStructureSetSequence")
        if uid not in uids:
            raise InvalidData(f"{source.name} (300C,0060) ReferencedStructureSetSequence",
                              f"was made on structure set {uids[0]}, and the one given ({structures.name}) is {uid}")
    if said or not used:
        return []
    frames = {roi.text("ReferencedFrameOfReferenceUID") for roi in structures.item.items("StructureSetROISequence")} - {""}
    same_frame = any(source.item.text("FrameOfReferenceUID") in frames for source in used)
    same_study = all(s.item.text("StudyInstanceUID") == structures.item.text("StudyInstanceUID") for s in used)
    how = ", in the same frame of reference" if same_frame else ", and not in a frame of reference that they state"
    return [f"Neither plan nor dose says which structure set it was made on; {structures.name} was used: it is the only one "
            f"there{how}{'' if same_study else ', though of another study'}."]


def _treatment_beams(plan: Dict[str, Any]) -> Dict[Key, str]:
    beams = {beam["number"]: beam for beam in plan["beams"]}
    wanted = {}
    for group in plan["fractionGroups"]:
        for reference in group["beams"]:
            number = reference["beamNumber"]
            beam = beams.get(number, {})
            if beam.get("deliveryType", "") not in ("", "TREATMENT"):
                continue
            name = f"{number} '{beam['name']}'" if beam.get("name") else str(number)
            if len(plan["fractionGroups"]) > 1:
                name += f" of fraction group {group['number']}"
            wanted[group["number"], number] = name
    return dict(sorted(wanted.items()))


def _parts(data: Item) -> Tuple[List[Tuple[Optional[int], int]], List[int]]:
    """Beams that a dose names, with their fraction group, and the groups that it names as a whole."""
    beams, groups = [], []
    for plan in data.items("ReferencedRTPlanSequence"):
        for group in plan.items("ReferencedFractionGroupSequence"):
            number = group.integer("ReferencedFractionGroupNumber")
            named = [b.integer("ReferencedBeamNumber") for b in group.items("ReferencedBeamSequence")]
            beams += [(number, beam) for beam in named if beam is not None]
            if not any(beam is not None for beam in named) and number is not None:
                groups.append(number)
    return beams, groups


def coverage_defect(doses: Sequence[Object], plan: Optional[Dict[str, Any]]) -> Optional[str]:
    """Why doses of single beams are not the plan's dose."""
    if plan is None:
        return "The dose is given for single beams, and without the plan it is not known whether every beam is there."
    wanted, seen = _treatment_beams(plan), {}  # type: Tuple[Dict[Key, str], Dict[Key, int]]
    if not wanted:
        return "The dose is given for single beams, and the plan's fraction groups name no treatment beam."
    for dose in doses:
        beams, _ = _parts(dose.item)
        if not beams:
            return f"The dose in {dose.name} is of a single beam and does not say of which one."
        for group, beam in beams:
            if group is None and len(plan["fractionGroups"]) != 1:
                return f"The dose in {dose.name} does not say of which fraction group its beam is."
            key = (plan["fractionGroups"][0]["number"] if group is None else group, beam)
            seen[key] = seen.get(key, 0) + 1
    lacking = ", ".join(name for key, name in wanted.items() if key not in seen)
    repeated = ", ".join(wanted[key] for key in sorted(seen) if key in wanted and seen[key] > 1)
    unknown = ", ".join(str(key[1]) for key in sorted(seen) if key not in wanted)
    defect = ""
    if lacking:
        defect += f" No dose is given for beam {lacking} of the plan."
    if repeated:
        defect += f" More than one dose is given for beam {repeated}."
    if unknown:
        defect += f" A dose is given for beam {unknown}, which is no treatment beam of the plan."
    return "The doses of single beams do not make up the plan's dose." + defect if defect else None


def _check_relationships(source: Object, dose_is_whole: bool) -> List[str]:
    notes = []
    for other in source.item.items("ReferencedRTPlanSequence"):
        relationship, uid = other.text("RTPlanRelationship"), other.text("ReferencedSOPInstanceUID")
        where = f"{source.name} (300A,0055) RTPlanRelationship"
        if relationship in ("PREDECESSOR", "ALTERNATIVE"):
            continue
        if relationship == "PRIOR":
            name = f"plan {uid}" if uid else "another plan"
            notes.append(f"The plan ({source.name}) follows {name}: RT Plan Relationship (300A,0055) is PRIOR, a treatment that "
                         "was given before. Its dose is not in the one that was checked.")
        elif relationship == "VERIFIED_PLAN":
            raise InvalidData(where, "is VERIFIED_PLAN: the plan is for measuring, not for a patient")
        elif not dose_is_whole:
            raise InvalidData(where, f"is '{relationship}': the plan may be given together with another{_WHOLE}")
    return notes


def check_dose(plan: Optional[Object], read: Optional[Dict[str, Any]], doses: Sequence[Object], dose_is_whole: bool) -> List[str]:
    """Whether the doses are the plan's, and of all of it; answers the notes."""
    notes: List[str] = []
    if plan is None or read is None:
        return notes
    uid = plan.item.text("SOPInstanceUID")
    for dose in doses:
        uids = dose.item.uids("ReferencedRTPlanSequence")
        where = f"{dose.name} (300C,0002) ReferencedRTPlanSequence"
        if uids and uid and uid not in uids:
            raise InvalidData(where, f"the dose refers to plan {uids[0]}, and the plan given ({plan.name}) is {uid}")
        if len(uids) > 1 and not dose_is_whole:
            raise InvalidData(where, f"the dose refers to {len(uids)} plans, as a sum of plans does{_WHOLE}")
    if not doses[0].item.uids("ReferencedRTPlanSequence") and uid:
        notes.append(f"The dose ({doses[0].name}) does not say which plan it belongs to; it was taken to be of the plan given.")
    notes += _check_relationships(plan, dose_is_whole)
    has_setups = any(g["brachySetups"] > 0 for g in read["fractionGroups"]) or plan.item.items("ApplicationSetupSequence")
    if has_setups and read["beams"] and not dose_is_whole:
        raise InvalidData(f"{plan.name} (300A,00A0) NumberOfBrachyApplicationSetups",
                          f"the plan has brachytherapy beside its beams, and whether the dose holds both is not known{_WHOLE}")
    _check_part(doses[0], read, dose_is_whole)
    return notes


def _check_part(dose: Object, plan: Dict[str, Any], dose_is_whole: bool) -> None:
    """A dose that is tagged as one of the whole plan and names only some of its beams."""
    summation = dose.item.text("DoseSummationType")
    beams, groups = _parts(dose.item)
    is_of_one_group = summation == "FRACTION" and len(plan["fractionGroups"]) > 1  # what that is worth the library says
    if summation not in ("PLAN", "FRACTION") or not (beams or groups) or is_of_one_group or dose_is_whole:
        return
    lacking = [name for (group, beam), name in _treatment_beams(plan).items()
               if group not in groups and not any(b == beam and (g is None or g == group) for g, b in beams)]
    if lacking:
        raise InvalidData(f"{dose.name} (300C,0020) ReferencedFractionGroupSequence",
                          f"the dose is tagged {summation}, and names only some beams of the plan: beam {', '.join(lacking)} is "
                          f"not among them{_WHOLE}")
