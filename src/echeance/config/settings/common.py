"""Settings true everywhere; the environment gives what differs between installations.

Environment: ``DATABASE_URL`` (PostgreSQL; absent: the embedded SQLite under ``ECHEANCE_HOME``),
``ECHEANCE_HOME`` (data folder, default ``var``), ``ECHEANCE_SECRET_KEY``, ``ECHEANCE_HOSTS``,
``ECHEANCE_LANGUAGE`` (of the console's refusals, ``fr`` or ``en``), ``ECHEANCE_SMTP_…``,
``ECHEANCE_REGISTERED_…``, ``ECHEANCE_SMS_…``,
``ECHEANCE_PLATFORM_…``, ``ECHEANCE_CHORUS_…``, ``ECHEANCE_SIRENE_…``, ``ECHEANCE_VIES_URL``,
``ECHEANCE_BODACC_URL``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONCE, NONE, SELF

BASE_DIR = Path(__file__).resolve().parents[4]
HOME = Path(os.environ.get("ECHEANCE_HOME", "var")).resolve()

# The console needs none; the web server refuses to start without one.
SECRET_KEY = os.environ.get("ECHEANCE_SECRET_KEY", "console-only")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("ECHEANCE_HOSTS", "127.0.0.1,localhost").split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "django_cotton",
    "ninja",
    "echeance.base.apps.BaseConfig",
    "echeance.parties.apps.PartiesConfig",
    "echeance.archive.apps.ArchiveConfig",
    "echeance.ledger.apps.LedgerConfig",
    "echeance.transmission.apps.TransmissionConfig",
    "echeance.cash.apps.CashConfig",
    "echeance.billing.apps.BillingConfig",
    "echeance.collection.apps.CollectionConfig",
    "echeance.assistant.apps.AssistantConfig",
    "echeance.practice.apps.PracticeConfig",
    "echeance.web.apps.WebConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "echeance.web.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "echeance.api.idempotency.IdempotencyMiddleware",
    "echeance.web.middleware.RedirectMiddleware",
    "echeance.web.middleware.ProblemMiddleware",
]
ROOT_URLCONF = "echeance.config.urls"
WSGI_APPLICATION = "echeance.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "echeance.web.context.shell",
            ],
        },
    }
]
AUTH_USER_MODEL = "base.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
]
LOGIN_URL = "/connexion/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/connexion/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parents[2] / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False  # True turns {{ pk }} into "1 017" in addresses

SQLITE_OPTIONS = {
    # Take the write lock when the transaction opens, so that a reader never has to upgrade and
    # fail; wait for it instead of giving up. FULL: a number must survive a power cut (ADR 0004).
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;",
}


def database(url: str, sqlite_file: str | Path) -> dict[str, Any]:
    """The default database: PostgreSQL from its URL, else the embedded SQLite file."""
    if url:
        return {**dj_database_url.parse(url), "CONN_MAX_AGE": 600}
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": sqlite_file,
        "CONN_MAX_AGE": 600,
        "OPTIONS": SQLITE_OPTIONS,
    }


DATABASES: dict[str, dict[str, Any]] = {
    "default": database(os.environ.get("DATABASE_URL", ""), HOME / "echeance.sqlite3")
}

ARCHIVE_ROOT = HOME / "archive"
INBOX_ROOT = HOME / "inbox"  # drop folder, see echeance.assistant.inbox
NODE_MODULES = BASE_DIR / "node_modules"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "echeance.web.vendor.VendorFinder",
]
WHITENOISE_USE_FINDERS = True  # no collectstatic step for an embedded installation
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True

TASKS = {"default": {"BACKEND": "echeance.base.queue.JobsBackend"}}

# How mail leaves: one SMTP relay for the installation.
SMTP = {
    "host": os.environ.get("ECHEANCE_SMTP_HOST", ""),
    "port": int(os.environ.get("ECHEANCE_SMTP_PORT", "587")),
    "username": os.environ.get("ECHEANCE_SMTP_USER", ""),
    "password": os.environ.get("ECHEANCE_SMTP_PASSWORD", ""),
    "security": os.environ.get("ECHEANCE_SMTP_SECURITY", "starttls"),  # starttls, tls or none
    "timeout_seconds": 30,
}

# Who sends electronic registered letters and short messages: nobody when empty; "folder" writes
# them to a folder, to try the whole way out (no legal value, nothing is sent).
REGISTERED_LETTERS = {
    "provider": os.environ.get("ECHEANCE_REGISTERED_PROVIDER", ""),
    "folder": os.environ.get("ECHEANCE_REGISTERED_FOLDER", ""),
}
SMS = {
    "provider": os.environ.get("ECHEANCE_SMS_PROVIDER", ""),
    "folder": os.environ.get("ECHEANCE_SMS_FOLDER", ""),
}


def _access(name: str) -> dict[str, str]:
    """How a platform is reached, from the environment: its secrets are nowhere else."""
    prefix = f"ECHEANCE_{name}_"
    return {
        "base_url": os.environ.get(f"{prefix}URL", ""),
        "token_url": os.environ.get(f"{prefix}TOKEN_URL", ""),
        "directory_url": os.environ.get(f"{prefix}DIRECTORY_URL", ""),
        "client_id": os.environ.get(f"{prefix}CLIENT_ID", ""),
        "client_secret": os.environ.get(f"{prefix}CLIENT_SECRET", ""),
        "scope": os.environ.get(f"{prefix}SCOPE", ""),
    }


# Through which platforms documents go: the approved one, and Chorus Pro for public buyers.
PLATFORM = _access("PLATFORM")
CHORUS = _access("CHORUS") | {
    "login": os.environ.get("ECHEANCE_CHORUS_LOGIN", ""),
    "password": os.environ.get("ECHEANCE_CHORUS_PASSWORD", ""),
}

# Which public registers are asked about customers. SIRENE wants a key of portail-api.insee.fr.
REGISTERS = {
    "sirene_url": os.environ.get("ECHEANCE_SIRENE_URL", "https://api.insee.fr/api-sirene/3.11"),
    "sirene_key": os.environ.get("ECHEANCE_SIRENE_KEY", ""),
    "vies_url": os.environ.get(
        "ECHEANCE_VIES_URL", "https://ec.europa.eu/taxation_customs/vies/rest-api"
    ),
    # Announcements of collective proceedings: open data, no key.
    "bodacc_url": os.environ.get(
        "ECHEANCE_BODACC_URL", "https://bodacc-datadila.opendatasoft.com/api/explore/v2.1"
    ),
}
