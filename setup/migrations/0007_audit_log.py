import django.core.serializers.json
from django.db import migrations, models

from setup.security import append_only


def guard(apps, schema_editor):
    append_only.guard(schema_editor.connection)


def release(apps, schema_editor):
    append_only.release(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('setup', '0006_environment_defaults'),
    ]

    operations = [
        migrations.AddField(
            model_name='member',
            name='sessions_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True, db_index=True)),
                ('cloud_name', models.CharField(blank=True, max_length=255)),
                ('person_id', models.CharField(blank=True, max_length=255)),
                ('person', models.CharField(blank=True, max_length=255)),
                ('action', models.CharField(max_length=100)),
                ('object', models.CharField(blank=True, max_length=300)),
                ('before', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('after', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('ip', models.GenericIPAddressField(null=True)),
                ('request_id', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['cloud_name', '-at'], name='audit_of_an_environment')],
            },
        ),
        migrations.RunPython(guard, release),
    ]
