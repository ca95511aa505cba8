"""Nothing is read, reviewed or measured in the future. Only forms and imports say so: no table changes."""

from django.db import migrations, models

from frameworks.models.constraints import validate_day_reached


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0010_digests")]

    operations = [
        migrations.AlterField(
            model_name="benchmark",
            name="measured_on",
            field=models.DateField(
                blank=True,
                help_text="The day of the run, if known.",
                null=True,
                validators=[validate_day_reached],
            ),
        ),
        migrations.AlterField(
            model_name="rating",
            name="reviewed_on",
            field=models.DateField(
                blank=True,
                help_text="When an editor last checked the rating against its claims.",
                null=True,
                validators=[validate_day_reached],
                verbose_name="last reviewed",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="read_on",
            field=models.DateField(
                help_text="When the editors read the text.", validators=[validate_day_reached]
            ),
        ),
    ]
