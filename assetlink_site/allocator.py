"""How the C library hands out memory in a process that serves.

Django's threads take turns anyway (the interpreter's lock), but glibc gives each an arena of its own, and what a page needed for
a moment stays with that thread: 7 to 9 MB of a process with four. https://man7.org/linux/man-pages/man3/mallopt.3.html
"""

import ctypes

M_ARENA_MAX = -8


def share_one_arena() -> bool:
    """For threads that begin later. False where another C library has no arenas."""
    try:
        return bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1))
    except (AttributeError, OSError, TypeError):
        return False
