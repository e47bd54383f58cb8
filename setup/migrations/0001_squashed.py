import django.core.serializers.json
import django.db.models.deletion
import setup.security.secrets
import uuid
from django.core.management import CommandError
from django.db import migrations, models
from django.db.migrations.recorder import MigrationRecorder

from setup.security import append_only

OLDER = (
    "This database was made before AssetLink's first release, whose tables differ. None of them was changed. "
    "Start with an empty database; for a demo: script/demo --fresh."
)


def refuse_older(apps, schema_editor):
    if ("setup", "0001_initial") in MigrationRecorder(schema_editor.connection).applied_migrations():
        raise CommandError(OLDER)


def guard(apps, schema_editor):
    append_only.guard(schema_editor.connection)


def release(apps, schema_editor):
    append_only.release(schema_editor.connection)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.RunPython(refuse_older, migrations.RunPython.noop),
        migrations.CreateModel(
            name='Environment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cloud_name', models.CharField(max_length=255, unique=True)),
                ('external_id', models.CharField(blank=True, max_length=255)),
                ('name', models.CharField(blank=True, max_length=255)),
                ('api_key', models.CharField(max_length=255)),
                ('api_secret', setup.security.secrets.EncryptedField()),
                ('upload_prefix', models.URLField(db_default='https://api.cloudinary.com', default='https://api.cloudinary.com')),
                ('delivery_base', models.URLField(blank=True)),
                ('launch_issuer', models.CharField(max_length=255)),
                ('launch_secret', setup.security.secrets.EncryptedField()),
                ('former_launch_secret', setup.security.secrets.EncryptedField(blank=True)),
                ('former_launch_until', models.DateTimeField(blank=True, null=True)),
                ('image_transformation', models.CharField(db_default='c_limit,w_4472,h_4472/q_auto', default='c_limit,w_4472,h_4472/q_auto', max_length=1000)),
                ('video_transformation', models.CharField(db_default='c_limit,w_1920,h_1080,q_auto', default='c_limit,w_1920,h_1080,q_auto', max_length=1000)),
                ('swatch_field', models.CharField(blank=True, max_length=300)),
                ('swatch_value', models.CharField(blank=True, max_length=255)),
                ('files_transformation', models.CharField(db_default='c_limit,w_4472,h_4472/q_auto', default='c_limit,w_4472,h_4472/q_auto', max_length=1000)),
                ('allowed_transformations', models.JSONField(blank=True, db_default=[], default=list)),
                ('default_cloudinary_field', models.CharField(db_default='metadata:sku', default='metadata:sku', max_length=300)),
                ('default_shopify_field', models.CharField(db_default='sku', default='sku', max_length=400)),
                ('default_order_field', models.CharField(blank=True, max_length=300)),
                ('default_link_mode', models.CharField(choices=[('append', 'Append'), ('prepend', 'Prepend'), ('position', 'Specific Position'), ('in_place', 'In-Place Overwrite'), ('overwrite_and_add', 'Overwrite and Add')], db_default='append', default='append', max_length=20)),
                ('default_fold', models.BooleanField(db_default=False, default=False)),
                ('alt_field', models.CharField(blank=True, db_default='context:alt', default='context:alt', max_length=300)),
                ('alt_policy', models.CharField(choices=[('keep', 'Keep'), ('fill', 'Fill empty'), ('overwrite', 'Overwrite')], db_default='keep', default='keep', max_length=10)),
                ('ai_captions', models.BooleanField(db_default=False, default=False)),
                ('seen', models.JSONField(blank=True, db_default={}, default=dict)),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
                ('created', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['cloud_name'],
            },
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
                ('before', models.JSONField(db_default={}, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('after', models.JSONField(db_default={}, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('ip', models.GenericIPAddressField(null=True)),
                ('request_id', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['cloud_name', '-at'], name='audit_of_an_environment')],
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=255)),
                ('email', models.CharField(blank=True, max_length=255)),
                ('name', models.CharField(blank=True, max_length=255)),
                ('roles', models.JSONField(db_default=[], default=list)),
                ('last_launch', models.DateTimeField(null=True)),
                ('sessions_since', models.DateTimeField(blank=True, null=True)),
                ('environment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='setup.environment')),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(max_length=255)),
                ('topic', models.CharField(max_length=100)),
                ('event_id', models.CharField(max_length=100)),
                ('received', models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('domain', 'topic', 'event_id'), name='a_notice_is_obeyed_once')],
            },
        ),
        migrations.CreateModel(
            name='ShopifyApp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_id', models.CharField(max_length=255)),
                ('client_secret', setup.security.secrets.EncryptedField()),
                ('former_secret', setup.security.secrets.EncryptedField(blank=True)),
                ('rotated', models.DateTimeField(null=True)),
                ('installs', models.BooleanField(db_default=False, default=False)),
                ('environment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shopify_apps', to='setup.environment')),
            ],
        ),
        migrations.CreateModel(
            name='Store',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(max_length=255)),
                ('name', models.CharField(blank=True, max_length=255)),
                ('label', models.CharField(blank=True, max_length=100)),
                ('api_base', models.URLField(blank=True)),
                ('status', models.CharField(choices=[('connected', 'Connected'), ('broken', 'Needs attention'), ('paused', 'Paused'), ('disconnected', 'Disconnected')], db_default='connected', default='connected', max_length=20)),
                ('problem', models.TextField(blank=True)),
                ('plan', models.CharField(blank=True, max_length=100)),
                ('rate', models.FloatField(db_default=0, default=0)),
                ('storefront_url', models.URLField(blank=True)),
                ('admin_url', models.URLField(blank=True)),
                ('scopes', models.JSONField(db_default=[], default=list)),
                ('checked', models.DateTimeField(null=True)),
                ('connected', models.DateTimeField(null=True)),
                ('way', models.CharField(choices=[('token', 'Access token'), ('credentials', 'Client ID and secret'), ('install', 'Installed in Shopify')], db_default='token', default='token', max_length=20)),
                ('access_token', setup.security.secrets.EncryptedField()),
                ('refresh_token', setup.security.secrets.EncryptedField(blank=True)),
                ('token_serial', models.PositiveIntegerField(db_default=0, default=0)),
                ('token_granted', models.DateTimeField(null=True)),
                ('token_renew', models.DateTimeField(null=True)),
                ('token_expires', models.DateTimeField(null=True)),
                ('refresh_expires', models.DateTimeField(null=True)),
                ('renewing_by', models.CharField(blank=True, max_length=32)),
                ('renewing_until', models.DateTimeField(null=True)),
                ('app', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='stores', to='setup.shopifyapp')),
                ('environment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stores', to='setup.environment')),
            ],
            options={
                'ordering': ['name', 'domain'],
            },
        ),
        migrations.CreateModel(
            name='Authorization',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('domain', models.CharField(max_length=255)),
                ('ticket_hash', models.CharField(max_length=64, unique=True)),
                ('state_hash', models.CharField(max_length=64, null=True, unique=True)),
                ('browser_hash', models.CharField(blank=True, max_length=64)),
                ('expires', models.DateTimeField(db_index=True)),
                ('opened', models.DateTimeField(null=True)),
                ('used', models.DateTimeField(null=True)),
                ('status', models.CharField(choices=[('waiting', 'Waiting for Shopify'), ('done', 'Connected'), ('failed', 'Failed')], db_default='waiting', default='waiting', max_length=10)),
                ('problem', models.TextField(blank=True)),
                ('environment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='authorizations', to='setup.environment')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='authorizations', to='setup.member')),
                ('app', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='setup.shopifyapp')),
                ('store', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='setup.store')),
            ],
        ),
        migrations.CreateModel(
            name='UsedLaunch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issuer', models.CharField(max_length=255)),
                ('token_id', models.CharField(max_length=255)),
                ('expires', models.DateTimeField(db_index=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('issuer', 'token_id'), name='a_launch_is_used_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(fields=('environment', 'external_id'), name='one_member_per_person'),
        ),
        migrations.AddConstraint(
            model_name='shopifyapp',
            constraint=models.UniqueConstraint(fields=('environment', 'client_id'), name='an_app_is_known_once'),
        ),
        migrations.AddConstraint(
            model_name='shopifyapp',
            constraint=models.UniqueConstraint(condition=models.Q(('installs', True)), fields=('environment',), name='one_app_installs_per_environment'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.UniqueConstraint(fields=('environment', 'domain'), name='a_store_is_connected_once'),
        ),
        migrations.RunPython(guard, release),
    ]
