"""Alterations of the clinical record."""
import datetime
import json

from alteration import Effect, alters


UMOL_PER_MG_DL = 17.1  # umol/L of bilirubin to the mg/dL


def day(text, by):
    return (datetime.date.fromisoformat(text) + datetime.timedelta(days=by)).isoformat()


# The same record, written otherwise
@alters(Effect.HARMLESS, "order of record")
def record_shuffled(p, random):
    """Every list of the record stands in another order."""
    for value in p.record.values():
        if isinstance(value, list):
            random.shuffle(value)


@alters(Effect.HARMLESS, "times")
def times_gone(p, random):
    """Days without times of day."""
    for fraction in p.record["deliveredFractions"] + p.record["plannedFractions"] + [p.record["simulation"]]:
        fraction.pop("time", None)


@alters(Effect.HARMLESS, "infusions")
def infusion_cancelled(p, random):
    """An infusion that was scheduled for a day before the first one and not given."""
    first = min(i["date"] for i in p.record["infusions"])
    p.record["infusions"].insert(0, {"date": day(first, -random.randrange(2, 7)), "drug": "tislelizumab", "doseMg": 200,
                                     "given": False})


@alters(Effect.HARMLESS, "rounding")
def dose_given_rounded(p, random):
    """The doses given are those of the monitor units, off by up to 0.05 %."""
    for fraction in p.record["deliveredFractions"]:
        fraction["doseGy"] = round(3 * random.uniform(0.9997, 1.0005), 4)


@alters(Effect.HARMLESS, "labs")
def lab_in_other_unit(p, random):
    """Bilirubin in mg/dL, with its limit in mg/dL."""
    for lab in p.record["labs"]:
        if lab["analyte"] == "TOTAL_BILIRUBIN":
            lab.update(value=lab["value"] / UMOL_PER_MG_DL, unit="mg/dL",
                       upperLimitNormal=lab["upperLimitNormal"] / UMOL_PER_MG_DL)


@alters(Effect.HARMLESS, "gamma")
def earlier_gamma_failed(p, random):
    """A measurement two days before the last one; both are of the same plan and pass."""
    last = p.record["gammaResults"][0]
    p.record["gammaResults"].insert(0, dict(last, date=day(last["date"], -2), passRatePercent=97.5))


@alters(Effect.TOLD, "infusions")
def infusion_in_parts(p, random):
    """An infusion is recorded as two of one day, together of its dose."""
    infusion = random.choice(p.record["infusions"][:3])
    infusion["doseMg"] = random.randrange(50, 150)
    p.record["infusions"].append(dict(infusion, doseMg=200 - infusion["doseMg"]))


@alters(Effect.TOLD, "course", "rounding")
def fraction_in_parts(p, random):
    """A fraction was broken off and went on the same day, recorded as two of its number, together of its dose."""
    fraction = random.choice(p.record["deliveredFractions"])
    fraction.update(doseGy=1.2, monitorUnits=0.4 * fraction["monitorUnits"])
    p.record["deliveredFractions"].append(dict(fraction, doseGy=1.8, monitorUnits=1.5 * fraction["monitorUnits"]))


@alters(Effect.WRONG, "labs")
def lab_nobody_has(p, random):
    """A laboratory value with another unit than its own, or with digits too many; or so its upper limit of normal."""
    by = {lab["analyte"]: lab for lab in p.record["labs"]}
    change = random.choice([("ALBUMIN", {"unit": "g/dL"}), ("ALBUMIN", {"value": 290}), ("PLATELETS", {"value": 90000}),
                            ("TOTAL_BILIRUBIN", {"value": 0.8}), ("TOTAL_BILIRUBIN", {"upperLimitNormal": 200}),
                            ("AST", {"value": 0})])
    by[change[0]].update(change[1])


# Another course
@alters(Effect.WRONG, "course", "rounding")
def fraction_missing(p, random):
    """A fraction was neither given nor planned."""
    n = random.randrange(15)
    for name in ("deliveredFractions", "plannedFractions"):
        p.record[name].pop(n)


@alters(Effect.WRONG, "course", "rounding")
def fraction_on_weekend(p, random):
    """A fraction was given on a Saturday or Sunday."""
    weekend = [f for f in p.record["deliveredFractions"] if datetime.date.fromisoformat(f["date"]).weekday() == 4]
    fraction = random.choice(weekend[:2])
    fraction["date"] = day(fraction["date"], random.choice([1, 2]))


@alters(Effect.WRONG, "course", "rounding")
def two_fractions_a_day(p, random):
    """Two fractions were given on one day."""
    given = p.record["deliveredFractions"]
    n = random.randrange(14)
    given[n + 1]["date"] = given[n]["date"]


@alters(Effect.WRONG, "course", "rounding")
def fraction_of_other_dose(p, random):
    """A fraction gave another dose than 3 Gy."""
    random.choice(p.record["deliveredFractions"])["doseGy"] = random.choice([1.5, 2, 2.7, 3.3, 6])


@alters(Effect.WRONG, "course", "rounding")
def course_late(p, random):
    """The course began a week or two after the day that the protocol says."""
    by = 7 * random.randrange(1, 3)
    for fraction in p.record["deliveredFractions"] + p.record["plannedFractions"]:
        fraction["date"] = day(fraction["date"], by)


@alters(Effect.WRONG, "course")
def dates_impossible(p, random):
    """A day that does not exist."""
    random.choice(p.record["deliveredFractions"])["date"] = random.choice(["2024-02-30", "2024-13-01", "24-01-08", ""])


@alters(Effect.WRONG, "delivery")
def not_as_asked(p, random):
    """A fraction without cone-beam CT, without gating, or after too little fasting."""
    fraction = random.choice(p.record["deliveredFractions"])
    key, value = random.choice([("cbctBefore", False), ("gated", False), ("fastingHours", 3)])
    fraction[key] = value


@alters(Effect.WRONG, "delivery")
def not_recorded(p, random):
    """Whether a fraction had cone-beam CT, gating or fasting is not recorded."""
    random.choice(p.record["deliveredFractions"]).pop(random.choice(["cbctBefore", "gated", "fastingHours"]))


@alters(Effect.WRONG, "gamma")
def gamma_other(p, random):
    """The gamma pass rate is too low, has other criteria, or none."""
    gamma = p.record["gammaResults"][0]
    what = random.randrange(4)
    if what == 0:
        gamma["passRatePercent"] = random.uniform(60, 95)
    elif what == 1:
        gamma["distanceMm"] = 2
    elif what == 2:
        gamma.pop(random.choice(["doseDifferencePercent", "distanceMm", "lowDoseCutPercent", "normalisation"]))
    else:
        p.record["gammaResults"] = []


@alters(Effect.TOLD, "gamma")
def gamma_before_simulation(p, random):
    """The plan was measured before the patient was simulated."""
    p.record["gammaResults"][0]["date"] = day(p.record["simulation"]["date"], -random.randrange(3, 30))


@alters(Effect.TOLD, "simulation")
def simulated_in_mid_course(p, random):
    """The simulation came after the first fraction."""
    p.record["simulation"]["date"] = random.choice(p.record["deliveredFractions"][3:])["date"]


@alters(Effect.WRONG, "eligibility")
def not_eligible(p, random):
    """Too old or too young, ECOG 2 or more, treated before, no liver cell cancer, Child-Pugh C, or not stated."""
    e = p.record["eligibility"]
    what = random.randrange(7)
    if what == 0:
        e["ageYears"] = random.choice([12, 17, 71, 90])
    elif what == 1:
        e["ecog"] = random.choice([2, 3, 4])
    elif what == 2:
        e["treatmentNaive"] = False
    elif what == 3:
        e["hepatocellular"] = False
    elif what == 4:
        e["resectability"]["childPugh"] = "C"
    elif what == 5:
        e["resectability"]["extrahepaticMetastasis"] = True
    else:
        e.pop(random.choice(["ageYears", "ecog", "treatmentNaive", "hepatocellular", "measurableByRecist"]))


@alters(Effect.WRONG, "labs")
def lab_out_of_range(p, random):
    """A laboratory value beyond the trial's limit, or missing, or without a unit."""
    lab = random.choice([l for l in p.record["labs"] if l["analyte"] in ("TOTAL_BILIRUBIN", "PLATELETS", "ALBUMIN")])
    what = random.randrange(3)
    if what == 0:
        lab["value"] *= 5 if lab["analyte"] == "TOTAL_BILIRUBIN" else 0.4
    elif what == 1:
        p.record["labs"].remove(lab)
    else:
        lab.pop("unit")


@alters(Effect.WRONG, "staging")
def grade_contradicts(p, random):
    """The grade recorded is not that of the staging."""
    stage = random.choice(p.record["staging"])
    stage["mviGrade"] = random.choice([g for g in (1, 2, 3, 4) if g != stage["mviGrade"]])


@alters(Effect.TOLD, "staging", "eligibility")
def way_contradicts(p, random):
    """A thrombus in the main trunk, and resectable as if it were on one side."""
    p.record["staging"][0].update(vp="VP4", mviGrade=4)


@alters(Effect.TOLD, "staging")
def staging_old(p, random):
    """The staging before therapy is seven months or more old."""
    p.record["staging"][0]["date"] = day(p.record["staging"][0]["date"], -random.randrange(215, 400))


@alters(Effect.WRONG, "infusions")
def infusion_other(p, random):
    """An infusion before surgery with another dose or drug, a week late, or missing."""
    before = sorted(p.record["infusions"], key=lambda i: i["date"])[1:3]
    infusion = random.choice(before)
    what = random.randrange(4)
    if what == 0:
        infusion["doseMg"] = random.choice([100, 400])
    elif what == 1:
        infusion["drug"] = "another drug"
    elif what == 2:
        infusion["date"] = day(infusion["date"], 7)
    else:
        p.record["infusions"].remove(infusion)


@alters(Effect.WRONG, "surgery")
def surgery_in_mid_course(p, random):
    """Surgery on a day of the radiotherapy."""
    p.record["surgery"]["date"] = random.choice(p.record["deliveredFractions"][5:])["date"]


@alters(Effect.WRONG, "order of record", "times")
def member_unknown(p, random):
    """A member that the record does not have: what is meant by it is not known."""
    random.choice([p.record, p.record["simulation"], p.record["eligibility"]])["fastingMinutes"] = 240


@alters(Effect.WRONG, "order of record", "times")
def member_twice(p, random):
    """A member of the record stands twice, with two values."""
    text = json.dumps(p.record)
    p.record_text = text.replace('"ageYears": ', '"ageYears": 85, "ageYears": ', 1)
