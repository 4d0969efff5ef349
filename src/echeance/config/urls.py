"""Root routes: the only place that mounts every room's pages."""

from django.urls import URLPattern, URLResolver, include, path

from echeance.api.root import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("echeance.web.urls")),
    path("", include("echeance.archive.urls")),
    path("", include("echeance.assistant.urls")),
    path("", include("echeance.billing.urls")),
    path("", include("echeance.parties.urls")),
    path("", include("echeance.cash.urls")),
    path("", include("echeance.collection.urls")),
    path("", include("echeance.ledger.urls")),
    path("", include("echeance.transmission.urls")),
    path("api/v1/", api.urls),
]
