"""What a job knows of the process it runs in: a name that no other has, and whether it was asked to end.

A worker's parent gives each child ("horse") its name before the fork; the child inherits it.
"""

import gc
import uuid
from types import FrameType

name = uuid.uuid4().hex
ending = False


def prepare() -> None:
    """Before the first job. What was imported stays for ever, and the rows of a job live to its end: looking through them for
    garbage again and again takes a tenth of the time of a large run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def rename() -> str:
    """A new name, for the child that is about to be forked."""
    global name
    name = uuid.uuid4().hex
    return name


def ask_to_end(number: int = 0, frame: FrameType | None = None) -> None:
    """A signal handler: the slice of work ends at its next step, and another worker goes on."""
    global ending
    ending = True
