"""What an alteration is, and the table of them that the modules beside this one fill."""
import dataclasses
import enum
import typing


class Effect(enum.Enum):
    HARMLESS = "nothing changes: the verdict and the status of every finding are as before"
    TOLD = "no silent PASS: another verdict, or a warning or note that was not there before"
    WRONG = "never a PASS: a finding is broken or open, or the input is refused with a message"


@dataclasses.dataclass(frozen=True)
class Alteration:
    name: str
    effect: Effect
    touches: frozenset  # what it changes; those of one plan have nothing in common
    what: str
    apply: typing.Callable  # (patient, random)


TABLE = []


def alters(effect, *touches):
    """Registers a function (patient, random) whose docstring says what it does."""
    def register(function):
        TABLE.append(Alteration(function.__name__, effect, frozenset(touches), function.__doc__, function))
        return function
    return register
