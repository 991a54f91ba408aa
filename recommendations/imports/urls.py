"""Addresses of imports."""

from django.urls import path

from recommendations.imports import answer_views, choice_views, undo_views, views, where

urlpatterns = [
    path("imports/", views.import_list, name="import_list"),
    path("imports/new/", views.import_new, name="import_new"),
    path("imports/where/", where.import_where, name="import_where"),
    path("imports/template/", views.import_template, name="import_template"),
    path("imports/<int:pk>/", views.import_detail, name="import_detail"),
    path("imports/<int:pk>/confirm/", views.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/choose/", choice_views.import_choose, name="import_choose"),
    path("imports/<int:pk>/decide/", views.import_decide, name="import_decide"),
    path("imports/<int:pk>/answer/", answer_views.import_answer, name="import_answer"),
    path("imports/<int:pk>/correct/", answer_views.import_correct, name="import_correct"),
    path("imports/<int:pk>/look/", answer_views.import_look, name="import_look"),
    path("imports/<int:pk>/discard/", views.import_discard, name="import_discard"),
    path("imports/<int:pk>/take-back/", undo_views.import_take_back, name="import_take_back"),
    path("imports/<int:pk>/again/", views.import_again, name="import_again"),
]
