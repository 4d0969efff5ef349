"""Addresses of the archive."""

from django.urls import path

from echeance.archive import views

app_name = "archive"
urlpatterns = [path("archives/<int:file_id>/", views.file, name="file")]
