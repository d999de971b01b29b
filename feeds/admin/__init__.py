"""The admin of feeds, categories and polls; Django finds it here."""

from feeds.admin import feeds, hosts

__all__ = ["feeds", "hosts"]
