from django.db import models


class Notice(models.Model):
    """A webhook of Shopify's that was obeyed. The unique insert is what ignores a repeat, however fast it comes."""

    domain = models.CharField(max_length=255)
    topic = models.CharField(max_length=100)
    event_id = models.CharField(max_length=100)
    received = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["domain", "topic", "event_id"], name="a_notice_is_obeyed_once")]
