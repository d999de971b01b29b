"""Pictures beside the articles of an archive: from the store into its folder, and from the folder into the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from shutil import copyfileobj

from django.conf import settings

from articles.archive_files.format import picture_links
from articles.archive_files.format.article_file import ArticleFile
from articles.archive_files.format.picture_links import FOLDER, PictureLink
from articles.archive_files.stale_files import PART
from articles.display.media import image_addresses
from articles.images.damage import is_shown
from articles.images.fetch import Download
from articles.images.files.media_types import HEAD, file_name, is_picture, media_type_of
from articles.images.models import ImageAddress, StoredImage, key_of
from articles.images.obtain import is_over_budget
from articles.images.store import image_storage, keep
from articles.sanitize import clean
from articles.sanitize.addresses import image_address

_UP = "../../../"  # from an article's file to the folder of the archive
_PLAYABLE = '<source src="https://films.invalid/film">'  # a film whose sources stand apart shows its poster, too


class PicturesOut:
    """Writes them. Nothing is asked of a publisher, and what is there is not written again."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.written = 0

    def beside(self, file: ArticleFile) -> ArticleFile:
        """`file` with the kept ones of its pictures beside it."""
        addresses = _addresses(file)
        beside = list(dict.fromkeys(_beside(file)))
        there = self._files({*addresses.values(), *beside})
        files = {chunk: (url, there[url]) for chunk, url in addresses.items() if url in there}
        html, links = picture_links.linked(file.html, files)
        along = (PictureLink(url, there[url], ()) for url in beside if url in there)
        return replace(file, html=html, pictures=(*along, *links))

    def _files(self, urls: set[str]) -> dict[str, str]:
        """The files of the kept ones of these pictures, as an article's file names them."""
        kept = _kept(urls) if urls else {}
        return {url: f"{_UP}{FOLDER}/{name}" for url, image in kept.items() if (name := self._written(image))}

    def _written(self, image: StoredImage) -> str:
        """The file's name below the folder of pictures; empty where the store has lost it, or only has it damaged."""
        stored = file_name(image.digest, image.media_type)
        path = self._root / FOLDER / _name(stored)
        if path.is_file() and path.stat().st_size == image.size:
            return _name(stored)
        if not is_shown(image.digest, image.media_type):
            return ""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(PART)
        try:
            with image_storage().open(stored) as kept, part.open("wb") as file:
                copyfileobj(kept, file)
        except FileNotFoundError:
            return ""
        part.replace(path)
        self.written += 1
        return _name(stored)


def _addresses(file: ArticleFile) -> dict[str, str]:
    """The addresses of the pictures in the text, by their markup."""
    base = file.link if file.base_url is None else file.base_url
    return {chunk: url for chunk in picture_links.chunks(file.html) if (url := _address(chunk, base))}


def _beside(file: ArticleFile) -> Iterator[str]:
    """The lead picture, and what came along: pictures, and the stills of films."""
    if file.image_url:
        yield file.image_url
    for each in file.enclosures:
        url = each.url if each.kind == "picture" else each.poster_url
        if found := image_address(url, "") if url else "":
            yield found


def _name(stored: str) -> str:
    """`ab/cd/abcd….jpg` of the store as `ab/abcd….jpg`: fewer folders for people."""
    first, _second, file = stored.split("/")
    return f"{first}/{file}"


def _address(chunk: str, base_url: str) -> str:
    """The address that is shown of a picture, as a page that is made now would have it: so that another database with
    the same pictures writes the same files, whenever its articles came in."""
    markup = f"{chunk}{_PLAYABLE}</video>" if picture_links.is_film(chunk) else chunk
    found = image_addresses(clean(markup, base_url=base_url))
    return image_address(found[0], "") if found else ""


def _kept(urls: set[str]) -> dict[str, StoredImage]:
    rows = ImageAddress.objects.filter(key__in=map(key_of, urls), image__media_type__startswith="image/")
    return {address.url: address.image for address in rows.select_related("image") if address.image}


# --- and back ---------------------------------------------------------------------------------------------------


def take_in(files: Iterable[tuple[Path, ArticleFile]], root: Path) -> int:
    """Keep the pictures of article files at their paths below `root`, unless there are some for those addresses.
    Returns how many came in. One that is missing, damaged or none is left out."""
    links = {link.url: (path, link) for path, file in files for link in file.pictures}
    known = set(_kept_keys(links))
    new = [found for url, found in links.items() if key_of(url) not in known and image_address(url, "") == url]
    return sum(_keep(path, link, root) for path, link in new) if new and not is_over_budget() else 0


def _kept_keys(links: Mapping[str, object]) -> Sequence[str]:
    rows = ImageAddress.objects.filter(key__in=map(key_of, links), image__isnull=False)
    return list(rows.values_list("key", flat=True))


def _keep(path: Path, link: PictureLink, root: Path) -> bool:
    source = (path.parent / link.file).resolve()
    if not source.is_relative_to(root.resolve()):
        return False
    try:
        with source.open("rb") as file:
            data = file.read(settings.IMAGE_MAX_BYTES + 1)
            file.seek(0)
            digest, media_type = sha256(data).hexdigest(), media_type_of(data[:HEAD])
            if len(data) > settings.IMAGE_MAX_BYTES or digest != link.digest or not is_picture(media_type):
                return False
            image = keep(Download(file, digest, media_type, len(data)))
    except OSError:
        return False
    defaults = {"url": link.url, "image": image, "is_wanted": False}
    ImageAddress.objects.update_or_create(key=key_of(link.url), defaults=defaults)
    return True
