"""Addresses of the house."""

from django.urls import path

from echeance.web import einvoice_views, views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("connexion/", views.sign_in, name="sign_in"),
    path("deconnexion/", views.sign_out, name="sign_out"),
    path("mot-de-passe/", views.password_change, name="password_change"),
    path("recherche/", views.search, name="search"),
    path("langue/", views.language_switch, name="language_switch"),
    path("societe/", views.company, name="company"),
    path("societe/creer/", views.company_new, name="company_new"),
    path("societe/changer/", views.company_switch, name="company_switch"),
    path("taches/", views.jobs, name="jobs"),
    path("taches/<int:job_id>/relance/", views.job_retry, name="job_retry"),
    path("outils/facture-electronique/", einvoice_views.einvoice, name="einvoice"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
