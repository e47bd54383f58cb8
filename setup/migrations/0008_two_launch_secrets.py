from django.db import migrations, models

import setup.security.secrets


class Migration(migrations.Migration):

    dependencies = [
        ('setup', '0007_audit_log'),
    ]

    operations = [
        migrations.AddField(
            model_name='environment',
            name='former_launch_secret',
            field=setup.security.secrets.EncryptedField(blank=True, default=''),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='environment',
            name='former_launch_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
