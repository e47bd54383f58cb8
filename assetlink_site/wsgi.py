"""What gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from assetlink_site import allocator, starting
from setup.security.plain_type import with_plain_type

NOT_LOADED = 4  # by which gunicorn knows that another try does not help

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assetlink_site.settings")
if starting.is_ours():  # gunicorn.conf.py has asked as well, where gunicorn was started in this folder
    starting.require(os.environ, status=NOT_LOADED)
allocator.share_one_arena()
application = with_plain_type(get_wsgi_application())

# Pages of a thousand assets make many objects, so collections are frequent: they need not look at the code again each time.
get_resolver().check()
gc.collect()
gc.freeze()
# A full collection in the middle of a page takes a third of its time. They become rare; the young generations, which catch what
# a request leaves behind, stay as frequent as they are.
gc.set_threshold(700, 10, 1000)
