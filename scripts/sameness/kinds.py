"""In what ways two answers of dosegate differ: by kinds. Each that is meant is named here, with the change that made it."""
import collections
import json
import re

NAMED = {
    "sentences as data": "issue 13: a finding carries its sentences' ids and arguments beside the English",
    "same numbers but for last digits": "sums in another order: nothing differs by more than 1e-12 of itself",
    "value moved within the same bounds": "issues 12, 18: another estimate; what is proven is as before",
    "interval inside the former": "issues 12, 14, 18: narrower proven bounds",
    "interval overlaps the former": "issues 12, 14, 18: other bounds, true as the former are",
    "interval contains the former": "issue 18: a room is bounded as far as its share needs, other cells are narrowed last",
    "numbers of a sentence": "a sentence tells a value of its finding, which moved as said above",
    "text: numbers": "the terminal's table shows values that moved as said above",
    "text: what the verdict means": "issue 13: the view model says below a verdict what follows from it",
    "text: first of all": "issue 13: the view model says first what matters most",
    "text: what is said of several rules stands once": "issue 13: one line where nothing was asked for, one cause once",
    "requirement of every rule": "issue 13: protocols show says of every kind of rule what it asks for",
    "a kind of rule more": "issue 13: structureVolume",
}
MEANINGS = (  # of a verdict, in the terminal
    "Not to be approved as it is: the plan breaks the protocol.",
    "Not to be approved yet: what is not known may be broken.",
    "Nothing in the protocol stands against approval; a qualified person decides.",
)
INTERVALS = (("value", "lower", "upper"), ("marginDoseGy", "marginDoseLowerGy", "marginDoseUpperGy"),
             ("marginVolumeCc", "marginVolumeLowerCc", "marginVolumeUpperCc"))
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w]|\.\d)")
LAST_DIGITS = 1e-12


class Differences:
    """Kinds with how often, and the first places of each."""

    def __init__(self):
        self.counts = collections.Counter()
        self.places = {}

    def add(self, kind, place=""):
        self.counts[kind] += 1
        self.places.setdefault(kind, []).append(place)

    def unnamed(self):
        return [kind for kind in self.counts if kind not in NAMED]


INDEX = re.compile(r"\[.*?\]")


def close(a, b):
    return abs(a - b) <= LAST_DIGITS * max(abs(a), abs(b))


def of_interval(was, now, members, out, path):
    """A value in its bounds, before and after. Whether it moved."""
    before, after = ([holder.get(m) for m in members] for holder in (was, now))
    if before == after:
        return False
    place = f"{path}.{members[0]}: {before} -> {after}"
    if [x is None for x in before] != [x is None for x in after]:
        out.add(f"{members[0]}: bounds that were there are gone, or the other way round", place)
    elif any(x is None for x in after):
        out.add(f"{members[0]}: another value, without bounds", place)
    elif all(close(a, b) for a, b in zip(before, after)):
        out.add("same numbers but for last digits", place)
    elif not after[1] <= after[0] <= after[2]:
        out.add(f"{members[0]}: outside its own bounds", place)
    elif before[1:] == after[1:]:
        out.add("value moved within the same bounds", place)
    elif before[1] <= after[1] and after[2] <= before[2]:
        out.add("interval inside the former", place)
    elif after[1] <= before[1] and before[2] <= after[2]:
        out.add("interval contains the former", place)
    elif after[1] <= before[2] and before[1] <= after[2]:
        out.add("interval overlaps the former", place)
    else:
        out.add(f"{members[0]}: an interval apart from the former", place)
    return True


def of_values(was, now, out, path="", moved=False):
    """Two JSON values. `moved`: an interval of the object that they are in did."""
    if was == now:
        return
    if isinstance(was, dict) and isinstance(now, dict):
        of_objects(was, now, out, path, moved)
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for n, (a, b) in enumerate(zip(was, now)):
            name = b.get("ruleId") or b.get("metric") or n if isinstance(b, dict) else n
            of_values(a, b, out, f"{path}[{name}]", moved)
    elif isinstance(was, float) and isinstance(now, float) and close(was, now):
        out.add("same numbers but for last digits", f"{path}: {was} -> {now}")
    elif is_numbers_alone(was, now, path):
        kind = "numbers of a sentence" if moved else "numbers of a sentence, and no value moved"
        out.add(kind, f"{path}: {was} -> {now}")
    else:
        out.add(f"other {INDEX.sub('[]', path)}", f"{path}: {str(was)[:300]} -> {str(now)[:300]}")


def is_numbers_alone(was, now, path):
    """Of two sentences, or of arguments of two sentences as data, whether they differ in numbers alone."""
    if isinstance(was, str) and isinstance(now, str):
        return NUMBER.sub("#", was) == NUMBER.sub("#", now)
    return isinstance(was, float) and isinstance(now, float) and "Sentences[" in path


def of_objects(was, now, out, path, moved=False):
    done = set()
    for members in INTERVALS:
        if members[0] in was or members[0] in now:
            moved = of_interval(was, now, members, out, path) or moved
            done.update(members)
    for key in [*was, *(key for key in now if key not in was)]:
        if key in done:
            continue
        if key not in was and key.endswith("Sentences"):
            out.add("sentences as data", f"{path}.{key}")
        elif key not in was or key not in now:
            what = "more" if key not in was else "less"
            out.add(f"a member {what}: {key}", f"{path}.{key}: {str(was.get(key, now.get(key)))[:200]}")
        else:
            of_values(was[key], now[key], out, f"{path}.{key}", moved)


def words(text):
    """Without punctuation around them, numbers as #; a lone sign is no word."""
    tokens = (NUMBER.sub("#", token.strip("(),;:.").lower()) for token in text.split())
    return collections.Counter(token for token in tokens if re.search(r"[\w#]", token))


HEADINGS = words("Rule Structure Metric Value Limit Between Beyond the limit by Room left to spare Short of by advisory")


def of_report_text(was, now, out):
    """A report in the terminal: what it says in addition is taken out, then each has to have the words of the other."""
    lines = now.splitlines()
    for meaning in MEANINGS:
        if meaning in lines and meaning not in was:
            lines.remove(meaning)
            out.add("text: what the verdict means")
    if "First of all" in lines and "First of all" not in was:
        at = lines.index("First of all")
        end = next((n for n in range(at, len(lines)) if not lines[n].strip()), len(lines))
        del lines[at:end + 1]
        out.add("text: first of all")
    before, after = words(was), words("\n".join(lines))
    lost, gained = set(before) - set(after) - set(HEADINGS), set(after) - set(before) - set(HEADINGS)
    if lost or gained:
        out.add("text: other words", f"lost {sorted(lost)[:12]}, gained {sorted(gained)[:12]}")
    elif before != after:
        out.add("text: what is said of several rules stands once")
    if not (lost or gained) and "".join(was.split()) != "".join("".join(lines).split()):
        if NUMBER.findall(was) != NUMBER.findall("\n".join(lines)):
            out.add("text: numbers")


def of_text(command, was, now, out):
    if was == now:
        return
    if command[0] in ("check", "dvh"):
        return of_report_text(was, now, out)
    before, after = words(was), words(now)
    if command[:2] == ["protocols", "show"] and not before - after:
        out.add("requirement of every rule")
    elif not before - after and set(after - before) == {"structurevolume"}:
        out.add("a kind of rule more")
    else:
        out.add(f"other text of {' '.join(command[:2])}", f"{was[:300]} -> {now[:300]}")


def parsed(text):
    """A JSON object with every number as a float; None: it is none."""
    try:
        value = json.loads(text, parse_int=float)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def compare(command, was, now):
    """`was`, `now`: exit code, output, messages (bytes)."""
    out = Differences()
    if was == now:
        return out
    if was[0] != now[0]:
        out.add(f"exit code {was[0]} -> {now[0]}")
    texts = [[part.decode(errors="replace") for part in answer[1:]] for answer in (was, now)]
    (output, messages), (output_now, messages_now) = texts
    before, after = parsed(output), parsed(output_now)
    if before is not None and after is not None:
        of_values(before, after, out)
        if output != output_now and not out.counts:
            out.add("the same JSON, written otherwise")
    else:
        of_text(command, output, output_now, out)
    if messages != messages_now:
        inner = Differences()
        of_text(command if command[0] == "protocols" else ["messages"], messages, messages_now, inner)
        for kind, places in inner.places.items():
            for place in places:
                out.add(kind, place)
    if was != now and not out.counts:
        out.add("white space or punctuation", f"{output[:200]} -> {output_now[:200]}")
    return out
