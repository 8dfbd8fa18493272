"""Alterations of RT Structure Set."""
import copy
import math

import numpy
from alteration import Effect, alters
from patient import NEEDED, ORGANS, OTHER_UID, decimal, make_implicit, new_contour, points_of, set_points
from pydicom.sequence import Sequence

DRAWN = NEEDED + ["External", "Liver-GTV"]


def each_contour(p):
    for item in p.structures.ROIContourSequence:
        yield from item.ContourSequence


# The same structures, written otherwise
@alters(Effect.HARMLESS, "order of structures")
def structures_shuffled(p, random):
    """ROIs and their contours stand in another order."""
    for name in ("StructureSetROISequence", "ROIContourSequence", "RTROIObservationsSequence"):
        items = list(getattr(p.structures, name))
        random.shuffle(items)
        setattr(p.structures, name, Sequence(items))


@alters(Effect.HARMLESS, "order of contours")
def contours_shuffled(p, random):
    """The contours of every ROI stand in another order."""
    for item in p.structures.ROIContourSequence:
        contours = list(item.ContourSequence)
        random.shuffle(contours)
        item.ContourSequence = Sequence(contours)


@alters(Effect.HARMLESS, "points")
def points_begin_elsewhere(p, random):
    """Contours begin at another point, or run the other way round."""
    for contour in each_contour(p):
        points = numpy.roll(points_of(contour), random.randrange(8), axis=0)
        set_points(contour, points[::-1] if random.random() < 0.5 else points)


@alters(Effect.HARMLESS, "points")
def points_repeated(p, random):
    """Contours are closed by their first point, and repeat some others."""
    for contour in each_contour(p):
        points = points_of(contour)
        at = random.randrange(len(points))
        set_points(contour, numpy.vstack([points[:at + 1], points[at:], points[:1]]))


@alters(Effect.HARMLESS, "points")
def points_added(p, random):
    """A further point in the middle of each side."""
    for contour in each_contour(p):
        points = points_of(contour)
        middle = (points + numpy.roll(points, -1, axis=0)) / 2
        set_points(contour, numpy.stack([points, middle], axis=1).reshape(-1, 3))


@alters(Effect.HARMLESS, "points")
def planes_rounded(p, random):
    """The points of a plane lie 0.005 mm above or below it, as rounding leaves them."""
    for contour in each_contour(p):
        points = points_of(contour)
        points[:, 2] += 0.005 * (-1.0) ** numpy.arange(len(points))
        set_points(contour, points)


@alters(Effect.HARMLESS, "points")
def contours_split(p, random):
    """Sections of boxes are drawn as two contours that share a side."""
    for roi in ("PTV", "CTV", "GTV", "Liver"):
        item, halves = p.contours(roi), []
        for contour in item.ContourSequence:
            points = points_of(contour)
            if len(points) != 4:
                halves.append(contour)
                continue
            m, n = (points[0] + points[1]) / 2, (points[2] + points[3]) / 2
            halves += [new_contour(contour, numpy.array([points[0], m, n, points[3]])),
                       new_contour(contour, numpy.array([m, points[1], points[2], n]))]
        item.ContourSequence = Sequence(halves)


@alters(Effect.HARMLESS, "points")
def contours_twice(p, random):
    """A contour of each ROI stands twice, point for point."""
    for item in p.structures.ROIContourSequence:
        if item.ContourSequence:
            item.ContourSequence.append(copy.deepcopy(random.choice(list(item.ContourSequence))))


@alters(Effect.HARMLESS, "specks", "points")
def specks(p, random):
    """Contours of one and two points, closed or open, among the others."""
    for roi in random.sample(NEEDED, 3):
        item = p.contours(roi)
        like = item.ContourSequence[0]
        points = points_of(like)
        item.ContourSequence.append(new_contour(like, points[:1], random.choice(["POINT", "CLOSED_PLANAR"])))
        item.ContourSequence.append(new_contour(like, points[:2], random.choice(["OPEN_PLANAR", "CLOSED_PLANAR"])))


@alters(Effect.HARMLESS, "points", "dose grid")
def patient_turned(p, random):
    """Structures and dose lie turned about z, by 1 to 6 degrees, together."""
    t = math.radians(random.choice([-1, 1]) * random.uniform(1, 6))
    r = numpy.array([[math.cos(t), -math.sin(t), 0], [math.sin(t), math.cos(t), 0], [0, 0, 1]])
    for contour in each_contour(p):
        set_points(contour, points_of(contour) @ r.T)
    cosines = numpy.array([float(v) for v in p.dose.ImageOrientationPatient]).reshape(2, 3) @ r.T
    p.dose.ImageOrientationPatient = [decimal(v) for v in cosines.ravel()]
    p.dose.ImagePositionPatient = [decimal(v) for v in r @ numpy.array([float(v) for v in p.dose.ImagePositionPatient])]
    # Offsets from z of the position are those of a transverse grid alone (PS3.3 C.8.8.3.2).
    offsets = [float(v) for v in p.dose.GridFrameOffsetVector]
    p.dose.GridFrameOffsetVector = [decimal(v - offsets[0]) for v in offsets]


@alters(Effect.HARMLESS, "offset")
def offset_of_nothing(p, random):
    """Contour Offset Vector 0, 0, 0."""
    for contour in each_contour(p):
        contour.ContourOffsetVector = [0, 0, 0]


@alters(Effect.HARMLESS, "roi numbers", "prescription", "further reference")
def rois_renumbered(p, random):
    """ROIs have other numbers, in structures and plan alike."""
    by = random.randrange(1, 300)
    for sequence, key in (("StructureSetROISequence", "ROINumber"), ("ROIContourSequence", "ReferencedROINumber"),
                          ("RTROIObservationsSequence", "ReferencedROINumber")):
        for item in getattr(p.structures, sequence):
            setattr(item, key, int(getattr(item, key)) + by)
    r = p.plan.DoseReferenceSequence[0]
    r.ReferencedROINumber = int(r.ReferencedROINumber) + by


@alters(Effect.HARMLESS, "more structures")
def structures_added(p, random):
    """Structures that no rule asks for: couch, heart, a ring, an empty ROI."""
    for name, like, kind in random.sample([("CouchSurface", "External", "SUPPORT"), ("Heart", "Kidney_L", "ORGAN"),
                                           ("Ring", "PTV", "CONTROL"), ("zDose50", "CTV", "CONTROL")], 2):
        p.copy_roi(like, name, kind)
    p.copy_roi("GTV", "Empty", "CONTROL").ContourSequence = Sequence([])


@alters(Effect.HARMLESS, "more structures", "kidney names")
def empty_of_the_same_name(p, random):
    """A structure left empty by a template carries the name of one that is drawn."""
    name = random.choice(["Stomach", "Duodenum", "SpinalCord", "Kidney_L", "PTV"])
    p.copy_roi(name, name).ContourSequence = Sequence([])


@alters(Effect.HARMLESS, "kidney names")
def reverse_names(p, random):
    """Kidneys are named in TG-263's reverse order."""
    p.roi("Kidney_L").ROIName, p.roi("Kidney_R").ROIName = "L_Kidney", "R_Kidney"


@alters(Effect.HARMLESS, "colours")
def colours_gone(p, random):
    """No display colours, no observation labels."""
    for item in p.structures.ROIContourSequence:
        if "ROIDisplayColor" in item:
            del item.ROIDisplayColor


@alters(Effect.HARMLESS, "structures encoding")
def structures_implicit(p, random):
    """The structure set in implicit VR."""
    make_implicit(p.structures)


# Other structures
def drawn(p, roi):
    return p.contours(roi).ContourSequence


@alters(Effect.WRONG, "which structures", "specks", "points", "kidney names", "offset")
def structure_gone(p, random):
    """A structure that the protocol needs is not there."""
    p.delete_roi(random.choice(NEEDED))


@alters(Effect.WRONG, "which structures", "specks", "points", "offset", "kidney names")
def structure_empty(p, random):
    """A structure that the protocol needs has no contours."""
    p.contours(random.choice(NEEDED)).ContourSequence = Sequence([])


@alters(Effect.WRONG, "more structures", "kidney names")
def structure_doubled(p, random):
    """Two structures carry one name."""
    roi = random.choice(NEEDED)
    twin = p.copy_roi(roi, roi)
    for contour in twin.ContourSequence:
        set_points(contour, points_of(contour) + [7.0, 0.0, 0.0])


@alters(Effect.TOLD, "more structures")
def larger_target(p, random):
    """A PTV_Total beside the PTV, wider than what gets the dose."""
    for contour in p.copy_roi("PTV", "PTV_Total").ContourSequence:
        points = points_of(contour)
        set_points(contour, points.mean(axis=0) + (points - points.mean(axis=0)) * [1.8, 1.8, 1.0])


@alters(Effect.WRONG, "kidney names", "which structures", "specks", "points", "offset")
def kidneys_swapped(p, random):
    """Left is named right and right left."""
    left, right = p.roi("Kidney_L"), p.roi("Kidney_R")
    left.ROIName, right.ROIName = "Kidney_R", "Kidney_L"


@alters(Effect.WRONG, "targets", "which structures", "points", "specks", "offset")
def target_shifted(p, random):
    """GTV, CTV or PTV lies 30 mm off, in any direction."""
    by = numpy.roll([random.choice([-30.0, 30.0]), 0.0, 0.0], random.randrange(3))
    p.move(random.choice(["GTV", "CTV", "PTV"]), lambda points, n: points + by)


@alters(Effect.WRONG, "targets", "which structures", "points", "specks", "offset")
def target_offset(p, random):
    """Contour Offset Vector moves GTV, CTV or PTV by 30 mm."""
    by = numpy.roll([random.choice([-30, 30]), 0, 0], random.randrange(3)).tolist()
    for contour in p.contours(random.choice(["GTV", "CTV", "PTV"])).ContourSequence:
        contour.ContourOffsetVector = by


@alters(Effect.WRONG, "targets", "which structures", "points", "specks", "offset")
def target_narrower(p, random):
    """CTV or PTV is too narrow by 4 mm or more on each side."""
    def narrower(points, n):
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        half = (points.max(axis=0) - points.min(axis=0)) / 2
        scale = numpy.ones(3)
        scale[:2] = (half[:2] - by) / half[:2]
        return middle + (points - middle) * scale
    by = random.uniform(4.0, 9.0)
    p.move(random.choice(["CTV", "PTV"]), narrower)


@alters(Effect.TOLD, "targets", "which structures", "points", "specks", "offset")
def target_wider(p, random):
    """CTV or PTV is too wide by 15 mm or more on each side."""
    by = random.uniform(15.0, 25.0)

    def wider(points, n):
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        half = (points.max(axis=0) - points.min(axis=0)) / 2
        scale = numpy.ones(3)
        scale[:2] = (half[:2] + by) / half[:2]
        return middle + (points - middle) * scale
    p.move(random.choice(["CTV", "PTV"]), wider)


@alters(Effect.WRONG, "targets", "which structures", "points", "specks", "offset", "order of contours")
def target_thinned(p, random):
    """CTV or PTV has lost three slices or more at an end."""
    item = p.contours(random.choice(["CTV", "PTV"]))
    contours = sorted(item.ContourSequence, key=lambda c: points_of(c)[0, 2])
    lost = random.randrange(3, len(contours) - 2)
    item.ContourSequence = Sequence(contours[lost:] if random.random() < 0.5 else contours[:-lost])


@alters(Effect.WRONG, "targets", "which structures", "points", "specks", "offset", "order of contours")
def target_hollow(p, random):
    """The PTV has lost slices in its middle, three to five one after the other."""
    item = p.contours("PTV")
    contours = sorted(item.ContourSequence, key=lambda c: points_of(c)[0, 2])
    lost = random.randrange(3, 6)
    at = random.randrange(3, len(contours) - lost - 2)
    item.ContourSequence = Sequence(contours[:at] + contours[at + lost:])


@alters(Effect.WRONG, "which structures", "points", "specks", "offset")
def structure_tilted(p, random):
    """The contours of a structure are tilted by 5 to 15 degrees."""
    slope = math.tan(math.radians(random.uniform(5, 15)))

    def tilted(points, n):
        points = points.copy()
        points[:, 2] += slope * points[:, 0]
        return points
    p.move(random.choice(NEEDED), tilted)


@alters(Effect.WRONG, "which structures", "points", "specks", "offset")
def contour_open(p, random):
    """A contour of a structure is open."""
    random.choice(list(drawn(p, random.choice(NEEDED)))).ContourGeometricType = "OPEN_PLANAR"


@alters(Effect.WRONG, "which structures", "points", "specks", "offset")
def coordinate_lost(p, random):
    """A contour has lost a coordinate."""
    contour = random.choice(list(drawn(p, random.choice(NEEDED))))
    contour.ContourData = list(contour.ContourData)[:-1]


@alters(Effect.WRONG, "which structures", "points", "specks", "offset")
def points_miscounted(p, random):
    """A contour says that it has more points."""
    contour = random.choice(list(drawn(p, random.choice(NEEDED))))
    contour.NumberOfContourPoints = int(contour.NumberOfContourPoints) + random.randrange(1, 5)


@alters(Effect.WRONG, "which structures", "points", "specks", "offset")
def coordinate_far_away(p, random):
    """The spinal cord has a slice far outside the dose grid."""
    item = p.contours("SpinalCord")
    highest = max(item.ContourSequence, key=lambda c: points_of(c)[0, 2])
    for n in range(1, 6):
        item.ContourSequence.append(new_contour(highest, points_of(highest) + [0, 0, 5.0 * n]))


@alters(Effect.WRONG, "frames")
def structure_of_another_frame(p, random):
    """A structure lies in another frame of reference."""
    p.roi(random.choice(NEEDED)).ReferencedFrameOfReferenceUID = OTHER_UID


@alters(Effect.WRONG, "structures encoding")
def structures_cut_off(p, random):
    """The structure set's file ends too early."""
    share = random.uniform(0.1, 0.9)
    p.change_bytes("structures", lambda data: data[:int(len(data) * share)])
