from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('linking', '0004_changerow_owner_id'),
    ]

    operations = [
        migrations.AddField(
            model_name='storematch',
            name='bulk_id',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='storematch',
            name='bulk_question',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='storematch',
            name='doing',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='storematch',
            name='note',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='storematch',
            name='question',
            field=models.PositiveIntegerField(default=1),
        ),
    ]
