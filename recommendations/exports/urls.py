"""Addresses of exports."""

from django.urls import path

from recommendations.exports import everything_views, views

urlpatterns = [
    path("recommendations/export/", views.recommendation_export, name="recommendation_export"),
    path("cycles/<cycle:cycle>/summary/", views.summary_export, name="summary_export"),
    path("cycles/<cycle:cycle>/matrix/", views.matrix_export, name="matrix_export"),
    path("exports/", views.export_list, name="export_list"),
    path("everything/", everything_views.everything, name="everything"),
    path("everything/<int:pk>/download/", everything_views.everything_download, name="everything_download"),
    path("everything/<int:pk>/remove/", everything_views.everything_remove, name="everything_remove"),
    path("exports/<int:pk>/", views.export_detail, name="export_detail"),
    path("exports/<int:pk>/retry/", views.export_retry, name="export_retry"),
    path("exports/<int:pk>/who/", views.export_who, name="export_who"),
    path("exports/<int:pk>/anew/", views.export_renew, name="export_renew"),
    path("exports/<int:pk>/download/", views.export_download, name="export_download"),
]
