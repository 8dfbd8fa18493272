#!/usr/bin/python3
"""What a host's callbacks say, raise and are interrupted by; and calls of several threads. usage: callbacks_test.py FOLDER"""
import os
import signal
import threading
import unittest

import box_patient as box
import dosegate
from with_library import WithLibrary


class Callbacks(WithLibrary):
    def test_should_cancel_cancels_and_the_case_is_as_it_was(self):
        case = self.filled(should_cancel=lambda: self.stop)
        self.stop = True
        with self.assertRaises(dosegate.Cancelled):
            case.check(self.protocol)
        self.stop = False
        with case.check(self.protocol) as report:
            self.assertEqual(report.json, box.report_of(self.library)[1])

    def test_what_a_callback_raises_is_raised_from_the_call(self):
        class Trouble(Exception):
            pass

        def trouble(*_):
            if self.in_trouble:
                raise Trouble("of the host")

        for host in ({"should_cancel": trouble}, {"progress": trouble}):
            self.in_trouble = False
            case = self.filled(**host)
            self.in_trouble = True
            with self.assertRaises(Trouble):
                case.check(self.protocol)
            self.in_trouble = False
            with case.check(self.protocol) as report:
                self.assertTrue(report.passed)

    def test_an_answer_of_should_cancel_that_is_no_yes_or_no_is_raised_from_the_call(self):
        class Neither:
            def __bool__(self):
                raise ArithmeticError("neither")

        case = self.filled(should_cancel=lambda: self.answer)
        self.answer = Neither()
        with self.assertRaises(ArithmeticError):
            case.check(self.protocol)
        self.answer = False
        with case.check(self.protocol) as report:
            self.assertTrue(report.passed)
        for name in ("log", "progress", "should_cancel"):
            self.refused(dosegate.InvalidArgument, f"host.{name}", lambda: self.library.case(**{name: 5}))

    def test_control_c_ends_a_running_check(self):
        def pressed(_):
            if self.presses:
                self.presses = False
                os.kill(os.getpid(), signal.SIGINT)

        self.presses = False
        case = self.filled(progress=pressed)
        self.presses = True
        with self.assertRaises(KeyboardInterrupt):
            case.check(self.protocol)
            for _ in range(1000):  # where Python takes the signal only after the call
                pass
        with case.check(self.protocol) as report:
            self.assertTrue(report.passed)

    def test_a_callback_may_close_what_is_in_use_and_may_not_call_on_the_case(self):
        refusals = []

        def meddle(_):
            try:
                case.set_options(box.OPTIONS)
            except dosegate.InvalidArgument as error:
                refusals.append(error)
            case.close()
            self.protocol.close()

        case = self.library.case(progress=lambda f: self.meddle(f))
        self.meddle = lambda _: None
        box.fill(case)
        self.meddle = meddle
        with case.check(self.protocol) as report:
            self.assertTrue(report.passed)
        self.assertTrue(refusals or case.closed)
        self.refused(dosegate.Closed, "case", case.check, self.protocol)


class Threads(WithLibrary):
    def test_a_case_a_thread_gives_each_its_report(self):
        expected = {y: box.report_of(self.library, y) for y in (box.PASSING_Y, box.FAILING_Y)}
        wrong = []

        def work(y):
            try:
                for _ in range(5):
                    if box.report_of(self.library, y, should_cancel=lambda: False) != expected[y]:
                        wrong.append(y)
            except Exception as error:
                wrong.append(error)

        threads = [threading.Thread(target=work, args=(y,)) for y in list(expected) * 3]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_python_goes_on_while_the_library_computes(self):
        """Another thread sees memory that a running check has taken: then the check has not kept the interpreter's lock."""
        for _ in range(50):
            case = self.filled(interruptible=False)
            before, seen, done = case.memory().bytes, [], threading.Event()

            def work():
                case.check(self.protocol).close()
                done.set()

            thread = threading.Thread(target=work)
            thread.start()
            while not done.is_set() and not seen:
                if case.memory().bytes > before:
                    seen.append(not done.is_set())
            thread.join()
            if seen and seen[0]:
                return
        self.fail("no other thread ran during a check")


if __name__ == "__main__":
    unittest.main(verbosity=1)
