"""Settings of an app whose cookie is not partitioned: what browsers that know no such cookies make of ours."""

from assetlink_site.settings import *  # noqa: F403
from assetlink_site.settings import MIDDLEWARE

MIDDLEWARE = [name for name in MIDDLEWARE if name != "assetlink_site.headers.PartitionedCookies"]
