"""RT Plan and RT Ion Plan as dosegate.v1.Plan. What the plan does not state stays absent."""
from typing import Any, Dict, List, Optional, Tuple

from .objects import Item, Object

MOST_CONTROL_POINTS = 10_000  # of a beam, as the library takes; beyond that its technique stays unknown
OPEN_MM, MOVES_MM = 3.0, 2.0

Devices = Dict[str, Tuple[float, ...]]  # by type: positions of one bank, then of the other


def _stated(**members: Any) -> Dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _moving_percent(states: List[Devices]) -> Any:
    """Of the leaf pairs (without leaves, of the jaws) that open at some control point, those that move."""
    pairs: Dict[Tuple[str, int], List[Tuple[float, float]]] = {}
    for devices in states:
        has_leaves = any(kind.startswith("MLC") for kind in devices)
        for kind, positions in devices.items():
            if kind.startswith("MLC") != has_leaves:
                continue
            count = len(positions) // 2
            for n in range(count):
                pairs.setdefault((kind, n), []).append((positions[n], positions[n + count]))
    opened = [seen for seen in pairs.values() if any(b - a > OPEN_MM for a, b in seen)]
    if not opened:
        return None
    moving = sum(any(max(bank) - min(bank) > MOVES_MM for bank in zip(*seen)) for seen in opened)
    return 100.0 * moving / len(opened)


def _points(items: List[Item]) -> Dict[str, Any]:
    """What the control points state. What an item does not state is as in the one before it (PS3.3 C.8.8.14.5)."""
    if not items or len(items) > MOST_CONTROL_POINTS:
        return {}
    devices: Devices = {}
    apertures: Dict[Any, int] = {}
    states: List[Devices] = []
    gantry = None
    energies: Dict[float, None] = {}
    isocentres: Dict[Tuple[float, ...], None] = {}
    points = []
    for item in items:
        angle, energy, at = item.decimal("GantryAngle"), item.decimal("NominalBeamEnergy"), item.decimals("IsocenterPosition")
        gantry = gantry if angle is None else angle
        if energy is not None:
            energies[energy] = None
        if len(at) == 3:
            isocentres[tuple(at)] = None
        for device in item.items("BeamLimitingDevicePositionSequence"):
            devices[device.text("RTBeamLimitingDeviceType")] = tuple(device.decimals("LeafJawPositions"))
        point = _stated(metersetWeight=item.decimal("CumulativeMetersetWeight"), gantryDegrees=gantry)
        if devices:
            point["aperture"] = apertures.setdefault(tuple(sorted(devices.items())), len(apertures) + 1)
            states.append(dict(devices))
        points.append(point)
    return _stated(energiesMv=list(energies), isocentres=[{"xMm": p[0], "yMm": p[1], "zMm": p[2]} for p in isocentres],
                   points=points, movingLeavesPercent=_moving_percent(states))


def _beam(item: Item, sequence: str) -> Dict[str, Any]:
    points = item.items(sequence)
    return _stated(number=item.required("BeamNumber"), name=item.text("BeamName"), type=item.text("BeamType"),
                   radiationType=item.text("RadiationType"), deliveryType=item.text("TreatmentDeliveryType"),
                   machine=item.text("TreatmentMachineName"), finalMetersetWeight=item.decimal("FinalCumulativeMetersetWeight"),
                   controlPoints=len(points) or item.integer("NumberOfControlPoints") or 0, **_points(points))


def _physical_dose(beam: Item) -> Optional[float]:
    """An effective dose is not comparable with a grid of physical dose: where a physical one stands beside it, that counts."""
    dose, alternate = beam.decimal("BeamDose"), beam.decimal("AlternateBeamDose")
    if beam.text("BeamDoseType").upper() != "EFFECTIVE":
        return dose
    return alternate if beam.text("AlternateBeamDoseType").upper() == "PHYSICAL" else None


def _group(item: Item) -> Dict[str, Any]:
    beams = item.items("ReferencedBeamSequence")
    stated = item.integer("NumberOfBeams")
    if stated is not None and stated != len(beams):
        raise item.fail("NumberOfBeams", f"is {stated}, and the fraction group lists {len(beams)} beam(s); the plan is damaged "
                        "or was cut, export it again")
    return _stated(number=item.required("FractionGroupNumber"), fractionsPlanned=item.integer("NumberOfFractionsPlanned"),
                   brachySetups=item.integer("NumberOfBrachyApplicationSetups") or 0,
                   beams=[_stated(beamNumber=beam.required("ReferencedBeamNumber"), beamDoseGy=_physical_dose(beam),
                                  beamMeterset=beam.decimal("BeamMeterset")) for beam in beams])


def _reference(item: Item) -> Dict[str, Any]:
    return _stated(number=item.required("DoseReferenceNumber"), structureType=item.text("DoseReferenceStructureType"),
                   type=item.text("DoseReferenceType"), description=item.text("DoseReferenceDescription"),
                   roiNumber=item.integer("ReferencedROINumber"),
                   targetPrescriptionDoseGy=item.decimal("TargetPrescriptionDose"))


def read_plan(source: Object) -> Dict[str, Any]:
    """Raises InvalidData where the plan states something that cannot be read, or a beam, group or reference has no number."""
    data = source.item
    positions = [setup.text("PatientPosition") for setup in data.items("PatientSetupSequence")]
    return {
        "sopInstanceUid": data.text("SOPInstanceUID"),
        "label": data.text("RTPlanLabel"),
        "name": data.text("RTPlanName"),
        "approvalStatus": data.text("ApprovalStatus"),
        "intent": data.text("PlanIntent"),
        "modality": data.text("Modality"),
        "frameOfReferenceUid": data.text("FrameOfReferenceUID"),
        "doseReferences": [_reference(item) for item in data.items("DoseReferenceSequence")],
        "fractionGroups": [_group(item) for item in data.items("FractionGroupSequence")],
        "beams": [_beam(item, "ControlPointSequence") for item in data.items("BeamSequence")] +
                 [_beam(item, "IonControlPointSequence") for item in data.items("IonBeamSequence")],
        "patientPositions": list(dict.fromkeys(p for p in positions if p)),
    }
