"""Django's settings: one module for all set-ups. What differs between them comes from the environment."""

import logging.config
import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from feeds.http import FetchPolicy
from newsreader import __version__
from newsreader.env import Environment, default_data_folder, kept_secret, using

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(os.environ)
env.check_names()

DEBUG = env.flag("NEWSREADER_DEBUG")

# --- where things are -------------------------------------------------------------------------------------------

DATA_DIR = Path(env.text("NEWSREADER_DATA") or default_data_folder()).expanduser().absolute()
with using(DATA_DIR):
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    SECRET_KEY = env.text("SECRET_KEY") or kept_secret(DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS = [*env.keys("SECRET_KEY_FALLBACKS")]

# --- the site's address -----------------------------------------------------------------------------------------

NEWSREADER_URL = env.base_address("NEWSREADER_URL")
_public = urlsplit(NEWSREADER_URL)
ALLOWED_HOSTS = [*env.hosts("ALLOWED_HOSTS")]
if _public.hostname and _public.hostname not in ALLOWED_HOSTS:
    ALLOWED_HOSTS.append(_public.hostname)
ALLOWED_HOSTS_GIVEN = bool(ALLOWED_HOSTS)
if not ALLOWED_HOSTS:
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [NEWSREADER_URL] if NEWSREADER_URL else []
TRUSTED_PROXIES = env.networks("NEWSREADER_TRUSTED_PROXIES")

# Behind TLS the public address says so; plain http on a home network must keep working.
IS_TLS = _public.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_TLS
# Who can't see whether the visitor came over TLS would redirect for ever.
SECURE_SSL_REDIRECT = IS_TLS and bool(TRUSTED_PROXIES)
SECURE_HSTS_SECONDS = 31_536_000 if IS_TLS else 0
# No other site is told. With "no-referrer" browsers send `Origin: null` with every form, which the CSRF check refuses.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Subdomains and browsers' preload lists are the domain owner's affair (W005, W021). The others ask for TLS:
# newsreader.checks says in one message what is missing where there is none, and the proxy that ends TLS
# redirects where it is not trusted to tell the scheme (W008).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
if not IS_TLS:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W012", "security.W016"]
SESSION_ENGINE = "newsreader.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 180 * 24 * 3600

# Of `up`; 0: as many as the machine has room for.
WEB_PROCESSES = env.number("NEWSREADER_WEB_PROCESSES", 0, most=64)

# --- reading ----------------------------------------------------------------------------------------------------

ADMIN_USER = env.text("NEWSREADER_ADMIN_USER")
ADMIN_PASSWORD = env.text("NEWSREADER_ADMIN_PASSWORD")
NEWSREADER_PUBLIC = env.flag("NEWSREADER_PUBLIC")
# Who is not staff, for themselves alone: docs/subscriptions.md.
READERS_ADD_FEEDS = env.flag("NEWSREADER_READERS_ADD_FEEDS", default=True)
FEEDS_PER_READER = env.number("NEWSREADER_FEEDS_PER_READER", 1000, most=100_000)
SIGN_UP = env.choice("NEWSREADER_SIGN_UP", ["off", "invitation", "open"], "off")
NEW_ACCOUNTS = env.choice("NEWSREADER_NEW_ACCOUNTS", ["all", "starter", "nothing"], "all")

# The doors for apps: docs/apps.md.
APPS = env.flag("NEWSREADER_APPS", default=True)
APP_DAYS = env.number("NEWSREADER_APP_DAYS", 30, most=36_500)

# --- fetching ---------------------------------------------------------------------------------------------------

FETCH_POLICY = FetchPolicy(
    # Without an address to name, it names none.
    user_agent=f"Newsreader/{__version__} ({f'+{NEWSREADER_URL}' if NEWSREADER_URL else 'self-hosted feed reader'})",
    allowed_networks=env.networks("NEWSREADER_ALLOWED_NETWORKS"),
)

# Told of changes in this site's feeds: docs/mirror.md.
WEBSUB_HUB = env.web_address("NEWSREADER_WEBSUB_HUB")

# Between polls of a feed that has no interval of its own: docs/operation.md.
INTERVALS = env.intervals("NEWSREADER_SHORTEST_INTERVAL", "NEWSREADER_LONGEST_INTERVAL")

# Programs of one's own that make feeds for sites that have none: docs/pages.md.
RSS_BRIDGE = env.web_address("NEWSREADER_RSS_BRIDGE").rstrip("/")
RSSHUB = env.web_address("NEWSREADER_RSSHUB").rstrip("/")

# A folder of rules for sites, a file for each host; empty for none: docs/full-text.md.
SITE_RULES = env.text("NEWSREADER_SITE_RULES")

# Mail that goes out: docs/notices.md. Without a host none does.
_mail = env.mail_server("EMAIL_URL")
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.scheme == "smtp", _mail.scheme == "smtps"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.mail_address("EMAIL_FROM")
if EMAIL_HOST and not DEFAULT_FROM_EMAIL:
    raise ImproperlyConfigured("EMAIL_FROM is missing beside EMAIL_URL: set it to an address like news@example.org")

# Seconds that a worker leaves a host alone between two requests.
HOST_PAUSE = 1.0

# --- pictures: docs/images.md -----------------------------------------------------------------------------------

IMAGE_KEYS = env.keys("NEWSREADER_IMAGE_KEYS") or (SECRET_KEY, *SECRET_KEY_FALLBACKS)
IMAGE_MAX_BYTES = 32 * 2**20  # of one picture
MEDIA_MAX_BYTES = 2**30  # of one sound or film
IMAGE_BUDGET = env.gigabytes("NEWSREADER_IMAGE_BUDGET", 0)  # 0: none
IMAGE_CACHE_LIMIT = env.gigabytes("NEWSREADER_IMAGE_CACHE", 2)
IMAGE_CACHE_DIR = DATA_DIR / "image-cache"
IMAGE_BUCKET = env.bucket("NEWSREADER_IMAGE_BUCKET")
IMAGE_ENDPOINT = env.base_address("NEWSREADER_IMAGE_ENDPOINT")
IMAGE_ACCEL = env.flag("NEWSREADER_IMAGE_ACCEL")

# --- Django -----------------------------------------------------------------------------------------------------

# Not "csp", of which the middleware alone is used: every command would load what its checks need.
INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",  # newsreader.urls looks for the admin classes: commands need none
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its templates, for newsreader.forms
    "newsreader.apps.SignInAttemptsConfig",  # axes, under a name that says what it keeps
    "django_htmx",
    "newsreader",
    "feeds",
    "articles",
]
MIDDLEWARE = [
    "newsreader.health.HealthMiddleware",
    "newsreader.proxies.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "articles.images.views.ImageMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "newsreader.preferences.PreferencesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "newsreader.account_settings.AccountSettingsMiddleware",
    "newsreader.accounts.SignInMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "newsreader.urls"
WSGI_APPLICATION = "newsreader.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # Django's cached loader, and templates that are ready for their language.
            "loaders": [
                (
                    "newsreader.template_loader.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "articles.api.sign_in.AppPasswordBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "newsreader.accounts.counted_name"
AXES_CLIENT_IP_CALLABLE = "newsreader.accounts.counted_address"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False  # no line in the log for being there
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_SENSITIVE_PARAMETERS = ["username"]  # not logged: may be a password; the address is what one can shut out

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],  # the page that holds a film's player: articles/views/frame.py
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- database ---------------------------------------------------------------------------------------------------

DATABASE_URL = env.text("DATABASE_URL", "sqlite:///newsreader.sqlite3")
if urlsplit(DATABASE_URL).scheme not in {"postgres", "postgresql", "sqlite"} or not urlsplit(DATABASE_URL).path[1:]:
    raise ImproperlyConfigured("DATABASE_URL: use postgres://user:password@host:5432/name or sqlite:///file")
try:
    _database = dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True)
except (ValueError, KeyError) as error:
    raise ImproperlyConfigured("DATABASE_URL: use postgres://user:password@host:5432/name") from error
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["NAME"] = str(DATA_DIR / _database["NAME"])
    # Tests get a file too: with the default, a database in memory, they would meet neither WAL nor its locks.
    _database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    # One writer at a time that waits its turn, and readers that never wait.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;"
        ),
    }
else:
    # A host that is away is told of in seconds, not minutes.
    _database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)
    # Compiling a query of a page takes 100 ms, running it 3: Postgres does so wherever it expects many rows.
    _database["OPTIONS"].setdefault("options", "-c jit=off")
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis and Celery -------------------------------------------------------------------------------------------

REDIS_URL = env.redis_address("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1) or "files://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {"health_check_interval": 30, "socket_keepalive": True}
if not REDIS_URL:
    BROKER_DIR = DATA_DIR / "broker"
    with using(DATA_DIR):
        (BROKER_DIR / "messages").mkdir(mode=0o700, parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "exchanges"),
        "polling_interval": 0.3,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # wait for the broker for ever
CELERY_TASK_DEFAULT_QUEUE = "newsreader"  # so that a Redis may be shared
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # a batch waits in the broker, where any worker can take it
# Events and remote control would fill the embedded broker with messages that nobody reads.
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)
CELERY_BEAT_SCHEDULER = "newsreader.beat:Intervals"
CELERY_BEAT_SCHEDULE = {
    # Expires before the next one comes, so that ticks never pile up while no worker runs.
    "tick": {"task": "articles.tasks.tick", "schedule": 30.0, "options": {"expires": 25}},
    # A query, unless somebody is here and something came in.
    "count-kept": {"task": "articles.tasks.count_kept", "schedule": 30.0, "options": {"expires": 25}},
    "trim-image-cache": {"task": "articles.tasks.trim_image_cache", "schedule": 600.0, "options": {"expires": 500}},
    "find-icons": {"task": "articles.tasks.find_icons", "schedule": 300.0, "options": {"expires": 250}},
    "keep-house": {"task": "newsreader.tasks.keep_house", "schedule": 3600.0, "options": {"expires": 3000}},
    # Walks through all folders of kept pictures.
    "sweep-pictures": {"task": "articles.tasks.sweep_pictures", "schedule": 86400.0, "options": {"expires": 3000}},
    # One row is read, unless the analyzer is a new one.
    "reindex": {"task": "articles.tasks.reindex_some", "schedule": 60.0, "options": {"expires": 25}},
    "fold": {"task": "articles.tasks.fold_some", "schedule": 60.0, "options": {"expires": 25}},
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- languages and time -----------------------------------------------------------------------------------------

LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese")), ("zh-hant", _("Traditional Chinese"))]
LANGUAGE_CODE = env.choice("NEWSREADER_LANGUAGE", [code for code, name in LANGUAGES], "en")
FORM_RENDERER = "newsreader.forms.Renderer"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["newsreader.formats"]
TIME_ZONE = env.time_zone("NEWSREADER_TIME_ZONE", "UTC")
USE_TZ = True

# --- static files -----------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "newsreader.static_files.StaticFiles"},
    "images": {
        "BACKEND": "articles.images.store.ContentFolder",
        "OPTIONS": {"location": DATA_DIR / "images", "file_permissions_mode": 0o644},
    },
}
if IMAGE_BUCKET:
    STORAGES["images"] = {
        "BACKEND": "articles.images.bucket.Bucket",
        "OPTIONS": {"bucket_name": IMAGE_BUCKET, "endpoint_url": IMAGE_ENDPOINT or None},
    }

# --- uploads ----------------------------------------------------------------------------------------------------

FILE_UPLOAD_HANDLERS = ["newsreader.uploads.LimitedUpload"]
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads"
with using(DATA_DIR):
    FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
MAX_UPLOAD_BYTES = 2**30

# --- logging ----------------------------------------------------------------------------------------------------

# A tick every half minute is no news: what it found is, and articles.tasks tells of that.
_too_chatty = (
    "celery.beat",
    "celery.worker.strategy",
    "celery.app.trace",
    "celery.worker.consumer.connection",
    "celery.worker.request",
    "axes",  # four lines for each time that somebody signs in; what it refuses is a warning
)
# Set up here: Django would first make handlers of its own, which tell secrets and load its error pages for that.
LOGGING_CONFIG = None
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {
        "in_one_line": {"()": "newsreader.logs.InOneLine"},
        "without_secrets": {"()": "newsreader.logs.WithoutSecrets"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["in_one_line", "without_secrets"],
        },
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"level": "INFO"}} | {name: {"level": "WARNING"} for name in _too_chatty},
}
logging.config.dictConfig(LOGGING)
