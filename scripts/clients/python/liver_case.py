"""A liver patient of circles, as a planning system would have him: plan, structures, and the doses of an optimiser."""
import array
import functools
import math

from dosegate_client import Dose, dose_pb2, options_pb2, plan_pb2, structure

FRAME = "2.25.11811"
PLAN_UID = "2.25.11812"
FIRST_MM, STEP_MM = (-147.5, -147.5, -97.5), 5.0  # first voxel, spacing
COLUMNS, ROWS, PLANES = 60, 60, 40
TARGET, CORD = (-50.0, -20.0), (0.0, 90.0)  # x, y; z about 0

# number, TG-263 name, type, centre x and y, radius, first and last slice: mm, DICOM LPS
_CYLINDERS = [
    (1, "BODY", "EXTERNAL", 0, 0, 140, -95, 95),
    (2, "Liver", "ORGAN", *TARGET, 75, -60, 60),
    (3, "GTV", "GTV", *TARGET, 15, -15, 15),
    (4, "CTV", "CTV", *TARGET, 25, -25, 25),
    (5, "PTV", "PTV", *TARGET, 30, -35, 35),
    (6, "SpinalCord", "ORGAN", *CORD, 7, -90, 90),
    (7, "Stomach", "ORGAN", 70, -40, 28, -40, 20),
    (8, "Duodenum", "ORGAN", 40, 10, 12, -60, -20),
    (9, "Colon", "ORGAN", 70, -60, 20, -90, -50),
    (10, "Kidney_L", "ORGAN", 60, 80, 22, -80, -20),
    (11, "Kidney_R", "ORGAN", -60, 80, 22, -80, -20),
]


def _circle(x, y, z, radius, points=48):
    turn = 2 * math.pi / points
    return [v for i in range(points) for v in (x + radius * math.cos(i * turn), y + radius * math.sin(i * turn), z)]


def structures():
    return [structure(number, name, [_circle(x, y, z, radius) for z in range(first, last + 1, 5)], FRAME, kind)
            for number, name, kind, x, y, radius, first, last in _CYLINDERS]


def plan(fractions=15, total_gy=45.0):
    out = plan_pb2.Plan(sop_instance_uid=PLAN_UID, label="LIVER", approval_status="UNAPPROVED", modality="RTPLAN")
    out.dose_references.add(number=1, structure_type="VOLUME", type="TARGET", description="PTV", roi_number=5,
                            target_prescription_dose_gy=total_gy)
    group = out.fraction_groups.add(number=1, fractions_planned=fractions)
    for number in range(1, 5):
        beam = out.beams.add(number=number, name=f"Field {number}", type="DYNAMIC", radiation_type="PHOTON",
                             delivery_type="TREATMENT", control_points=6, final_meterset_weight=1)
        for at in range(6):  # a sliding window: the leaves move with the beam on
            beam.points.add(meterset_weight=at / 5, gantry_degrees=72 * number, aperture=at + 1)
        group.beams.add(beam_number=number, beam_dose_gy=total_gy / fractions / 4, beam_meterset=90)
    return out


def options():
    """The plan alone: while it is made, there is no clinical record."""
    return options_pb2.CaseOptions(scope=options_pb2.CaseOptions.PLAN_ONLY)


@functools.cache
def _distances():
    """Of each voxel: how far from the target's middle (the larger of radius and height), how far from the cord's axis."""
    x, y, z = ([first + STEP_MM * i for i in range(n)] for first, n in zip(FIRST_MM, (COLUMNS, ROWS, PLANES)))
    plane = [(math.dist((a, b), TARGET), math.dist((a, b), CORD)) for b in y for a in x]
    return [(max(target, abs(c)), cord) for c in z for target, cord in plane]


def dose(progress):
    """As an optimiser makes it, 0 to 1: the cord's falls from 48 to 38 Gy, the target's 46 Gy grow from 25 to 38 mm."""
    header = dose_pb2.DoseHeader(
        scaling=1, units=dose_pb2.DoseHeader.GY, dose_type=dose_pb2.DoseHeader.PHYSICAL,
        summation=dose_pb2.DoseHeader.PLAN, columns=COLUMNS, rows=ROWS, planes=PLANES, position_mm=FIRST_MM,
        row_cosines=(1, 0, 0), column_cosines=(0, 1, 0), row_spacing_mm=STEP_MM, column_spacing_mm=STEP_MM,
        plane_offsets_mm=[STEP_MM * p for p in range(PLANES)], frame_of_reference_uid=FRAME)
    at_cord, radius = 48 - 10 * progress, 25 + 13 * progress
    # Flat, then falling: 2.5 Gy a mm outside the target, 2 Gy a mm from 16 mm about the cord's axis.
    return Dose(header, array.array("f", (max(46 - 2.5 * max(target - radius, 0), at_cord - 2 * max(cord - 16, 0), 0)
                                          for target, cord in _distances())))
