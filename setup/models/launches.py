from django.db import models


class UsedLaunch(models.Model):
    """The one-time id of a launch, or of a ticket, that was accepted. The unique insert is what refuses a replay, however
    fast it comes."""

    # Whose ids these are: `environment <pk>`, or what the ticket is for.
    issuer = models.CharField(max_length=255)
    token_id = models.CharField(max_length=255)
    expires = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "token_id"], name="a_launch_is_used_once")]
