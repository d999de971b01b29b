"""An OPML list, and its way in through the page."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

IMPORT, EXPORT = "/feeds/import/", "/feeds/export.opml"
OPML = """<?xml version="1.0" encoding="utf-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News"><outline text="亚洲">
<outline type="rss" text="Gazette" xmlUrl="https://gazette.example/rss"/>
</outline></outline>
<outline type="rss" text="Herald" xmlUrl="https://herald.example/rss"/>
<outline type="rss" text="Local file" xmlUrl="file:///etc/passwd"/>
</body></opml>"""


def upload(client, content, name="feeds.subscribe.documents.opml"):
    raw = content.encode() if isinstance(content, str) else content
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, raw)})
