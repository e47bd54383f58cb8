from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('linking', '0030_spreadsheets'),
    ]

    operations = [
        migrations.AddField(
            model_name='sync',
            name='confirmed',
            field=models.PositiveIntegerField(null=True),
        ),
    ]
