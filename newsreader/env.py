"""The one strict reader of the environment.

Every variable that Newsreader reads is named in `KNOWN`. Each may also be given as `NAME_FILE`, the path of a
file that holds the value (Docker and Kubernetes secrets). A mistyped name or a nonsense value stops the start
with a message that says what to write instead.
"""

import contextlib
import difflib
import os
import re
import secrets
import tempfile
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from feeds.polls.times.schedule import SOONEST, Limits

Network = IPv4Network | IPv6Network
A_WEEK = 10_080  # minutes

KNOWN: Mapping[str, str] = {
    "NEWSREADER_DATA": "data folder: embedded database, broker, static files, made secrets",
    "NEWSREADER_URL": "public base address, as https://news.example",
    "NEWSREADER_PUBLIC": "true lets everybody read without signing in",
    "NEWSREADER_READERS_ADD_FEEDS": "false leaves the adding of feeds to staff",
    "NEWSREADER_FEEDS_PER_READER": "most feeds that a reader may add for themselves; 0: no limit; 1000 without it",
    "NEWSREADER_SIGN_UP": "off, invitation (by a link that staff make) or open: who may make an account for themselves",
    "NEWSREADER_NEW_ACCOUNTS": "what new accounts follow: all, starter (the feeds of the starter set) or nothing",
    "NEWSREADER_APPS": "false closes the doors for apps: Google Reader API and Fever",
    "NEWSREADER_APP_DAYS": "days of read articles that an app which walks through everything is fed; 30 without it",
    "NEWSREADER_ALLOWED_NETWORKS": "private networks that may be fetched from, as 127.0.0.0/8,10.1.0.0/16",
    "NEWSREADER_SHORTEST_INTERVAL": "fewest minutes between polls of a feed; without it 60 or what publishers allow",
    "NEWSREADER_LONGEST_INTERVAL": "most minutes between polls of a feed that has been silent for long; 360 without it",
    "NEWSREADER_TRUSTED_PROXIES": "networks whose X-Forwarded-* headers are believed, as 172.16.0.0/12",
    "NEWSREADER_WEB_PROCESSES": "processes of `up` that answer requests; without it one a core, four at most",
    "NEWSREADER_TIME_ZONE": "time zone of readers whose browser told none, as Asia/Taipei",
    "NEWSREADER_LANGUAGE": "language of the pages where the browser asks for none that there is, as zh-hans",
    "NEWSREADER_IMAGE_KEYS": "secrets that sign picture addresses, the newest first; without them SECRET_KEY does",
    "NEWSREADER_IMAGE_BUDGET": "GB that kept pictures may take; without it as much as there is room for",
    "NEWSREADER_IMAGE_CACHE": "GB that resized pictures may take; 2 without it",
    "NEWSREADER_IMAGE_BUCKET": "keep pictures in this bucket of an S3-compatible store instead of the data folder",
    "NEWSREADER_IMAGE_ENDPOINT": "address of that store, as https://s3.example; without it Amazon's",
    "NEWSREADER_IMAGE_ACCEL": "true hands picture files to nginx (X-Accel-Redirect), as docker/nginx.conf has it",
    "NEWSREADER_SITE_RULES": "folder of rules for sites whose articles are fetched whole, as ftr-site-config has them",
    "NEWSREADER_RSS_BRIDGE": "address of your own RSS-Bridge, asked where a page has no feed, as https://bridge.example",
    "NEWSREADER_RSSHUB": "address of your own RSSHub, for addresses as rsshub://github/issue/DIYgod/RSSHub",
    "NEWSREADER_WEBSUB_HUB": "hub that is told when a public site's feeds change, as https://hub.example/",
    "NEWSREADER_ADMIN_USER": "name of the first administrator",
    "NEWSREADER_ADMIN_PASSWORD": "password of the first administrator",
    "NEWSREADER_DEBUG": "true shows Django's error pages: for development only",
    "DATABASE_URL": "postgres://user:password@host/name; without it SQLite in the data folder",
    "REDIS_URL": "redis://host:6379/0; without it a broker in the data folder",
    "EMAIL_URL": "server that sends mail, as smtp://user:password@mail.example (STARTTLS); without it none is sent",
    "EMAIL_FROM": "address that mail is from, as news@example.org",
    "SECRET_KEY": "signs sessions; without it one is made and kept in the data folder",
    "SECRET_KEY_FALLBACKS": "what SECRET_KEY was before, the newest first; what was made with it still holds",
    "ALLOWED_HOSTS": "host names that the site answers to, as news.example,www.news.example",
}

# The patterns are compiled where they are used: every process reads the environment, and few have such values.
# Kubernetes sets these for a service that is called "newsreader": NEWSREADER_PORT, NEWSREADER_SERVICE_HOST,
# NEWSREADER_PORT_8000_TCP_ADDR, and NEWSREADER_WEB_SERVICE_PORT_HTTP for one called "newsreader-web".
SERVICE_LINK = (
    r"^NEWSREADER_(?=[A-Z0-9_]*+$)([A-Z0-9_]+_)?"
    r"(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP)(_[A-Z]+)?)?)$"
)

# A name of letters (of any script), digits, hyphens and dots; or an IPv6 address without its brackets.
HOST = r"[\w-]+(\.[\w-]+)*\.?|[0-9a-fA-F:]+(\.[0-9.]+)?"
ALLOWED_HOST = rf"\*|\.?(?:{HOST})|\[[0-9a-fA-F:.]+\]"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; other stores allow more of the same.
BUCKET = r"[A-Za-z0-9][A-Za-z0-9._-]{2,254}"


MAIL_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class MailServer(NamedTuple):
    """A server of mail. `scheme`: smtp (with STARTTLS), smtps (TLS from the start) or smtp+plain (none)."""

    scheme: str = "smtp"
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""


class Environment(NamedTuple):
    """Typed access to a mapping of environment variables. Raises ImproperlyConfigured on anything it can't use."""

    variables: Mapping[str, str]

    def check_names(self) -> None:
        """Refuse `NEWSREADER_…` names that nobody reads: a typing error must not pass for a default."""
        names = {*KNOWN, *(f"{name}_FILE" for name in KNOWN)}
        for name in self.variables:
            if name.startswith("NEWSREADER_") and name not in names and not re.match(SERVICE_LINK, name):
                near = difflib.get_close_matches(name, names, n=1)
                hint = f"; did you mean {near[0]}?" if near else f"; known names: {', '.join(sorted(KNOWN))}"
                raise ImproperlyConfigured(f"{name} is no setting of Newsreader{hint}")

    def text(self, name: str, default: str = "") -> str:
        """The variable's value, or the content of the file that NAME_FILE names, stripped."""
        assert name in KNOWN, name
        value, path = self.variables.get(name, ""), self.variables.get(f"{name}_FILE", "")
        if value and path:
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: keep one")
        if path:
            try:
                value = Path(path).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise ImproperlyConfigured(f"{name}_FILE={path!r} can't be read: {error}") from error
        return value.strip() or default

    def flag(self, name: str, *, default: bool = False) -> bool:
        raw = self.text(name).lower()
        if raw in {"true", "yes", "on", "1"}:
            return True
        if raw in {"false", "no", "off", "0"}:
            return False
        if raw:
            raise ImproperlyConfigured(f"{name}={raw!r}: use true or false")
        return default

    def gigabytes(self, name: str, default: float) -> int:
        """Bytes from a number of GB."""
        raw = self.text(name)
        try:
            number = float(raw) if raw else default
            if not number >= 0:
                raise ValueError(raw)
            return round(number * 10**9)
        except (ValueError, OverflowError) as error:
            raise ImproperlyConfigured(f"{name}={raw!r}: use a number of gigabytes, as 50 or 0.5") from error

    def number(self, name: str, default: int, *, most: int) -> int:
        """A whole number up to `most`."""
        raw = self.text(name)
        number = _whole(raw)
        if raw and (number is None or number > most):
            raise ImproperlyConfigured(f"{name}={raw!r}: use a whole number up to {most}")
        return default if number is None else number

    def minutes(self, name: str) -> timedelta | None:
        """A time from a whole number of minutes, a week at most; None when unset."""
        raw = self.text(name)
        if not raw:
            return None
        number = _whole(raw)
        if number is None or not 0 < number <= A_WEEK:
            raise ImproperlyConfigured(f"{name}={raw!r}: use a number of minutes, from 1 to {A_WEEK}")
        return timedelta(minutes=number)

    def intervals(self, shortest: str, longest: str) -> Limits:
        """The limits of feeds' intervals from two variables. Raises ImproperlyConfigured where they cross."""
        least, most = self.minutes(shortest), self.minutes(longest)
        floor = least or SOONEST
        if most and most < floor:
            minutes = round(floor.total_seconds() / 60)
            raise ImproperlyConfigured(f"{longest} is shorter than {shortest}, which is {minutes} minutes")
        return Limits(shortest=least, longest=most or max(Limits().longest, floor))

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def keys(self, name: str) -> tuple[str, ...]:
        """Secrets that sign, separated by commas."""
        keys = self.words(name)
        if self.text(name) and not keys:
            raise ImproperlyConfigured(f"{name} has commas only: give it secrets, separated by commas")
        return keys

    def bucket(self, name: str) -> str:
        """A bucket's name, as S3 and its likes have them; empty when unset."""
        raw = self.text(name)
        if raw and not re.fullmatch(BUCKET, raw):
            raise ImproperlyConfigured(f"{name}={raw!r}: use the bucket's name alone, as news-pictures")
        return raw

    def networks(self, name: str) -> tuple[Network, ...]:
        try:
            return tuple(ip_network(word) for word in self.words(name))
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {error}; use networks like 10.0.0.0/8, separated by commas") from error

    def hosts(self, name: str) -> tuple[str, ...]:
        """Host names as Django's ALLOWED_HOSTS takes them: a leading dot for all below it, a star for any."""
        hosts = self.words(name)
        wrong = [host for host in hosts if not re.fullmatch(ALLOWED_HOST, host)]
        if wrong or (self.text(name) and not hosts):
            raise ImproperlyConfigured(f"{name}={self.text(name)!r}: use names like news.example, separated by commas")
        return hosts

    def redis_address(self, name: str) -> str:
        """A Redis address, with a number for its database where it has a path; empty when unset."""
        raw = self.text(name)
        try:
            parts = urlsplit(raw)
            is_server = parts.scheme in {"redis", "rediss"} and re.fullmatch(r"/?\d*", parts.path) and parts.port != 0
            is_fine = is_server or parts.scheme == "unix"
        except ValueError:
            is_fine = False
        if raw and not is_fine:  # it may hold a password, which urlsplit's message would show a part of
            raise ImproperlyConfigured(f"{name}: use redis://host:6379/0")
        return raw

    def mail_server(self, name: str) -> MailServer:
        """A server of mail; one without a host when unset."""
        raw = self.text(name)
        if not raw:
            return MailServer()
        try:
            parts = urlsplit(raw)
            is_fine = _is_of_mail_server(parts)
            port = parts.port or MAIL_PORTS.get(parts.scheme, 0)
        except ValueError:
            is_fine = False
        if not is_fine:  # it may hold a password
            raise ImproperlyConfigured(f"{name}: use smtp://user:password@host, smtps://… or smtp+plain://…")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return MailServer(parts.scheme, parts.hostname or "", port, user, password)

    def mail_address(self, name: str) -> str:
        """An address of mail; empty when unset."""
        raw = self.text(name)
        try:
            if raw:
                validate_email(raw)
        except ValidationError as error:
            raise ImproperlyConfigured(f"{name}={raw!r}: use an address like news@example.org") from error
        return raw

    def base_address(self, name: str) -> str:
        """An absolute http(s) address without path, query or trailing slash; empty when unset."""
        raw = self.text(name)
        try:
            parts = urlsplit(raw)
            is_fine = _is_web_site(parts) and parts.path in {"", "/"}
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}={raw!r}: {error}") from error
        if raw and (not is_fine or parts.query or parts.fragment or parts.username):
            raise ImproperlyConfigured(f"{name}={raw!r}: use an address like https://news.example, without a path")
        return raw.rstrip("/")

    def web_address(self, name: str) -> str:
        """An absolute http(s) address of any page; empty when unset."""
        raw = self.text(name)
        try:
            parts = urlsplit(raw)
            is_fine = _is_web_site(parts)
        except ValueError:
            is_fine = False
        if raw and not (is_fine and raw.isprintable()):
            raise ImproperlyConfigured(f"{name}={raw!r}: use an address like https://hub.example/")
        return raw

    def time_zone(self, name: str, default: str) -> str:
        raw = self.text(name, default)
        try:
            ZoneInfo(raw)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ImproperlyConfigured(f"{name}={raw!r}: use a name like Asia/Shanghai or Europe/Berlin") from error
        return raw

    def choice(self, name: str, choices: Collection[str], default: str) -> str:
        raw = self.text(name, default).lower().replace("_", "-")
        if raw not in choices:
            raise ImproperlyConfigured(f"{name}={raw!r}: use one of {', '.join(choices)}")
        return raw


def default_data_folder() -> Path:
    """The data folder unless NEWSREADER_DATA names one: in the user's data home, as XDG's base directories give it."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "newsreader"


@contextlib.contextmanager
def using(folder: Path) -> Iterator[None]:
    """A context in which the data folder is used. Raises ImproperlyConfigured where the disk refuses that."""
    try:
        yield
    except OSError as error:
        raise ImproperlyConfigured(
            f"the data folder {folder} can't be used: {error}; NEWSREADER_DATA names another"
        ) from error


def kept_secret(path: Path) -> str:
    """The secret in `path`, made on the first call and readable by its owner alone. Processes that start at once
    agree on one: the file appears complete, and the first to put it there wins."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))
        file.flush()
        os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)
    return path.read_text(encoding="ascii").strip()


def _whole(raw: str) -> int | None:
    """The whole number that the text is; None for none, and for one of more digits than any setting has."""
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) <= 18 else None


def _is_web_site(parts: SplitResult) -> bool:
    """True where an address begins as one of the web does. Raises ValueError for a port that is none."""
    is_host = re.fullmatch(HOST, parts.hostname or "") is not None
    return parts.scheme in {"http", "https"} and is_host and parts.port != 0


def _is_of_mail_server(parts: SplitResult) -> bool:
    """True where an address is one of a server of mail, and of nothing on it. Raises ValueError for a port that is
    none."""
    is_host = re.fullmatch(HOST, parts.hostname or "") is not None
    is_bare = parts.path in {"", "/"} and not parts.query
    return parts.scheme in MAIL_PORTS and is_host and is_bare and parts.port != 0
