from django.db import migrations, models


def counter() -> models.PositiveIntegerField:
    return models.PositiveIntegerField(default=0, db_default=0)


class Migration(migrations.Migration):
    dependencies = [("linking", "0015_what_a_line_brought")]

    operations = [
        *(
            migrations.AddField(model_name=model, name="tries", field=counter())
            for model in ("assetjob", "linkcheck", "selection", "storematch")
        ),
        migrations.AlterField(model_name="report", name="tries", field=counter()),
        *(
            migrations.AddField(model_name=model, name=name, field=field)
            for model in ("assetjob", "linkcheck", "report", "selection", "storematch")
            for name, field in (("crashes", counter()), ("not_before", models.DateTimeField(null=True)))
        ),
        migrations.AddField(
            model_name="storematch",
            name="bulk_objects",
            field=models.PositiveBigIntegerField(default=0, db_default=0),
        ),
    ]
