from django.conf import settings
from django.db import migrations

from feeds.squash import Squash

NAMES = [
    "0001_account_settings",
    "0002_sign_ins",
    "0003_invitations",
]


class Migration(migrations.Migration):
    """All that came before, for a database in which there is nothing yet."""

    initial = True
    replaces = [("newsreader", name) for name in NAMES]
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [Squash(NAMES)]
