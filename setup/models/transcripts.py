"""Transcripts that somebody has asked Cloudinary for."""

from datetime import timedelta

from django.db import models

from setup.models.environments import Environment

KEPT = timedelta(days=90)
WAITS = timedelta(days=1)  # what is not there by then may be asked for again


class AskedTranscript(models.Model):
    """Of one version of a video. The row is there before Cloudinary is asked, so that nobody pays twice for two presses."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="asked_transcripts")
    asset_id = models.CharField(max_length=64)
    version = models.BigIntegerField()
    at = models.DateTimeField()
    languages = models.JSONField(default=list, db_default=[])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "asset_id", "version"], name="one_transcript_of_a_version")
        ]
