"""Many numbers in few letters: `3,7-9`."""

from collections.abc import Iterable


def ranges(numbers: Iterable[int]) -> str:
    """In order, and as short as can be."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def numbers_in(text: str, most: int = 10_000) -> set[int]:
    """The inverse; what is no range, and what is `most` or more, is left out."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if (first + last).isdecimal() and first:
            found.update(range(int(first[:9]), min(int((last or first)[:9]) + 1, most)))
    return found
