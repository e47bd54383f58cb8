"""What gunicorn reads by itself in this folder (https://gunicorn.org/reference/settings/): only how it writes its log.

A request's line has the path without its query, which may carry what nobody else should read (a code of Shopify's).
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from assetlink_site import logs

logconfig_dict = logs.configuration()
access_log_format = "%(m)s %(U)s %(s)s, %(B)s bytes in %(M)s ms [request=%({x-request-id}o)s]"
