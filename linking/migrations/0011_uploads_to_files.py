from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("linking", "0010_reports")]

    operations = [
        migrations.AddField(
            model_name="sync",
            name="new_versions",
            field=models.CharField(
                choices=[("add", "Add as new"), ("replace", "Replace the file's content")], default="add", max_length=10
            ),
        ),
        migrations.AlterField(
            model_name="sync",
            name="kind",
            field=models.CharField(
                choices=[("link", "Link"), ("undo", "Undo"), ("upload", "Upload"), ("unlink", "Unlink")],
                default="link",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="storefile",
            name="kind",
            field=models.CharField(
                choices=[("image", "Image"), ("video", "Video"), ("file", "File")], default="image", max_length=10
            ),
        ),
    ]
