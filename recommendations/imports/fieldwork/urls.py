"""Addresses of work in the field."""

from django.urls import path

from recommendations.imports.fieldwork import views

urlpatterns = [
    path("rounds/<int:pk>/sheets/", views.field_sheets, name="field_sheets"),
    path("rounds/<int:pk>/sheets/return/", views.field_return, name="field_return"),
    path("sheets/returned/<int:pk>/", views.field_merge, name="field_merge"),
    path("sheets/returned/<int:pk>/take-over/", views.field_take_over, name="field_take_over"),
    path("sheets/returned/<int:pk>/discard/", views.field_discard, name="field_discard"),
]
