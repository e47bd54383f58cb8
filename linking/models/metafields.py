from django.db import models

from linking.domain import stored
from setup.models import Store
from setup.stored_json import StoredJSON


class StoreMetafields(models.Model):
    """The metafields of products and variants that a store was seen to define (linking.matching.metafields). A row of its own:
    lists of stores are read for every fragment, and this for one control."""

    store = models.OneToOneField(Store, on_delete=models.CASCADE, related_name="metafields")
    # [{"code": "custom.material", "name": "Material", "type": "single_line_text_field", "owner": "PRODUCT"}, …]
    known = StoredJSON(default=list, db_default=[], shape=stored.metafields)
    read_at = models.DateTimeField()
