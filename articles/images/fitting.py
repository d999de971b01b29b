"""Pictures made to fit and measured, within a budget of processor time and memory (feeds.sandbox)."""

from __future__ import annotations

from io import BytesIO

from articles.images.resize import Unusable, resize, size_of
from feeds import sandbox

SECONDS = 10  # of processor time: the largest that is decoded takes some three


def fitted(source: str | bytes, width: int, form: str) -> bytes:
    """As `resize`. Raises Unusable, also where the picture takes too much; sandbox.Interrupted."""
    try:
        return sandbox.within(SECONDS, resize, source, width, form)
    except sandbox.Interrupted:
        raise
    except sandbox.OverBudget as error:
        raise Unusable(str(error)) from error


def measured(data: bytes) -> tuple[int, int]:
    """As `size_of`. Raises Unusable, also where the picture takes too much."""
    try:
        return sandbox.within(SECONDS, size_of, BytesIO(data))
    except sandbox.OverBudget as error:
        raise Unusable(str(error)) from error
