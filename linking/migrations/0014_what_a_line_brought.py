from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("linking", "0013_named_renditions")]

    operations = [
        migrations.AddField(
            model_name="changerow",
            name="brought",
            field=models.CharField(blank=True, default="", max_length=255),
            preserve_default=False,
        ),
    ]
