#!/usr/bin/python3
"""The page of `dosegate check --format html`, and its CSV, say what the JSON says, and nothing from outside becomes markup.

html_page.py DOSEGATE: phantoms are made, checked in both formats, and the page is read with Python's own parser.
Exit 0: all holds; 1: something does not, and is named; 77: pydicom is not here (for the case with hostile names).
"""
import base64
import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

program = sys.argv[1]
faults = []
VOID = {"meta", "col", "wbr", "br", "input", "img", "link"}


def check(is_so, what):
    if not is_so:
        faults.append(what)
        print("not so:", what)


class Page(HTMLParser):
    """Elements as (tag, attributes, text of it and all inside), and whether they close in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.problems = [], [], []
        self.feed(text)
        self.close()
        self.problems += [f"{tag} stays open" for tag, _, _ in self.open]

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            self.problems.append(f"{tag} has an attribute twice: {names}")
        element = (tag, dict(attributes), [])
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), []))

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            self.problems.append(f"</{tag}> closes {self.open[-1][0] if self.open else 'nothing'}")
            return
        self.open.pop()

    def handle_data(self, data):
        for _, _, text in self.open:
            text.append(data)

    def all(self, tag, **wanted):
        return [e for e in self.elements if e[0] == tag and all(e[1].get(k) == v for k, v in wanted.items())]


def text(element):
    return "".join(element[2]).replace("\u00a0", " ")


def cells(page, row):
    """The cells of a table's row, in their order."""
    at = page.elements.index(row)
    found = {}
    for element in page.elements[at + 1:]:
        if element[0] == "tr":
            break
        if element[0] == "td":
            found[element[1].get("class")] = text(element)
    return found


def run(*arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, timeout=120)
    check(done.returncode in (0, 1, 2), f"{arguments}: exit {done.returncode}: {done.stderr.decode()}")
    return done


def both(*arguments):
    html, plain = run("check", *arguments, "--format", "html"), run("check", *arguments, "--format", "json")
    check(html.returncode == plain.returncode, f"{arguments}: the page exits {html.returncode}, the JSON {plain.returncode}")
    check(html.stdout == run("check", *arguments, "--format", "html").stdout, f"{arguments}: two pages of one case differ")
    page = Page(html.stdout.decode("utf-8"))
    check(not page.problems, f"{arguments}: {page.problems[:3]}")
    return html.stdout.decode("utf-8"), page, json.loads(plain.stdout), plain.stdout


def number(shown):
    return float(re.match(r"[-−]?[\d.]+", shown.strip()).group().replace("−", "-"))


def decimals(shown):
    return len(re.match(r"[-−]?\d+\.?(\d*)", shown.strip()).group(1))


def same(shown, value, what):
    check(abs(number(shown) - value) <= 0.5000001 * 10 ** -decimals(shown), f"{what}: the page says {shown}, the JSON {value}")


def check_values(page, report, what):
    rows = {e[1]["data-rule"]: e for e in page.all("tr") if "data-rule" in e[1]}
    listed = {e[1]["data-rule"] for e in page.all("li") if "data-rule" in e[1]}
    for finding in report["findings"]:
        rule = finding["ruleId"]
        if finding["status"] == "NOT_EVALUABLE":
            check(rule in listed, f"{what}: {rule}, which is not evaluable, stands under no cause")
            continue
        if finding["status"] == "PENDING":
            continue
        if rule not in rows:
            check(False, f"{what}: {rule} has no row")
            continue
        row = rows[rule]
        for key in ("value", "lower", "upper", "limit"):
            stated = row[1].get("data-" + key)
            check((stated is None) == (key not in finding), f"{what}: {rule}: data-{key} is {stated}")
            if stated is not None and key in finding:
                check(float(stated) == finding[key], f"{what}: {rule}: data-{key} is {stated}, in the JSON {finding[key]}")
        shown = cells(page, row)
        if "value" in finding and "va" in shown:
            same(shown["va"], finding["value"], f"{what}: {rule}")
        if "limit" in finding and shown.get("li"):
            same(shown["li"].lstrip("<>≤≥= "), finding["limit"], f"{what}: limit of {rule}")
        for key, column in (("marginDoseGy", "rg"), ("marginVolumeCc", "rc")):
            if key in finding and shown.get(column):
                same(shown[column], finding[key], f"{what}: {key} of {rule}")
    for match in report["structures"]:
        row = [r for r in page.all("td", **{"class": "nu"})]
        if "volumeCc" in match:
            check(any(text(r) and abs(float(text(r)) - match["volumeCc"]) <= 0.0051 for r in row), f"{what}: volume of {match['role']}")


def check_policy(html, page, what):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html).group(1)
    check("default-src 'none'" in policy and "unsafe" not in policy, f"{what}: the policy is {policy}")
    for tag in ("style", "script"):
        inline = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.S)
        check(len(inline) == 1, f"{what}: {len(inline)} <{tag}>")
        digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
        check(f"'sha256-{digest}'" in policy, f"{what}: the policy does not hold the hash of <{tag}>")
    check(not re.search(r'(?:src|href|action)="(?!#|data:image/png;base64,)', html), f"{what}: the page leads out of itself")
    names = {name for element in page.elements for name in element[1]}
    check(not [n for n in names if n == "style" or n.startswith("on")], f"{what}: a style or script in an attribute: {names}")


def check_links(page, what):
    ids = [e[1]["id"] for e in page.elements if "id" in e[1]]
    check(len(ids) == len(set(ids)), f"{what}: an id stands twice: {[i for i in ids if ids.count(i) > 1][:3]}")
    for element in page.all("a"):
        check(element[1]["href"][1:] in ids, f"{what}: {element[1]['href']} leads nowhere")


# The same as a line a finding, with every digit.
def check_csv(report, what, *arguments):
    lines = list(csv.DictReader(io.StringIO(run("check", *arguments, "--format", "csv").stdout.decode("utf-8"), newline="")))
    check(len(lines) == len(report["findings"]), f"{what}: {len(lines)} lines of CSV for {len(report['findings'])} findings")
    for finding in report["findings"]:
        line = next((n for n in lines if n["rule"] == finding["ruleId"]), None)
        if line is None:
            check(False, f"{what}: {finding['ruleId']} has no line of CSV")
            continue
        for column, key in (("value", "value"), ("lower", "lower"), ("upper", "upper"), ("limit", "limit"), ("room_gy", "marginDoseGy"), ("room_cc", "marginVolumeCc")):
            same_number = (line[column] == "") if key not in finding else line[column] != "" and float(line[column]) == finding[key]
            check(same_number, f"{what}: {finding['ruleId']}: {column} is {line[column]} in CSV, {finding.get(key)} in JSON")


def check_case(what, *arguments):
    html, page, report, raw = both(*arguments)
    check_values(page, report, what)
    check_csv(report, what, *arguments)
    check_policy(html, page, what)
    check_links(page, what)
    check(hashlib.sha256(raw).hexdigest() in re.sub(r"</b><wbr>", "", html), f"{what}: the report's digest is not on the page")
    check(len(html) < 3_000_000, f"{what}: {len(html)} bytes")
    return html, page, report


def heading(page):
    return text(page.all("h1")[0])


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for case in ("pass", "hot-cord", "short-ptv", "hot-liver-mean"):
            run("phantom", folder / case, "--case", case)
        cord, record = folder / "hot-cord", folder / "hot-cord" / "record.json"

        html, page, report = check_case("hot-cord", cord, "--record", record)
        check(heading(page) == "Fail", f"hot-cord: the heading is {heading(page)}")
        lead = text(page.all("p", **{"class": "lead"})[0])
        check(lead == "SpinalCord Max is 42.00 Gy; the limit is < 40 Gy.", f"hot-cord: the first sentence is {lead}")
        check(len(page.all("image")) == 4, "hot-cord: four pictures with CT")
        curves = json.loads(text(page.all("script", id="curves")[0]))["curves"]
        check(len(curves) >= 9, f"hot-cord: {len(curves)} curves")
        for curve in curves:
            check(all(l <= v <= u for l, v, u in zip(curve["l"], curve["v"], curve["u"])), "hot-cord: a curve leaves its bounds")
        # The reading beside the chart is the curve's at the limit that is broken, and agrees with a metric of that dose.
        check("40.0 Gy" in text(page.all("b", id="at")[0]), "hot-cord: the reading does not start at the limit")
        check(len(page.all("td")) and "fraction 15 given" in html, "hot-cord: the calendar lacks a fraction")

        html, page, report = check_case("pass", folder / "pass", "--record", folder / "pass" / "record.json")
        check(heading(page) == "Pass", f"pass: the heading is {heading(page)}")

        html, page, report = check_case("incomplete", folder / "pass")
        check(heading(page) == "Incomplete", f"incomplete: the heading is {heading(page)}")
        said = [e for e in page.all("b") if text(e) == "No clinical record was given."]
        check(len(said) == 1, f"incomplete: the missing record is named {len(said)} times in the scorecard")

        for language, word in (("de", "Nicht erfüllt"), ("zh", "不通过")):
            _, page, _ = check_case(language, cord, "--record", record, "--language", language)
            check(heading(page) == word, f"{language}: the heading is {heading(page)}")

        # Margins stand direction by direction: asked for, between the edges, and what is too little where it is.
        html, page, _ = check_case("short-ptv", folder / "short-ptv", "--plan-only")
        margins = html[html.index('id="margins"'):html.index('id="where"')]
        lines = [[re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td.*?</td>", row)] for row in margins.split("<tr")[3:]]
        asked, drawn, little = lines[-3:]
        check(asked == ["5.0", "5.0", "5.0", "5.0", "10.0", "10.0"], f"short-ptv: the margins asked for are {asked}")
        check(drawn == ["5.0", "1.0", "5.0", "5.0", "10.0", "10.0"], f"short-ptv: between the edges there is {drawn}")
        check(little == ["", "4.0", "", "", "", ""], f"short-ptv: too little is {little}")
        lead = text(page.all("p", **{"class": "lead"})[0])
        check("Beyond the margin" not in lead and "12.2 cc (7.17 %) is missing" in lead, f"short-ptv: the first sentence is {lead}")

        # What lies far beyond its limit is an arrow at the end of the scale.
        html, page, _ = check_case("hot-liver-mean", folder / "hot-liver-mean", "--plan-only")
        check(len(page.all("svg", **{"class": "beyond"})) == 4, "hot-liver-mean: the rules beyond 120 % are not arrows")

        # A measured dose that is the plan's own: all pass, and the page says how many were compared, and how many not.
        html, page, report = check_case("measured", cord, "--record", record, "--measured", cord / "RD.dcm")
        check_gamma(page, report, "measured")
        check(not page.all("rect", **{"class": "x"}), "measured: a bar fails where all points pass")

        return hostile(folder)


def check_gamma(page, report, what):
    finding = next(f for f in report["findings"] if f["ruleId"] == "QA-1")
    facts = [text(e).replace("\u202f", "") for e in page.all("dd")]
    check(any(f.startswith(f"{finding['value']:.2f} %") for f in facts), f"{what}: the pass rate {finding['value']} is not in {facts}")
    said = next(s for s in finding["messageSentences"] if s["id"] == "GammaMeasured")["arguments"]
    compared, left_out = (int(a["count"]) for a in [a for a in said if "count" in a][:2])
    check(any(f.startswith(f"{compared} points;") for f in facts), f"{what}: {compared} compared is not in {facts}")
    check(any(f.startswith(f"{left_out} points below") for f in facts), f"{what}: {left_out} left out is not in {facts}")
    check(len(page.all("svg", **{"class": "gh"})) == 1, f"{what}: there is no histogram")
    check(len(page.all("svg", **{"class": "slc gmap"})) == 1, f"{what}: there is no map")


def hostile(folder):
    try:
        import pydicom
    except ImportError:
        print("skipped: hostile names need pydicom")
        return 77
    names = ["<script>alert(1)</script>", "\u202eDROC", "x\" onload=\"alert(1)", "&lt;b&gt;", "L" * 1000, "]]></svg>", "</style>"]
    path = folder / "hot-cord" / "RS.dcm"
    data = pydicom.dcmread(path)
    data.SpecificCharacterSet = "ISO_IR 192"
    rois = [roi for roi in data.StructureSetROISequence if roi.ROIName not in ("SpinalCord", "PTV")]
    kept = {}
    for roi, name in zip(rois, names):
        kept[roi.ROIName] = name
        roi.ROIName = name
    data.save_as(path)
    plan = pydicom.dcmread(folder / "hot-cord" / "RP.dcm")
    plan.RTPlanLabel = "<i>P</i>\"'&"
    plan.save_as(folder / "hot-cord" / "RP.dcm")
    maps = [option for role, name in kept.items() if role != "External" for option in ("--map", f"{role}={name}")]
    html, page, _ = check_case("hostile names", folder / "hot-cord", *maps, "--plan-only")
    check(len(page.all("script")) == 2, f"hostile names: {len(page.all('script'))} scripts")
    check(not page.all("i"), "hostile names: the plan's label became markup")
    check("\u202e" not in html, "hostile names: a mark that turns text round stands there as it is")
    shown = [text(e) for e in page.all("bdi")]
    check(max(map(len, shown)) <= 200, f"hostile names: a name of {max(map(len, shown))} characters is shown whole")
    check(any(e[1].get("title", "").startswith("L" * 1000) for e in page.all("bdi")), "hostile names: the whole of a long name is nowhere")
    # A dose that was measured elsewhere: what fails is filled and drawn beyond 1.
    dose = pydicom.dcmread(folder / "hot-cord" / "RD.dcm")
    dose.DoseGridScaling = float(dose.DoseGridScaling) * 1.05
    dose.save_as(folder / "measured.dcm")
    html, page, report = check_case("measured higher", folder / "hot-cord", *maps, "--plan-only", "--measured", folder / "measured.dcm")
    check_gamma(page, report, "measured higher")
    check(page.all("rect", **{"class": "x"}), "measured higher: no bar lies beyond 1")
    check(any(len(e[1]["d"]) > 20 for e in page.all("path", **{"class": "wr"})), "measured higher: nothing of the map is filled")
    return 0


result = main()
print(f"{len(faults)} faults" if faults else "the pages say what the JSON says")
sys.exit(1 if faults else result)
