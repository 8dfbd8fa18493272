"""The library that a test's first argument names the folder of, its protocol, and a case."""
import os
import sys
import unittest

import box_patient as box
import dosegate

LIBRARY = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""


class WithLibrary(unittest.TestCase):
    def setUp(self):
        self.library = dosegate.load(LIBRARY)
        self.protocol = self.library.builtin_protocol()
        self.addCleanup(self.library.close)
        self.addCleanup(self.protocol.close)

    def filled(self, **host):
        case = self.library.case(**host)
        self.addCleanup(case.close)
        return box.fill(case)

    def refused(self, kind, path, call, *arguments):
        with self.assertRaises(kind) as caught:
            call(*arguments)
        self.assertIsInstance(caught.exception, dosegate.DosegateError)
        self.assertEqual(caught.exception.path, path, caught.exception)
        self.assertTrue(caught.exception.message)
        return caught.exception
