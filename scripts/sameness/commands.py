"""What is asked of two builds: of every phantom and data set, by every face, and of the protocols and alterations of them."""
import copy
import json
import pathlib
import random
import re
import subprocess

root = pathlib.Path(__file__).resolve().parents[2]
ALTERATIONS = 100  # of each protocol


class CannotLook(Exception):
    pass


def phantom_cases(program):
    listed = subprocess.run([str(program), "phantom", "--list"], capture_output=True, text=True).stdout
    cases = [match[1] for match in re.finditer(r"^([a-z][\w-]*)  +\S", listed, re.M)]
    if not cases:
        raise CannotLook(f"{program} phantom --list names no case")
    return cases


def places(value, path=()):
    """Every member and element of a JSON value, the nested ones too."""
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        return
    for key, inner in items:
        yield path + (key,)
        yield from places(inner, path + (key,))


def altered(protocol, rng):
    """A protocol with up to three changes: numbers, flags and names exchanged, members and elements lost or doubled."""
    out = copy.deepcopy(protocol)
    for _ in range(rng.randint(1, 3)):
        all_places = list(places(out))
        path = rng.choice(all_places)
        parent = out
        for key in path[:-1]:
            parent = parent[key]
        key, value = path[-1], parent[path[-1]]
        if isinstance(value, bool):
            parent[key] = not value
        elif isinstance(value, (int, float)):
            parent[key] = rng.choice([value + 1, value / 100, value * 100, 0, -value, value * 1.5])
        elif isinstance(value, str) and rng.random() < 0.7:
            like = [p for p in all_places if p[-1] == key]
            other = rng.choice(like)
            found = out
            for step in other:
                found = found[step]
            parent[key] = copy.deepcopy(found)
        elif isinstance(parent, list) and rng.random() < 0.5:
            parent.append(copy.deepcopy(value))
        else:
            del parent[key]
    return out


def commands_of_case(folder, name, protocols):
    """The questions about one folder of DICOM files."""
    record = folder / "record.json"
    records = [[]] + ([["--record", str(record)]] if record.exists() else [])
    for protocol in protocols:
        for given in [*records, ["--plan-only"]]:
            for form in ("text", "json"):
                yield f"check {name}", ["check", str(folder), *protocol, *given, "--format", form]
    for form in ("text", "json"):
        yield f"dvh {name}", ["dvh", str(folder), "--format", form]
    for given in records:
        yield f"check {name}", ["check", str(folder), *given, "--between-slices", "interpolate", "--format", "json"]
    if (folder / "RD.dcm").exists():
        yield f"gamma {name}", ["check", str(folder), *records[-1], "--measured", str(folder / "RD.dcm"), "--format",
                                "json"]
    if len(list(folder.glob("RP*"))) == 1:  # choosing among several is the program's
        for given in [*records, ["--plan-only"]]:
            yield f"C ABI {name}", ["over C", str(folder), *given]
            yield f"gRPC {name}", ["over gRPC", str(folder), *given]


def commands_of_protocols(work):
    rng = random.Random(13)
    files = sorted((root / "core/protocols").glob("*.json"))
    for path in files:
        protocol = json.loads(path.read_text(encoding="utf-8"))
        yield "protocols show", ["protocols", "show", protocol["id"]]
        yield "protocols show json", ["protocols", "show", protocol["id"], "--format", "json"]
        yield "protocols lint", ["protocols", "lint", str(path)]
        yield "schedule", ["schedule", "--first-infusion", "2026-11-23", "--protocol", protocol["id"]]
        for other in files:
            yield "protocols diff", ["protocols", "diff", str(path), str(other)]
        for number in range(ALTERATIONS):
            file = work / f"{protocol['id']}-{number}.json"
            file.write_text(json.dumps(altered(protocol, rng), ensure_ascii=False), encoding="utf-8")
            yield "protocols lint", ["protocols", "lint", str(file)]
            yield "protocols show", ["protocols", "show", str(file)]
            yield "protocols diff", ["protocols", "diff", str(path), str(file), "--format", "text"]
            yield "protocols diff", ["protocols", "diff", str(file), str(path), "--format", "json"]



def of_all(program, data, work):
    """`program` writes the phantoms into `work`."""
    yield "protocols list", ["protocols", "list"]
    yield from commands_of_protocols(work)
    ids = [json.loads(p.read_text(encoding="utf-8"))["id"] for p in sorted((root / "core/protocols").glob("*.json"))]
    for name in phantom_cases(program):
        folder = work / name
        made = subprocess.run([str(program), "phantom", str(folder), "--case", name], capture_output=True)
        if made.returncode != 0:
            raise CannotLook(f"phantom {name}: {made.stderr.decode()}")
        yield from commands_of_case(folder, name, [["--protocol", i] for i in ids])
    for folder in sorted(p for p in data.iterdir() if p.is_dir()) if data.is_dir() else []:
        yield from commands_of_case(folder, folder.name, [["--protocol", i] for i in ids])
