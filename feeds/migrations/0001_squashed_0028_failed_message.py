from django.conf import settings
from django.db import migrations

from feeds.squash import Squash

NAMES = [
    "0001_initial",
    "0002_images",
    "0003_labels",
    "0004_history_and_hubs",
    "0005_seen_entries",
    "0006_images_help",
    "0007_former_addresses",
    "0008_hosts_and_outages",
    "0009_damaged",
    "0010_heartbeat",
    "0011_refused_documents",
    "0012_leases",
    "0013_hub_leases",
    "0014_subscriptions",
    "0015_host_names",
    "0016_starter_set",
    "0017_tree",
    "0018_full_text",
    "0019_departures",
    "0020_suggest",
    "0021_recipe",
    "0022_access",
    "0023_mailboxes",
    "0024_doubles",
    "0025_time_zone",
    "0026_feed_position",
    "0027_importance",
    "0028_failed_message",
]


class Migration(migrations.Migration):
    """All that came before, for a database in which there is nothing yet."""

    initial = True
    replaces = [("feeds", name) for name in NAMES]
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [Squash(NAMES)]
