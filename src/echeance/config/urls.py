"""Root routes: the only place that mounts every room's pages."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("echeance.web.urls")),
    path("", include("echeance.archive.urls")),
    path("", include("echeance.assistant.urls")),
]
