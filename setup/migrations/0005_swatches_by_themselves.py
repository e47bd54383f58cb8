from django.db import migrations, models


def keep_none(apps, schema_editor):
    """Without a rule swatches are known by themselves from now on. Of environments without one, those stay without swatches whose
    admin took a rule away: the audit log has that. A rule that was never made and "No swatches" saved beside it left the same row
    and no entry, so these become automatic; an admin can say *No swatches* again."""
    Environment, AuditEntry = apps.get_model("setup", "Environment"), apps.get_model("setup", "AuditEntry")
    for environment in Environment.objects.filter(swatch_field="").only("pk", "cloud_name"):
        rows = AuditEntry.objects.filter(cloud_name=environment.cloud_name, action="setup.swatches")
        last = rows.order_by("-at", "-pk").first()
        if last is not None and isinstance(last.after, dict) and last.after.get("swatch_field") == "":
            Environment.objects.filter(pk=environment.pk).update(no_swatches=True)


class Migration(migrations.Migration):
    dependencies = [("setup", "0004_subscriptions_due")]
    operations = [
        migrations.AddField("environment", "no_swatches", models.BooleanField(db_default=False, default=False)),
        migrations.RunPython(keep_none, migrations.RunPython.noop),
    ]
