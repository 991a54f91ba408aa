"""Index of the capabilities' addresses."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("recommendations.dashboard.styleguide_urls")),
    path("", include("recommendations.assessments.round_urls")),
]
