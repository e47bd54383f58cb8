"""Says to systemd, where a unit of Type=notify has started this process, that it works from now on.

https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

import logging
import os
import socket

log = logging.getLogger(__name__)


def notify(address: str = "") -> None:
    """`address`: of systemd, if it is no longer in the environment. Said once, as it is taken from there; without an address
    nothing happens."""
    address = address or os.environ.pop("NOTIFY_SOCKET", "")
    if not address:
        return
    name = f"\0{address[1:]}" if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.sendto(b"READY=1", name)
    except OSError as error:
        log.warning("systemd does not learn that this process is ready: %s", error)
