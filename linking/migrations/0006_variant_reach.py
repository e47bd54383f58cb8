from django.db import migrations, models


def as_they_were(apps, schema_editor):
    """Runs of before reached the variants that carry the key, and no others: so do their retries."""
    apps.get_model("linking", "Sync").objects.update(variant_reach="matched")


class Migration(migrations.Migration):
    dependencies = [("linking", "0005_store_metafields")]
    operations = [
        migrations.AddField(
            model, "variant_reach", models.CharField(db_default="color", default="color", max_length=300)
        )
        for model in ("selection", "sync")
    ]
    operations.append(migrations.RunPython(as_they_were, migrations.RunPython.noop))
