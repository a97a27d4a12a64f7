"""Django's settings: read from the environment through config/env.py; with no variable at all the product runs on SQLite."""

import os
import secrets
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.utils.translation import gettext_lazy as _

from astreinte.config import env, logs

env.refuse_unknown(os.environ)

PACKAGE = Path(__file__).resolve().parent.parent
DATA = Path(env.text("DATA")).resolve()
BASE_URL = env.text("BASE_URL").rstrip("/")
STATUS_DIR = Path(env.text("STATUS_DIR") or DATA / "status").resolve()
STATUS_URL = env.text("STATUS_URL").rstrip("/") or f"{BASE_URL}/status"
SECURE = BASE_URL.startswith("https://")
DEMO = env.flag("DEMO")
POCKET_URL = env.text("POCKET_URL")
PROBE_ALLOW_PRIVATE = env.flag("PROBE_ALLOW_PRIVATE")
SITE_KEY = env.text("SITE_KEY")
PROMETHEUS_PASSWORD = env.text("PROMETHEUS_PASSWORD")
PROMETHEUS_TOKEN = env.text("PROMETHEUS_TOKEN")
HEARTBEAT_URL = env.text("HEARTBEAT_URL")
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES")
THREADS = env.number("THREADS")
WEB_PROCESSES = env.number("WEB_PROCESSES")


def _secret_key() -> str:
    """The given one, or one made once and kept in the data folder, readable by us alone."""
    given = env.text("SECRET_KEY")
    if given:
        return given
    path = DATA / "secret_key"
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8").strip()


def _database() -> dict[str, Any]:
    url = env.text("DATABASE_URL")
    if url and not url.startswith("sqlite"):
        parsed: dict[str, Any] = dict(dj_database_url.parse(url))
        given = parsed.get("OPTIONS", {})  # what stands after the ? of the address, sslmode for one
        # whoever locks our tables gets 5 s, as on SQLite: past that a door says "later" instead of keeping its threads
        patience = f"-c lock_timeout=5s {given.get('options', '')}".strip()
        # a pool, because CONN_MAX_AGE keeps one connection per thread for ever
        pool = {"min_size": 1, "max_size": max(THREADS, 4), "timeout": 5}
        return {**parsed, "OPTIONS": {**given, "options": patience, "pool": pool}, "CONN_MAX_AGE": 0}
    DATA.mkdir(parents=True, exist_ok=True)
    name = url.removeprefix("sqlite:///") or str(DATA / "astreinte.sqlite3")
    options = {"transaction_mode": "IMMEDIATE", "timeout": 5}
    return {"ENGINE": "astreinte.config.sqlite", "NAME": name, "OPTIONS": options, "CONN_MAX_AGE": None}


SECRET_KEY = _secret_key()
SQLITE_VERSION = sqlite3.sqlite_version
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or [str(urlsplit(BASE_URL).hostname), "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "astreinte.core",
    "astreinte.accounts",
    "astreinte.customers",
    "astreinte.oncall",
    "astreinte.notifications",
    "astreinte.paging",
    "astreinte.monitoring",
    "astreinte.billing",
    "astreinte.guarantee",
    "astreinte.tickets",
    "astreinte.web",
    "astreinte.workers",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
]

MIDDLEWARE = [
    "astreinte.web.clock.read_clock_once",
    "astreinte.web.trouble.answer_in_words",
    "astreinte.web.proxies.believe_listed_proxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "astreinte.web.headers.private_and_strict",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "astreinte.web.access.look_up_the_policy",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "astreinte.config.urls"
WSGI_APPLICATION = "astreinte.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates", PACKAGE / "notifications" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "astreinte.web.context.desk",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 3600

SESSION_ENGINE = "astreinte.web.sessions"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 14 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "astreinte.web.trouble.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

# Limits of the public contract, in bytes and fields (contract, section 8).
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 10
ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024
TEXT_MAX_CHARACTERS = 20_000

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = logs.configuration(env.text("LOG"))
LOGGING_CONFIG = "logging.config.dictConfig"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # all mail goes through our own outbox
