"""Where the site's addresses begin. What follows belongs to recommendations/urls.py."""

from django.contrib import admin
from django.urls import include, path

from tracker import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("language/", views.choose_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("recommendations.urls")),
]
