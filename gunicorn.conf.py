"""What gunicorn reads by itself in this folder (https://gunicorn.org/reference/settings/); its command line goes before it.
It does not start with settings that cannot work.

How many processes: WEB_CONCURRENCY. Where it listens: `--bind`, or PORT on all addresses.

A request's line has the path without its query, which may carry what nobody else should read (a code of Shopify's). Its
request, address and person come as ids (setup.logs).
"""

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from assetlink_site import logs, release, starting, variables

if starting.is_ours():
    starting.require(os.environ)
logconfig_dict = logs.configuration(variables.read(os.environ))
access_log_format = "%(m)s %(U)s %(s)s, %(B)s bytes in %(M)s ms"

# Kept from gunicorn, which would call itself ready before anybody can answer.
NOTIFY_SOCKET = os.environ.pop("NOTIFY_SOCKET", "")

worker_class = "gthread"
threads = 4
limit_request_line = 8190  # the longest that gunicorn takes
# Longer than proxies keep a connection that nobody uses (deploy/Caddyfile): who closes first must not be us, or a request
# that is just being sent is lost.
keepalive = 30
control_socket_disable = True  # it would be in the home folder, which nobody has in a container


def when_ready(server: Any) -> None:
    server.log.info("AssetLink %s is served.", release.RELEASE)


def post_worker_init(worker: Any) -> None:
    """The first process that has loaded the pages says so to systemd."""
    from linking.runtime import readiness

    readiness.notify(NOTIFY_SOCKET)
