from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("setup", "0006_hints_dismissed")]
    operations = [
        migrations.AddField(
            "environment",
            "default_variant_reach",
            models.CharField(db_default="color", default="color", max_length=300),
        ),
    ]
