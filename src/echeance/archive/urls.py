"""Addresses of the archive."""

from django.urls import path

from echeance.archive import views

app_name = "archive"
urlpatterns = [
    path("archives/<int:file_id>/", views.file, name="file"),
    path("clients/<int:party_id>/pieces/", views.party_pieces, name="party_pieces"),
    path(
        "clients/<int:party_id>/pieces/<int:link_id>/retirer/",
        views.party_piece_remove,
        name="party_piece_remove",
    ),
]
