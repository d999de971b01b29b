"""How large pictures are that are shown and not kept; and pictures kept under the address of a proxy that was not known
as one: pages ask for the publisher's own address now, under which what is kept must be found."""

from functools import reduce
from operator import or_

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Q

from articles.images.models import key_of
from articles.sanitize.addresses import image_address
from feeds.models import host_of

# Every address that is unwrapped holds one of these.
MARKS = (
    "/_next/image", "/_vercel/image", "/.netlify/images", "/cdn-cgi/image/", "substack", ".cdn.ampproject.org",
    "//cdn.ampproject.org", "camo.githubusercontent.com", "googleusercontent.com/", "discordapp.net/external/",
    "slack-imgs.com", "i.embed.ly", "steemitimages.com", "images.hive.blog", "xuehuaimg.com/proxy", "www.gmodules.com",
)  # fmt: skip


def keep_under_own_address(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    addresses = apps.get_model("articles", "ImageAddress").objects
    marked = reduce(or_, (Q(url__contains=mark) for mark in MARKS))
    for row in addresses.filter(marked, image__isnull=False).iterator():
        own = image_address(row.url, "")
        if own and own != row.url:
            known = {"image_id": row.image_id, "feed_id": row.feed_id, "host": host_of(own), "url": own}
            addresses.get_or_create(key=key_of(own), defaults=known)
            addresses.filter(key=key_of(own), image=None).update(image_id=row.image_id)


class Migration(migrations.Migration):
    dependencies = [("articles", "0009_search_statistics")]
    operations = [
        migrations.AddField(
            model_name="imageaddress",
            name="width",
            field=models.PositiveIntegerField(help_text="As shown, so with the orientation applied.", null=True),
        ),
        migrations.AddField(
            model_name="imageaddress",
            name="height",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.RunPython(keep_under_own_address, migrations.RunPython.noop, elidable=True),
    ]
