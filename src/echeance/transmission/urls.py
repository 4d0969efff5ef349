"""Web routes of transmission."""

from django.urls import path

from echeance.transmission import views

app_name = "transmission"
urlpatterns = [
    path("envois/courrier/", views.post, name="post"),
    path("envois/courrier/imprimer/", views.print_letters, name="post_print"),
    path("envois/courrier/retirer/", views.withdraw, name="post_withdraw"),
    path("envois/courrier/lots/<int:batch_id>/poste/", views.posted, name="post_posted"),
]
