"""The storage of static files: under names that carry their hash, with compressed copies beside each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

from newsreader.whole_files import whole_script, whole_sheet

# Django's own patterns (support_js_module_import_aggregation) read comments, too: one in a file of django-htmx, which
# nobody loads, names a module that there is not.
_LATER = r"""(?P<matched>import\("(?P<url>\./[^"]*+)"\))"""

_KINDS = {"css": whole_sheet, "js": whole_script}
_OURS = ("css/", "js/", "django_htmx/htmx-2.min.")


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise gives no types for it
    """Our style sheets and scripts stand there whole (newsreader/whole_files.py). They have brotli copies, too: of all
    files, those of the admin's pages with them, such copies would cost the first start 7 s of CPU."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", ((_LATER, 'import("%(url)s")'),)),
    )

    def post_process(self, paths: Mapping[str, tuple[Storage, str]], **options: Any) -> Iterator[Any]:
        yield from super().post_process({name: _whole(name, *at) for name, at in paths.items()}, **options)

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return _Copies(**kwargs)


class _Copies(Compressor):  # type: ignore[misc]
    """Writes the compressed copies of a file, the brotli copy of one of ours alone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(use_brotli=False, **kwargs)
        self._with_brotli = Compressor(**kwargs)

    def compress(self, path: str) -> list[str]:
        name = Path(path).relative_to(settings.STATIC_ROOT).as_posix()
        if name.startswith(_OURS):
            return self._with_brotli.compress(path)  # type: ignore[no-any-return]
        return super().compress(path)  # type: ignore[no-any-return]


class _Whole:
    """Opens a file of `folder` with all that it imports, as `Storage` opens one."""

    def __init__(self, storage: Storage, folder: Path, kind: str) -> None:
        self._storage, self._folder, self._kind = storage, folder, kind

    def open(self, path: str) -> ContentFile[bytes]:
        return ContentFile(_KINDS[self._kind](Path(path).name, self._read).encode())

    def _read(self, name: str) -> str:
        with self._storage.open(str(self._folder / name)) as file:
            return str(file.read().decode())


def _whole(name: str, storage: Storage, path: str) -> tuple[Any, str]:
    """The storage and the path from which the file `name` is read: whole, where it is one of our scripts or sheets."""
    folder = Path(name).parent
    if str(folder) in _KINDS and Path(name).suffix == f".{folder}":
        return _Whole(storage, Path(path).parent, str(folder)), path
    return storage, path
