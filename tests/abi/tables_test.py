#!/usr/bin/python3
"""scripts/abi: a function of the headers without thread tag or order of calls is found, whichever it is, and so is a declaration that the
reader does not know."""
import pathlib
import re
import sys
import tempfile
import unittest

root = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(root / "scripts/abi"))
import header as reader  # noqa: E402

INCLUDE = root / "plugin/include/dosegate"
HEADERS = [INCLUDE / "dosegate.h", *sorted((INCLUDE / "extensions").glob("*.h"))]


def read(altered=None, text=""):
    """The headers, of which one is as `text`."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for path in HEADERS:
            copy = pathlib.Path(folder) / path.name
            copy.write_text(text if path == altered else path.read_text(encoding="utf-8"), encoding="utf-8")
            paths.append(copy)
        return reader.read(paths, pathlib.Path(folder))


class Tables(unittest.TestCase):
    def test_every_function_has_its_own_tag_and_order_and_each_is_missed(self):
        header = read()
        self.assertEqual(reader.untagged(header), [])
        functions = [m for s in header.structs.values() for m in reader.functions_of(s)]
        self.assertGreaterEqual(len(functions), 40)
        for member in functions:
            whole = member.comment
            for pattern in (r"\[(thread-safe|case|calling thread)\]", r"Order: [^.]+\."):
                member.comment = re.sub(pattern, "", whole)
                self.assertNotEqual(member.comment, whole)
                self.assertEqual(len(reader.untagged(header)), 1, member.name)
                member.comment = whole

    def test_a_tag_of_a_group_is_none_of_its_functions(self):
        text = HEADERS[0].read_text(encoding="utf-8")
        line = "  /* [thread-safe] Order: once, last of the report. */\n"
        self.assertIn(line, text)
        self.assertEqual(len(reader.untagged(read(HEADERS[0], text.replace(line, "")))), 2)

    def test_an_order_that_names_no_function_is_found(self):
        text = HEADERS[0].read_text(encoding="utf-8").replace("Order: after case_create, before case_release; again",
                                                              "Order: after case_created, before case_release; again", 1)
        self.assertIn("case_created", reader.untagged(read(HEADERS[0], text))[0])

    def test_a_declaration_that_is_not_known_is_refused(self):
        text = HEADERS[0].read_text(encoding="utf-8")
        for before, after in (("uint32_t columns, rows, planes;", "unsigned long columns;"), ("uint32_t columns, rows, planes;", "uint32_t planes : 3;"),
                              ("typedef struct dosegate_slices {", "union dosegate_slices {"),
                              ("#define DOSEGATE_ABI_VERSION 1u", "#define DOSEGATE_ABI_VERSION (1 + 0)"),
                              ("size_t size;", "long size;")):
            self.assertIn(before, text)
            with self.assertRaises(reader.HeaderError):
                read(HEADERS[0], text.replace(before, after, 1))


if __name__ == "__main__":
    unittest.main(verbosity=1)
