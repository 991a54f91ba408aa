"""Addresses of the read-only pages."""

from django.urls import include, path

from recommendations.dashboard import admin_views, views

urlpatterns = [
    path("", views.my_work, name="my_work"),
    path("method/", views.method, name="method"),
    path("audit/", admin_views.audit_log, name="audit_log"),
    path("mail/", admin_views.mail_folder, name="mail_folder"),
    path("mail/<str:name>/", admin_views.mail_message, name="mail_message"),
    path("", include("recommendations.dashboard.styleguide_urls")),
]
