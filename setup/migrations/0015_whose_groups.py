from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("setup", "0014_one_member_of_a_person")]
    operations = [
        migrations.AddField("member", "groups_issuer", models.CharField(blank=True, db_default="", default="", max_length=255)),
    ]
