"""A store and a cache of each test's own."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.articles.images import pictures


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    cache.clear()
    images = {**settings.STORAGES["images"], "OPTIONS": {"location": tmp_path / "images"}}
    settings.STORAGES = {**settings.STORAGES, "images": images}
    settings.IMAGE_CACHE_DIR = tmp_path / "cache"


@pytest.fixture
def picture(publisher):
    """The address of an ordinary picture, served as one."""
    return publisher.serve("/a.jpg", pictures.jpeg(), content_type="image/jpeg")


@pytest.fixture
def stored_files(tmp_path):
    """What lies in the store, whole or half."""

    def look():
        return sorted(path for path in (tmp_path / "images").rglob("*") if path.is_file())

    return look
