"""python -m tests.peak PK: works a store sync off in a process of its own, and prints the most memory that took, in bytes."""

import resource
import sys
import time
from pathlib import Path


def peak() -> int:
    """Of this program alone: getrusage also counts what the parent had in memory when it forked."""
    try:
        reported = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
    except (FileNotFoundError, IndexError):  # macOS, which counts in bytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return int(reported) * 1024


def main(pk: int) -> None:
    import django

    django.setup()
    from linking.syncing.work import Next, work

    while work(pk) != Next.NOTHING:
        time.sleep(0.1)
    print(peak())


if __name__ == "__main__":
    main(int(sys.argv[1]))
