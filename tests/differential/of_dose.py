"""Alterations of RT Dose."""
import io
import struct

import numpy
import pydicom
from alteration import Effect, alters
from patient import OTHER_UID, decimal, encoded, group, make_implicit, padded
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence


def plane_by_plane(p):
    return [float(v) for v in p.dose.GridFrameOffsetVector]


def refer_to_first_beam(p, dose):
    one, fractions = Dataset(), Dataset()
    one.ReferencedBeamNumber = int(group(p).ReferencedBeamSequence[0].ReferencedBeamNumber)
    fractions.ReferencedFractionGroupNumber, fractions.ReferencedBeamSequence = 1, Sequence([one])
    dose.ReferencedRTPlanSequence[0].ReferencedFractionGroupSequence = Sequence([fractions])


def further_dose(p, name, summation, gy):
    d = pydicom.dcmread(io.BytesIO(encoded(p.dose)))
    d.SOPInstanceUID = d.file_meta.MediaStorageSOPInstanceUID = OTHER_UID + str(len(p.more))
    d.DoseSummationType = summation
    d.DoseGridScaling = "2e-8"
    d.PixelData = numpy.round(gy * 5e7).astype("<u4").tobytes()
    p.more[name] = d
    return d


# The same dose, written otherwise
@alters(Effect.HARMLESS, "dose comment")
def dose_comment(p, random):
    """Another comment, a private attribute."""
    p.dose.DoseComment = f"calculated {random.randrange(100)} times"
    p.dose.private_block(0x3287, "SOMEBODY", create=True).add_new(0x10, "LO", "x")


@alters(Effect.HARMLESS, "dose meaning")
def dose_codes_small(p, random):
    """Units, type and summation in small letters."""
    p.dose.DoseUnits, p.dose.DoseType, p.dose.DoseSummationType = "Gy", "Physical", "plan"


@alters(Effect.HARMLESS, "dose level")
def dose_rescaled_by_one(p, random):
    """Rescale Slope 1 and Rescale Intercept 0."""
    p.dose.RescaleSlope, p.dose.RescaleIntercept = "1", "0"


@alters(Effect.WRONG, "dose level")
def dose_rescaled(p, random):
    """A Rescale Slope or Intercept beside Dose Grid Scaling."""
    p.dose.RescaleSlope, p.dose.RescaleIntercept = random.choice([("2", "0"), ("0.5", "0"), ("1", "100")])


@alters(Effect.HARMLESS, "dose values")
def dose_scaled_otherwise(p, random):
    """Other stored values with another Dose Grid Scaling."""
    p.set_gy(p.gy())


@alters(Effect.HARMLESS, "dose values", "dose grid")
def rows_upside_down(p, random):
    """Rows run the other way, as the orientation says."""
    p.set_gy(p.gy()[:, ::-1, :])
    at = [float(v) for v in p.dose.ImagePositionPatient]
    at[1] += float(p.dose.PixelSpacing[0]) * (p.dose.Rows - 1)
    p.dose.ImagePositionPatient = [decimal(v) for v in at]
    p.dose.ImageOrientationPatient = [1, 0, 0, 0, -1, 0]
    p.dose.GridFrameOffsetVector = [decimal(-v) for v in plane_by_plane(p)]


@alters(Effect.HARMLESS, "dose values", "dose grid")
def planes_downwards(p, random):
    """Planes run from the top down."""
    offsets = plane_by_plane(p)
    p.set_gy(p.gy()[::-1])
    at = [float(v) for v in p.dose.ImagePositionPatient]
    at[2] += offsets[-1]
    p.dose.ImagePositionPatient = [decimal(v) for v in at]
    p.dose.GridFrameOffsetVector = [decimal(v - offsets[-1]) for v in offsets[::-1]]


@alters(Effect.HARMLESS, "dose grid")
def offsets_absolute(p, random):
    """Grid Frame Offset Vector holds the planes' positions, the second form of the standard."""
    z = float(p.dose.ImagePositionPatient[2])
    p.dose.GridFrameOffsetVector = [decimal(z + v) for v in plane_by_plane(p)]


@alters(Effect.HARMLESS, "dose grid")
def cosines_with_noise(p, random):
    """Direction cosines with the noise of single precision."""
    p.dose.ImageOrientationPatient = [decimal(v + random.uniform(-1e-9, 1e-9)) for v in (1, 0, 0, 0, 1, 0)]


@alters(Effect.HARMLESS, "dose encoding")
def dose_implicit(p, random):
    """The dose in implicit VR."""
    make_implicit(p.dose)


@alters(Effect.HARMLESS, "dose encoding")
def dose_padded(p, random):
    """Zeros after the dose's end."""
    p.change_bytes("dose", padded)


@alters(Effect.HARMLESS, "further doses", "dose meaning", "dose values", "beam", "beam numbers")
def beam_dose_beside(p, random):
    """The dose of one beam beside that of the plan."""
    refer_to_first_beam(p, further_dose(p, "RD_beam.dcm", "BEAM", 0.3 * p.gy()))


@alters(Effect.HARMLESS, "foreign files")
def foreign_files(p, random):
    """A text, a picture and an empty text in the folder."""
    p.more["notes.txt"] = b"checked on Monday\n"
    p.more["picture.png"] = b"\x89PNG\r\n\x1a\n" + bytes(100)
    p.more["empty.txt"] = b""


# Another dose
@alters(Effect.WRONG, "dose values", "dose level")
def dose_times(p, random):
    """Dose Grid Scaling is off by a factor: a fraction's dose, cGy for Gy, an over- or underdose."""
    p.dose.DoseGridScaling = decimal(float(p.dose.DoseGridScaling) * random.choice([0.01, 1 / 15, 0.5, 0.9, 1.3, 2, 15, 100]))


@alters(Effect.WRONG, "dose values", "dose level")
def scaling_unusable(p, random):
    """Dose Grid Scaling is missing, 0, negative or no number."""
    what = random.choice([None, "0", "-1e-7", "many"])
    if what is None:
        del p.dose.DoseGridScaling
    else:
        text = what.ljust(len(what) + len(what) % 2).encode()
        tag = struct.pack("<HH", 0x3004, 0x000E)

        def put(data):
            at = data.find(tag + b"DS")
            size = struct.unpack("<H", data[at + 6:at + 8])[0]
            return data[:at + 6] + struct.pack("<H", len(text)) + text + data[at + 8 + size:]
        p.change_bytes("dose", put)


@alters(Effect.WRONG, "dose values", "dose level")
def scaling_twice(p, random):
    """Dose Grid Scaling stands twice, with two values, not side by side."""
    tag = struct.pack("<HH", 0x3004, 0x000E)
    factor = random.choice([0.7, 1.1, 1.3])

    def twice(data):
        at, units = data.find(tag + b"DS"), data.find(struct.pack("<HH", 0x3004, 0x0002) + b"CS")
        size = struct.unpack("<H", data[at + 6:at + 8])[0]
        value = decimal(float(data[at + 8:at + 8 + size]) * factor).encode()
        value += b" " * (len(value) % 2)
        second = tag + b"DS" + struct.pack("<H", len(value)) + value
        return data[:units] + data[at:at + 8 + size] + data[units:at] + second + data[at + 8 + size:]
    p.change_bytes("dose", twice)


@alters(Effect.WRONG, "dose meaning")
def not_physical_gray(p, random):
    """RELATIVE units, or an EFFECTIVE or ERROR dose."""
    if random.random() < 0.4:
        p.dose.DoseUnits = "RELATIVE"
    else:
        p.dose.DoseType = random.choice(["EFFECTIVE", "ERROR"])


@alters(Effect.WRONG, "dose meaning", "further doses")
def not_the_whole_plan(p, random):
    """The dose says that it is of several plans, a record, brachytherapy, or a control point."""
    p.dose.DoseSummationType = random.choice(["MULTI_PLAN", "RECORD", "BRACHY", "CONTROL_POINT"])


@alters(Effect.WRONG, "dose meaning", "dose values", "dose level", "further doses")
def one_fraction_as_group(p, random):
    """The dose of one fraction, tagged FRACTION, which means the whole group."""
    p.dose.DoseSummationType = "FRACTION"
    p.dose.DoseGridScaling = decimal(float(p.dose.DoseGridScaling) / 15)


@alters(Effect.WRONG, "dose meaning", "further doses", "beam", "beam numbers")
def one_beam_alone(p, random):
    """The only dose is that of one beam of four."""
    p.dose.DoseSummationType = "BEAM"
    refer_to_first_beam(p, p.dose)


@alters(Effect.TOLD, "heterogeneity")
def calculated_in_water(p, random):
    """Tissue Heterogeneity Correction WATER: as if all were water."""
    p.dose.TissueHeterogeneityCorrection = "WATER"


@alters(Effect.WRONG, "frames")
def dose_of_another_frame(p, random):
    """The dose lies in another frame of reference."""
    p.dose.FrameOfReferenceUID = OTHER_UID


@alters(Effect.WRONG, "references of dose", "references of plan")
def dose_of_another_plan(p, random):
    """The dose refers to another plan."""
    p.dose.ReferencedRTPlanSequence[0].ReferencedSOPInstanceUID = OTHER_UID


@alters(Effect.WRONG, "dose grid", "dose values")
def grid_ends_in_liver(p, random):
    """The grid has lost columns, so that it ends inside the liver."""
    gy, lost = p.gy(), random.randrange(40, 70)
    if random.random() < 0.5:
        gy = gy[:, :, lost:]
        at = [float(v) for v in p.dose.ImagePositionPatient]
        at[0] += lost * float(p.dose.PixelSpacing[1])
        p.dose.ImagePositionPatient = [decimal(v) for v in at]
    else:
        gy = gy[:, :, :-lost - 30]
    p.set_gy(numpy.ascontiguousarray(gy))


@alters(Effect.WRONG, "dose grid")
def grid_shifted(p, random):
    """The grid lies 25 mm or more off."""
    at = [float(v) for v in p.dose.ImagePositionPatient]
    at[random.randrange(3)] += random.choice([-1, 1]) * random.uniform(25, 40)
    p.dose.ImagePositionPatient = [decimal(v) for v in at]


@alters(Effect.WRONG, "dose grid")
def grid_oblique(p, random):
    """The grid is turned by 2 to 10 degrees, out of the slices that the structures are drawn on."""
    t = numpy.radians(random.uniform(2, 10))
    p.dose.ImageOrientationPatient = [decimal(v) for v in random.choice([
        (1, 0, 0, 0, numpy.cos(t), numpy.sin(t)), (numpy.cos(t), 0, numpy.sin(t), 0, 1, 0)])]


@alters(Effect.WRONG, "dose grid")
def cosines_unusable(p, random):
    """Direction cosines that are no directions."""
    p.dose.ImageOrientationPatient = random.choice([[1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 1, 0], [1.2, 0, 0, 0, 1, 0]])


@alters(Effect.WRONG, "dose grid")
def offsets_unusable(p, random):
    """Plane offsets that repeat, jump back, or are too few."""
    offsets = plane_by_plane(p)
    n = random.randrange(5, len(offsets) - 5)
    what = random.randrange(3)
    if what == 0:
        offsets[n] = offsets[n + 1]
    elif what == 1:
        offsets[n], offsets[n + 1] = offsets[n + 1], offsets[n]
    else:
        offsets.pop()
    p.dose.GridFrameOffsetVector = [decimal(v) for v in offsets]


@alters(Effect.WRONG, "dose values")
def pixels_missing(p, random):
    """The last planes' values are missing."""
    p.dose.PixelData = p.dose.PixelData[:-4 * p.dose.Rows * p.dose.Columns * random.randrange(1, 5)]


@alters(Effect.WRONG, "dose encoding")
def dose_cut_off(p, random):
    """The dose's file ends too early."""
    share = random.uniform(0.0005, 0.95)
    p.change_bytes("dose", lambda data: data[:int(len(data) * share)])


@alters(Effect.WRONG, "further doses", "dose values")
def two_doses_of_the_plan(p, random):
    """A second dose of the same plan, 20 % higher."""
    further_dose(p, "RD2.dcm", "PLAN", 1.2 * p.gy())


@alters(Effect.WRONG, "further doses", "dose values")
def second_dose_unreadable(p, random):
    """A second dose of the plan that cannot be read to its end."""
    data = encoded(further_dose(p, "RD2.dcm", "PLAN", 1.2 * p.gy()))
    p.more["RD2.dcm"] = data[:random.choice([200, 400, 1500, len(data) // 2])]
