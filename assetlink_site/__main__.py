"""`python -m assetlink_site ROLE`: see roles.py."""

import sys

from assetlink_site.roles import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
