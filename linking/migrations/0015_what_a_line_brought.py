from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("linking", "0014_orders_of_a_gallery")]

    operations = [
        migrations.AddField(
            model_name="changerow",
            name="brought",
            field=models.CharField(blank=True, default="", max_length=255),
            preserve_default=False,
        ),
    ]
