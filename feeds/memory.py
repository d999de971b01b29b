"""Values in the cache that can be missed: a cache that is away, full or emptied is no error of whoever
asks."""

from __future__ import annotations

import logging
from typing import Any

from django.core.cache import cache

logger = logging.getLogger(__name__)


def recall(key: str) -> Any:
    """The value kept under `key`; None where there is none. Raises nothing."""
    try:
        return cache.get(key)
    except Exception as error:  # noqa: BLE001 - each kind of cache has errors of its own
        logger.warning("the cache can't be read: %s", error)
        return None


def remember(key: str, value: Any, seconds: float) -> None:
    """Keep a value under `key`, if that can be done. Raises nothing."""
    try:
        cache.set(key, value, seconds)
    except Exception as error:  # noqa: BLE001
        logger.warning("the cache can't be written: %s", error)
