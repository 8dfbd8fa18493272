"""From pydicom's data sets to a report.

    from dosegate import dicom

    report = dicom.check(library, ["RP.dcm", "RS.dcm", "RD.dcm", *ct_files])      # files,
    report = dicom.check(library, [plan, structure_set, dose, *images])           # or pydicom data sets

One plan, one structure set, and one dose (or the BEAM doses of every beam): what belongs together is the caller's choice, and
is held against what the objects say of each other. Everything else raises InvalidData: choosing among several plans or doses by
their references, and files of unusual encoding, are what the program `dosegate check` is for. Images (CT, MR, PET) may be
left out; they tell a missing slice from the space between two pieces.

For the same files the report is that of `dosegate check`, to the byte. A data set that was not read from a file has no digest
in it. Needs pydicom, and NumPy for doses that are compressed."""
from .bridge import Patient, check, read
from .objects import Object

__all__ = ["Object", "Patient", "check", "read"]
