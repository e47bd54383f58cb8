from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("linking", "0012_history_and_links")]

    operations = [
        migrations.AddField(
            model_name="selection",
            name="transformation",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name="sync",
            name="transformation",
            field=models.CharField(blank=True, max_length=255),
        ),
    ]
