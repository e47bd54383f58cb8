"""What gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assetlink_site.settings")
application = get_wsgi_application()

# Pages of a thousand assets make many objects, so collections are frequent: they need not look at the code again each time.
get_resolver().check()
gc.collect()
gc.freeze()
