from django.conf import settings
from django.db import migrations

from feeds.squash import Squash

NAMES = [
    "0001_initial",
    "0002_search",
    "0003_default_boilerplate",
    "0004_images",
    "0005_outputs",
    "0006_search_storage",
    "0007_origins_and_history",
    "0008_search_rows",
    "0009_search_statistics",
    "0010_image_sizes",
    "0011_search_vacuum",
    "0012_search_pages",
    "0013_export_edition",
    "0014_search_tokenizer",
    "0015_search_memory",
    "0016_enclosure_details",
    "0017_other_texts",
    "0018_lost_pictures",
    "0019_app_passwords",
    "0020_leases",
    "0021_app_passwords_whole",
    "0022_full_text",
    "0023_read_batch",
    "0024_list_settings",
    "0025_labels",
    "0026_saved_searches",
    "0027_kept_counts",
    "0028_output_names",
    "0029_play_positions",
    "0030_read_lately",
    "0031_notes",
    "0032_list_opening",
    "0033_rules",
    "0034_hidden",
    "0035_doubles",
    "0036_notices",
    "0037_folding_turns",
    "0038_article_arrivals",
    "0039_lost_categories",
    "0040_channels",
    "0041_site_rules",
    "0042_mail_channels",
    "0043_web_push",
    "0044_kept_hits",
    "0045_former_code",
    "0046_app_look",
    "0047_exact_counts",
    "0048_placed_keys",
    "0049_rules_mark",
]


class Migration(migrations.Migration):
    """All that came before, for a database in which there is nothing yet."""

    initial = True
    replaces = [("articles", name) for name in NAMES]
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("feeds", "0001_squashed_0028_failed_message"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [Squash(NAMES)]
