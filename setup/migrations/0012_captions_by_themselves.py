from django.db import migrations, models

CHOICES = [
    ("auto", "Automatically, where the add-on answers"),
    ("on", "Always, unless the add-on is missing"),
    ("off", "Never"),
]


def as_admins_chose(apps, schema_editor):
    """Captions that are on stay on, and those that an admin turned off stay off: the audit log has that. Where nobody ever chose,
    they are offered where the add-on answers."""
    Environment, AuditEntry = apps.get_model("setup", "Environment"), apps.get_model("setup", "AuditEntry")
    Environment.objects.filter(ai_captions=True).update(captions="on")
    for environment in Environment.objects.filter(ai_captions=False).only("pk", "cloud_name"):
        rows = AuditEntry.objects.filter(cloud_name=environment.cloud_name, action="setup.alt-texts")
        if any(isinstance(row.after, dict) and "ai_captions" in row.after for row in rows.only("after")):
            Environment.objects.filter(pk=environment.pk).update(captions="off")


class Migration(migrations.Migration):
    dependencies = [("setup", "0011_videos_in_files")]
    operations = [
        migrations.AddField("environment", "add_on", models.JSONField(blank=True, db_default={}, default=dict)),
        migrations.AddField("environment", "add_on_asking", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "environment",
            "captions",
            models.CharField(choices=CHOICES, db_default="auto", default="auto", max_length=10),
        ),
        migrations.RunPython(as_admins_chose, migrations.RunPython.noop),
    ]
