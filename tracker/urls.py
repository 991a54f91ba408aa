"""Where the site's addresses begin. What follows belongs to recommendations/urls.py."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from tracker import leaving, views

handler400 = "tracker.errors.unreadable"
handler500 = "tracker.errors.broken"

# The emergency door has no sign-in of its own: it would ask for a password only.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("leave/", leaving.quick_exit, name="quick_exit"),
    path("away/", leaving.away, name="away"),
    path("language/", views.choose_language, name="set_language"),
    # Ours stand before allauth's, whose names they take.
    path("accounts/", include("recommendations.organisations.account_urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("recommendations.urls")),
]
