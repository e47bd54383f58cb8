from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("linking", "0008_an_arranged_selection"),
    ]

    operations = [
        migrations.AddField(
            model_name="selection",
            name="offer",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="storematch",
            name="known",
            field=models.BooleanField(default=False),
        ),
    ]
