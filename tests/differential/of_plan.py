"""Alterations of RT Plan."""
import copy
import struct

from alteration import Effect, alters
from patient import OTHER_UID, decimal, group, make_implicit, padded
from pydicom.sequence import Sequence


def reference(p):
    return p.plan.DoseReferenceSequence[0]


def further_reference(p, **members):
    r = copy.deepcopy(reference(p))
    r.DoseReferenceNumber = len(p.plan.DoseReferenceSequence) + 1
    r.DoseReferenceUID = OTHER_UID + str(len(p.plan.DoseReferenceSequence))
    for key, value in members.items():
        if value is None:
            delattr(r, key)
        else:
            setattr(r, key, value)
    p.plan.DoseReferenceSequence.append(r)


# Nothing that counts
@alters(Effect.HARMLESS, "label")
def plan_label(p, random):
    """The plan has another label and description."""
    p.plan.RTPlanLabel, p.plan.RTPlanDescription = f"LIV{random.randrange(100)}", "made again"


@alters(Effect.HARMLESS, "plan private")
def plan_private_tags(p, random):
    """Private attributes in the plan and in a beam."""
    for item in (p.plan, p.plan.BeamSequence[0]):
        block = item.private_block(0x3287, "SOMEBODY", create=True)
        block.add_new(0x10, "LO", f"value {random.randrange(1000)}")
        block.add_new(0x11, "DS", "1.5")


@alters(Effect.HARMLESS, "beam numbers")
def beams_renumbered(p, random):
    """Beams have other numbers, in beams and fraction group alike."""
    by = random.randrange(1, 50)
    for beam in p.plan.BeamSequence:
        beam.BeamNumber = int(beam.BeamNumber) + by
    for beam in group(p).ReferencedBeamSequence:
        beam.ReferencedBeamNumber = int(beam.ReferencedBeamNumber) + by


@alters(Effect.HARMLESS, "beam order")
def referenced_beams_shuffled(p, random):
    """The fraction group names the beams in another order."""
    beams = list(group(p).ReferencedBeamSequence)
    random.shuffle(beams)
    group(p).ReferencedBeamSequence = Sequence(beams)


@alters(Effect.HARMLESS, "further reference")
def calculation_point(p, random):
    """A calculation point is among the dose references, a TARGET of type COORDINATES with the dose of that point."""
    further_reference(p, DoseReferenceStructureType="COORDINATES", ReferencedROINumber=None,
                      DoseReferenceDescription="CALC POINT", DoseReferencePointCoordinates=["0", "0", "0"],
                      TargetPrescriptionDose=decimal(random.uniform(40, 48)))


@alters(Effect.HARMLESS, "further reference")
def organ_reference(p, random):
    """A dose reference of an organ at risk, with its maximum."""
    further_reference(p, DoseReferenceType="ORGAN_AT_RISK", TargetPrescriptionDose=None, ReferencedROINumber=10,
                      DoseReferenceDescription="SpinalCord", OrganAtRiskMaximumDose="40")


@alters(Effect.HARMLESS, "further reference")
def prescription_rounded(p, random):
    """The PTV's prescription once more, off by what a sum of fractions in binary is."""
    further_reference(p, TargetPrescriptionDose=random.choice(["44.9999999999996", "45.0000000000001", "45.00000"]))


@alters(Effect.HARMLESS, "further reference")
def prescription_of_gtv_and_ctv(p, random):
    """GTV and CTV are prescribed the same 45 Gy."""
    further_reference(p, ReferencedROINumber=3, DoseReferenceDescription="GTV")
    further_reference(p, ReferencedROINumber=4, DoseReferenceDescription="CTV")


@alters(Effect.HARMLESS, "prescription", "further reference")
def prescription_of_site(p, random):
    """The only target reference is a SITE without an ROI, as some systems write it."""
    del reference(p).ReferencedROINumber
    reference(p).DoseReferenceStructureType = "SITE"


@alters(Effect.HARMLESS, "meterset")
def meterset_scaled(p, random):
    """Another calibration: all monitor units, and the record's, times a factor."""
    factor = random.choice([0.5, 1.25, 2.0])
    for beam in group(p).ReferencedBeamSequence:
        beam.BeamMeterset = decimal(float(beam.BeamMeterset) * factor)
    for fraction in p.record["deliveredFractions"]:
        if "monitorUnits" in fraction:
            fraction["monitorUnits"] *= factor


@alters(Effect.HARMLESS, "plan encoding")
def plan_implicit(p, random):
    """The plan in implicit VR."""
    make_implicit(p.plan)


@alters(Effect.HARMLESS, "plan encoding")
def plan_padded(p, random):
    """Zeros after the end of plan and structures, to a multiple of 4096 bytes."""
    for part in ("plan", "structures"):
        p.change_bytes(part, padded)


@alters(Effect.HARMLESS, "plan intent")
def intent_curative(p, random):
    """Plan Intent CURATIVE or PALLIATIVE."""
    p.plan.PlanIntent = random.choice(["CURATIVE", "PALLIATIVE"])


@alters(Effect.HARMLESS, "approval")
def approved(p, random):
    """Approval Status APPROVED."""
    p.plan.ApprovalStatus = "APPROVED"


# What makes it another plan
@alters(Effect.WRONG, "prescription", "further reference")
def prescription_other(p, random):
    """The PTV is prescribed another dose."""
    reference(p).TargetPrescriptionDose = random.choice(["40", "42", "44", "46", "50", "54", "60"])


@alters(Effect.WRONG, "prescription", "further reference")
def prescription_missing(p, random):
    """No target prescription dose."""
    del reference(p).TargetPrescriptionDose


@alters(Effect.TOLD, "prescription", "further reference")
def prescription_to_nobody(p, random):
    """The prescription refers to an ROI that is not there, and is described as the PTV."""
    reference(p).ReferencedROINumber = random.randrange(70, 90)


@alters(Effect.TOLD, "prescription", "further reference")
def prescription_to_organ(p, random):
    """The only prescription refers to another structure than the PTV."""
    reference(p).ReferencedROINumber = random.choice([2, 3, 4, 7, 9])
    reference(p).DoseReferenceDescription = "target"


@alters(Effect.WRONG, "further reference")
def prescription_contradicted(p, random):
    """The PTV is prescribed a second dose, too."""
    further_reference(p, TargetPrescriptionDose=random.choice(["30", "40", "50", "60"]))


@alters(Effect.TOLD, "further reference")
def gtv_prescribed_less(p, random):
    """The GTV inside the PTV is prescribed less."""
    further_reference(p, ReferencedROINumber=3, DoseReferenceDescription="GTV",
                      TargetPrescriptionDose=random.choice(["30", "36", "40"]))


@alters(Effect.WRONG, "fractions")
def fractions_other(p, random):
    """Another number of fractions."""
    group(p).NumberOfFractionsPlanned = random.choice([1, 3, 5, 10, 14, 16, 20, 25])


@alters(Effect.WRONG, "fractions")
def fractions_missing(p, random):
    """The number of fractions is not stated."""
    del group(p).NumberOfFractionsPlanned


@alters(Effect.WRONG, "fractions", "fraction pattern", "beam numbers", "beam order", "meterset", "beam doses", "beam")
def no_fraction_group(p, random):
    """Fraction Group Sequence is gone."""
    del p.plan.FractionGroupSequence


@alters(Effect.TOLD, "fractions", "fraction pattern", "beam numbers", "beam order", "meterset", "beam doses", "beam")
def unequal_groups(p, random):
    """Two fraction groups whose fractions give 2 and 5 Gy."""
    first, second = group(p), copy.deepcopy(group(p))
    first.NumberOfFractionsPlanned, second.NumberOfFractionsPlanned, second.FractionGroupNumber = 10, 5, 2
    for one, gy in ((first, 2.0), (second, 5.0)):
        for beam in one.ReferencedBeamSequence:
            beam.BeamDose = decimal(float(beam.BeamDose) * gy / 3)
            beam.BeamMeterset = decimal(float(beam.BeamMeterset) * gy / 3)
    p.plan.FractionGroupSequence.append(second)


@alters(Effect.TOLD, "beam doses", "meterset")
def beam_doses_disagree(p, random):
    """The beams' doses times fractions are not the prescription."""
    factor = random.choice([0.5, 0.8, 1.2, 2.0])
    for beam in group(p).ReferencedBeamSequence:
        beam.BeamDose = decimal(float(beam.BeamDose) * factor)


@alters(Effect.WRONG, "meterset", "beam", "beam order", "beam numbers")
def beam_without_meterset(p, random):
    """A beam has no monitor units."""
    random.choice(list(group(p).ReferencedBeamSequence)).BeamMeterset = "0"


@alters(Effect.WRONG, "beam", "beam order", "beam numbers")
def beam_in_no_group(p, random):
    """The fraction group leaves out a beam."""
    beams = list(group(p).ReferencedBeamSequence)
    beams.pop(random.randrange(len(beams)))
    group(p).ReferencedBeamSequence = Sequence(beams)
    group(p).NumberOfBeams = len(beams)


@alters(Effect.WRONG, "beam", "beam order", "beam numbers")
def beam_twice_in_group(p, random):
    """The fraction group lists a beam twice, whose dose a fraction is not stated."""
    beams = group(p).ReferencedBeamSequence
    beams.append(copy.deepcopy(random.choice(list(beams))))
    group(p).NumberOfBeams = len(beams)
    for beam in beams:
        del beam.BeamDose


@alters(Effect.TOLD, "fraction pattern")
def pattern_unusual(p, random):
    """A Fraction Pattern of two fractions a day, or of seven a week."""
    g = group(p)
    g.NumberOfFractionPatternDigitsPerDay, g.FractionPattern = random.choice([(2, "11" * 5 + "0000"), (1, "1" * 7)])
    g.RepeatFractionCycleLength = 1


@alters(Effect.HARMLESS, "fraction pattern")
def pattern_usual(p, random):
    """A Fraction Pattern of one fraction a day on five days of a week."""
    g = group(p)
    g.NumberOfFractionPatternDigitsPerDay, g.RepeatFractionCycleLength, g.FractionPattern = 1, 1, "1111100"


@alters(Effect.TOLD, "prescription", "further reference")
def target_limits_contradict(p, random):
    """The target's minimum lies above its prescription, or its maximum below."""
    name, gy = random.choice([("TargetMinimumDose", 50), ("TargetMaximumDose", 40)])
    setattr(p.plan.DoseReferenceSequence[0], name, gy)


@alters(Effect.WRONG, "beam", "beam order", "beam numbers")
def beam_unknown(p, random):
    """The fraction group names a beam that is not there."""
    random.choice(list(group(p).ReferencedBeamSequence)).ReferencedBeamNumber = 77


@alters(Effect.WRONG, "control points")
def leaves_stand_still(p, random):
    """Open fields: no leaf moves."""
    for beam in p.plan.BeamSequence:
        for point in beam.ControlPointSequence[1:]:
            if "BeamLimitingDevicePositionSequence" in point:
                del point.BeamLimitingDevicePositionSequence


@alters(Effect.WRONG, "control points")
def control_points_cut(p, random):
    """A beam's control points are not as many as it says."""
    beam = random.choice(list(p.plan.BeamSequence))
    beam.ControlPointSequence = Sequence(list(beam.ControlPointSequence)[:-2])


@alters(Effect.WRONG, "radiation")
def protons(p, random):
    """Protons instead of photons."""
    for beam in p.plan.BeamSequence:
        beam.RadiationType = "PROTON"


@alters(Effect.WRONG, "approval")
def rejected(p, random):
    """Approval Status REJECTED, in whatever letters."""
    p.plan.ApprovalStatus = random.choice(["REJECTED", "Rejected"])


@alters(Effect.WRONG, "plan intent")
def for_verification(p, random):
    """Plan Intent VERIFICATION or MACHINE_QA."""
    p.plan.PlanIntent = random.choice(["VERIFICATION", "MACHINE_QA"])


@alters(Effect.WRONG, "references of plan")
def other_structure_set(p, random):
    """The plan refers to another structure set."""
    p.plan.ReferencedStructureSetSequence[0].ReferencedSOPInstanceUID = OTHER_UID


@alters(Effect.WRONG, "references of plan", "frames")
def plan_of_another_frame(p, random):
    """The plan lies in another frame of reference."""
    p.plan.FrameOfReferenceUID = OTHER_UID


@alters(Effect.WRONG, "references of plan", "references of dose")
def plan_is_another(p, random):
    """The dose refers to another plan than the one that is there."""
    p.plan.SOPInstanceUID = p.plan.file_meta.MediaStorageSOPInstanceUID = OTHER_UID


@alters(Effect.WRONG, "plan encoding", "label")
def plan_tag_twice(p, random):
    """RT Plan Label, or Plan Intent, stands twice in the plan, with other attributes between."""
    tag = struct.pack("<HH", 0x300A, random.choice([0x0002, 0x000A]))

    def twice(data):
        at = data.find(tag)
        size = 8 + struct.unpack("<H", data[at + 6:at + 8])[0]
        end = data.find(struct.pack("<HH", 0x300A, 0x000C))
        end += 8 + struct.unpack("<H", data[end + 6:end + 8])[0]
        return data[:end] + data[at:at + size] + data[end:]
    p.change_bytes("plan", twice)


@alters(Effect.WRONG, "plan encoding")
def plan_cut_off(p, random):
    """The plan's file ends too early."""
    share = random.uniform(0.2, 0.9)
    p.change_bytes("plan", lambda data: data[:int(len(data) * share)])
