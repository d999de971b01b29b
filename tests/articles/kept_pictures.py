"""Pictures that this site keeps, put there without a publisher."""

from __future__ import annotations

from hashlib import sha256

from django.core.files.base import ContentFile

from articles.images.files.media_types import file_name, media_type_of
from articles.images.models import ImageAddress, StoredImage, key_of
from articles.images.store import image_storage


def keep_picture(url: str, data: bytes) -> str:
    """Have `data` kept as what is at `url`. Returns its digest."""
    digest, media_type = sha256(data).hexdigest(), media_type_of(data)
    name = file_name(digest, media_type)
    if not image_storage().exists(name):
        image_storage().save(name, ContentFile(data))
    image, _ = StoredImage.objects.get_or_create(digest=digest, defaults={"media_type": media_type, "size": len(data)})
    row = {"url": url, "host": "pictures.example", "image": image, "is_wanted": False}
    ImageAddress.objects.update_or_create(key=key_of(url), defaults=row)
    return digest
