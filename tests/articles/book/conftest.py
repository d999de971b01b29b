"""A store and a cache of pictures of each test's own."""

from tests.articles.images.conftest import own_folders

__all__ = ["own_folders"]
