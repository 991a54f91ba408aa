"""Addresses of bringing in what one has."""

from django.urls import path

from recommendations.imports.bringing import views

urlpatterns = [
    path("bring/", views.bringing_list, name="bringing_list"),
    path("bring/new/", views.bringing_new, name="bringing_new"),
    path("bring/<int:pk>/", views.bringing_detail, name="bringing_detail"),
    path("bring/<int:pk>/columns/", views.bringing_columns, name="bringing_columns"),
    path("bring/<int:pk>/choose/", views.bringing_choose, name="bringing_choose"),
    path("bring/<int:pk>/again/", views.bringing_again, name="bringing_again"),
    path("bring/<int:pk>/take-back/", views.bringing_take_back, name="bringing_take_back"),
    path("bring/<int:pk>/discard/", views.bringing_discard, name="bringing_discard"),
]
