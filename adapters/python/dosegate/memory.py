"""How much memory a case holds (extension dosegate.memory/1)."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Memory:
    """Bytes, right to 64 KiB for each thread that works on the case at that moment."""
    bytes: int  # that the case holds now
    kept: int  # of these, results that make the next check faster
    most: int  # the most at a time since the last question
