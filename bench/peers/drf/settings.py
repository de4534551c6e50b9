"""Django with nothing but what the API needs."""

from urllib.parse import parse_qs, urlsplit

from bench.peers.database import url

_database = urlsplit(url())

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path.removeprefix("/"),
        "USER": _database.username,
        "HOST": parse_qs(_database.query)["host"][0],
        "CONN_MAX_AGE": None,  # each of the threads keeps its connection
    }
}
INSTALLED_APPS = ["rest_framework", "bench.peers.drf"]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": False,
}
ALLOWED_HOSTS = ["*"]
APPEND_SLASH = False
ROOT_URLCONF = "bench.peers.drf.urls"
SECRET_KEY = "signs nothing here"  # noqa: S105 - there are no sessions
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
