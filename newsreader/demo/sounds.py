"""The sound of the demo: a horn in the fog, made by arithmetic."""

from __future__ import annotations

import io
import math
import wave
from functools import cache

RATE = 8000  # samples in a second
LENGTH, BLAST, EVERY = 60, 3.0, 30  # seconds: of all, of the horn, between its beginnings
TONES = ((146.8, 0.5), (220.2, 0.3), (293.7, 0.2))  # Hz and share


@cache
def wav() -> bytes:
    """A minute of it, in a WAV of 8 bits."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 1, RATE, 0, "NONE", ""))
        blast = bytes(_sample(number / RATE) for number in range(int(BLAST * RATE)))
        silence = b"\x80" * (EVERY * RATE - len(blast))
        sound.writeframes((blast + silence) * (LENGTH // EVERY))
    return out.getvalue()


def _sample(at: float) -> int:
    loudness = min(1.0, at / 0.4, (BLAST - at) / 0.8)
    tone = sum(share * math.sin(2 * math.pi * pitch * at) for pitch, share in TONES)
    return 128 + round(100 * loudness * tone)
