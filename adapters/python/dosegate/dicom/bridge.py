"""Data sets in, report out."""
import dataclasses
import hashlib
import json
from typing import Any, Dict, Iterable, List, Mapping, Optional

from .._calls import JsonInput
from ..case import Case
from ..data import Dose, Slices, Structure
from ..documents import Protocol, Report
from ..errors import InvalidData
from ..library import Library
from .belonging import check_dose, check_patient, check_structure_set, coverage_defect
from .dose import read_dose, sum_beams
from .images import slices_of
from .named_images import compare_with_named_images
from .objects import DOSE, IMAGE, PLAN, STRUCTURES, DatasetLike, Object
from .plan import read_plan
from .structures import read_structures


@dataclasses.dataclass
class Patient:
    """What was read, as the library takes it."""
    plan: Dict[str, Any]  # dosegate.v1.Plan
    structures: List[Structure]
    slices: List[Slices]
    dose: Dose
    inputs: List[Dict[str, str]]  # role, SOP Instance UID and SHA-256 of each object used
    notes: List[str]  # sentences for the user

    def hand_over(self, case: Case, options: Optional[Mapping[str, Any]] = None,
                  record: Optional[JsonInput] = None) -> None:
        """Into an empty case. `options`: dosegate.v1.CaseOptions; inputs and notes are added to its own."""
        stated = dict(options or {})
        inputs = list(stated.get("inputs", []))
        if record is not None:
            data = record if isinstance(record, (str, bytes)) else json.dumps(record, ensure_ascii=False)
            digest = hashlib.sha256(data.encode("utf-8") if isinstance(data, str) else data).hexdigest()
            inputs.append({"role": "RECORD", "sha256": digest})
            case.set_record(data)
        stated["inputs"] = inputs + self.inputs
        stated["notes"] = [*stated.get("notes", []), *self.notes]
        case.set_plan(self.plan)
        for structure in self.structures:
            case.set_structure(structure)
        for slices in self.slices:
            case.set_slices(slices)
        case.set_dose(self.dose)
        case.set_options(stated)


def _only(objects: List[Object], kind: str) -> Object:
    if len(objects) != 1:
        names = f": {', '.join(o.name for o in objects)}" if objects else ""
        raise InvalidData("datasets", f"one {kind} is needed, and {len(objects)} are there{names}; hand over those that are to be "
                          "used")
    return objects[0]


def _input(role: str, source: Object) -> Dict[str, str]:
    return {"role": role, "sopInstanceUid": source.item.text("SOPInstanceUID"), "sha256": source.sha256}


def _dose_of(doses: List[Object], plan: Dict[str, Any], notes: List[str]) -> Dose:
    if all(d.item.text("DoseSummationType") == "BEAM" for d in doses):
        dose = sum_beams(doses)
        dose.defect = dose.defect or coverage_defect(doses, plan)
    else:
        dose = read_dose(_only(doses, "dose, or the BEAM doses of one plan,"))
    first = doses[0].name
    for source in doses:
        if source.item.text("ApprovalStatus") == "REJECTED":
            dose.defect = dose.defect or f"The dose ({source.name}) is REJECTED by its Approval Status (300E,0002)."
    if any("WATER" in d.item.text("TissueHeterogeneityCorrection") for d in doses):
        notes.append(f"The dose in {first} was calculated as if the patient were water: Tissue Heterogeneity Correction (3004,0014) "
                     "is WATER.")
    if any(d.item.text("SpatialTransformOfDose") == "RIGID" for d in doses):
        notes.append(f"The dose in {first} was moved from other images: Spatial Transform of Dose (3004,0005) is RIGID. How well it "
                     "fits these is not looked at.")
    return dose


def read(datasets: Iterable[DatasetLike], dose_is_whole: bool = False) -> Patient:
    """Of pydicom data sets, paths of files, or Objects. `dose_is_whole`: the caller knows that the dose is that of the whole
    plan, whatever it says of beams and plans. Raises InvalidData, NotFound, LimitExceeded; nothing is left out in silence."""
    found: Dict[str, List[Object]] = {PLAN: [], STRUCTURES: [], DOSE: [], IMAGE: []}
    for number, dataset in enumerate(datasets, 1):
        source = Object.of(dataset, number)
        found[source.kind].append(source)
    plan, structures = _only(found[PLAN], PLAN), _only(found[STRUCTURES], STRUCTURES)
    doses = found[DOSE]
    if not doses:
        _only(doses, DOSE)
    doses.sort(key=lambda d: d.name)
    check_patient([plan, structures, *doses])
    read_of = read_plan(plan)
    notes = check_dose(plan, read_of, doses, dose_is_whole)
    notes += check_structure_set(plan, doses, structures)
    read_structure_set = read_structures(structures, notes)
    compare_with_named_images(structures, read_structure_set, found[IMAGE])
    slices = slices_of(structures, read_structure_set, found[IMAGE])
    dose = _dose_of(doses, read_of, notes)
    inputs = [_input("RTPLAN", plan), _input("RTSTRUCT", structures), *(_input("RTDOSE", d) for d in doses)]
    return Patient(read_of, read_structure_set, slices, dose, inputs, notes)


def check(library: Library, datasets: Iterable[DatasetLike], protocol: Optional[Protocol] = None,
          record: Optional[JsonInput] = None, options: Optional[Mapping[str, Any]] = None, dose_is_whole: bool = False,
          **host: Any) -> Report:
    """Reads, checks, answers. `protocol`: None: the library's default. `record`: dosegate.v1.ClinicalRecord; the bytes of its
    file, where its digest is to be that of the file. `host`: what Library.case takes."""
    patient = read(datasets, dose_is_whole)
    with library.case(**host) as case:
        patient.hand_over(case, options, record)
        if protocol is not None:
            return case.check(protocol)
        with library.builtin_protocol() as default:
            return case.check(default)
