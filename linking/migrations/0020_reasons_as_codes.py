"""What a match or a run is doing becomes a reason, of any length. Sentences that rows keep read as they are; only those that the
code compares with become the codes that they stand for."""

from django.db import migrations, models

SENTENCES = {
    ("changerow", "reason"): {"A new version of the asset.": "gallery.new_version"},
    ("storefile", "problem"): {
        "The store has a file of this name already, but its list of files does not show it yet. Run again in a minute.": (
            "file.name_lost"
        ),
        "Somebody renamed several new files in Shopify before AssetLink could tell which was which. Run again: they are brought "
        "once more, and the renamed ones stay in the store.": "file.renamed",
    },
}


def to_codes(apps, schema_editor):
    for (model, field), codes in SENTENCES.items():
        for sentence, code in codes.items():
            apps.get_model("linking", model).objects.filter(**{field: sentence}).update(**{field: code})


def to_sentences(apps, schema_editor):
    for (model, field), codes in SENTENCES.items():
        for sentence, code in codes.items():
            apps.get_model("linking", model).objects.filter(**{field: code}).update(**{field: sentence})


class Migration(migrations.Migration):
    dependencies = [
        ("linking", "0019_variants_and_roles_of_links"),
    ]

    operations = [
        migrations.AlterField(
            model_name="storematch",
            name="doing",
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name="storesync",
            name="doing",
            field=models.TextField(blank=True),
        ),
        migrations.RunPython(to_codes, to_sentences),
    ]
