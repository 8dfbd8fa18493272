"""Alterations of the images that structures were drawn on, which lie beside them."""
import copy
import io

import pydicom
from alteration import Effect, alters
from patient import NEEDED, OTHER_UID, decimal
from pydicom.sequence import Sequence

SLICE_MM = 5.0


def images(p):
    """From below to above, without their pixels."""
    found = [pydicom.dcmread(io.BytesIO(data)) for data in p.phantom.images]
    return sorted(found, key=lambda image: float(image.ImagePositionPatient[2]))


def beside(p, found, name="CT"):
    for n, image in enumerate(found):
        p.more[f"{name}.{n}.dcm"] = image


def moved(found, mm):
    for image in found:
        x, y, z = image.ImagePositionPatient
        image.ImagePositionPatient = [x, y, decimal(float(z) + mm)]
    return found


@alters(Effect.HARMLESS, "images", "points")
def images_beside(p, random):
    """The images lie in the folder, named in any order, their positions rounded."""
    found = moved(images(p), random.choice([0.0, 0.004, -0.01]))
    random.shuffle(found)
    beside(p, found)


@alters(Effect.HARMLESS, "images", "points")
def images_of_others_beside(p, random):
    """Beside the images lie a copy of their series, thinner slices of the same place, or some were left out."""
    found = images(p)
    beside(p, found[::random.choice([1, 2, 3])])
    more = copy.deepcopy(found)
    for n, image in enumerate(more):
        image.SeriesInstanceUID = OTHER_UID
        if random.random() < 0.5:
            image.SOPInstanceUID = f"{OTHER_UID[:-4]}.{n}"
    beside(p, more, "MR")


@alters(Effect.HARMLESS, "images", "points")
def images_of_another_frame(p, random):
    """Images of another frame of reference, elsewhere, lie in the folder."""
    found = moved(images(p), random.uniform(-200, 200))
    for image in found:
        image.FrameOfReferenceUID = OTHER_UID
    beside(p, found)


@alters(Effect.HARMLESS, "images", "points")
def contours_between_images(p, random):
    """Every contour lies between its image and the next: up to 2.4 mm off."""
    beside(p, moved(images(p), random.choice([-1, 1]) * random.uniform(0.2, 2.4)))


@alters(Effect.WRONG, "images", "points")
def images_moved(p, random):
    """All images were moved along the patient, by slices or more than one."""
    by = random.choice([SLICE_MM * random.randrange(1, 12), random.uniform(5.2, 200)])
    beside(p, moved(images(p), random.choice([-1, 1]) * by))


@alters(Effect.WRONG, "images", "points")
def images_moved_and_copied(p, random):
    """All images were moved, and lie there twice: in another series, or 0.000001 mm off."""
    found = moved(images(p), random.choice([-1, 1]) * random.uniform(20, 60))
    beside(p, found)
    more = copy.deepcopy(found)
    if random.random() < 0.5:
        more = moved(more, 1e-6)
    else:
        for image in more:
            image.SeriesInstanceUID = OTHER_UID
    beside(p, more, random.choice(["AA", "ZZ"]))


@alters(Effect.WRONG, "images", "points")
def contours_name_each_others_images(p, random):
    """The contours of a structure name its images in the reverse order."""
    contours = list(p.contours(random.choice(NEEDED)).ContourSequence)
    named = [contour.ContourImageSequence for contour in contours]
    for contour, of_another in zip(contours, reversed(named)):
        contour.ContourImageSequence = Sequence(copy.deepcopy(list(of_another)))
    beside(p, images(p))


@alters(Effect.WRONG, "images", "points")
def image_moved(p, random):
    """One image of a structure lies elsewhere than its contours."""
    contours = p.contours(random.choice(NEEDED)).ContourSequence
    uid = random.choice(list(contours)).ContourImageSequence[0].ReferencedSOPInstanceUID
    found = images(p)
    moved([image for image in found if uid == image.SOPInstanceUID], random.choice([-1, 1]) * random.uniform(16, 90))
    beside(p, found)
