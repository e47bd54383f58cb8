from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('setup', '0013_people_who_sign_in'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(fields=('environment', 'person'), name='one_member_per_person_who_signs_in'),
        ),
    ]
