"""Index of the capabilities' addresses."""

from django.urls import URLPattern, URLResolver, include, path

from recommendations.web import converters

converters.register()

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("recommendations.catalogue.urls")),
    path("", include("recommendations.evidence.urls")),
    path("", include("recommendations.dashboard.urls")),
    path("", include("recommendations.exports.urls")),
    path("", include("recommendations.overview.urls")),
    path("", include("recommendations.imports.bringing.urls")),
    path("", include("recommendations.imports.fieldwork.urls")),
    path("", include("recommendations.imports.urls")),
    path("", include("recommendations.organisations.urls")),
    path("", include("recommendations.publications.urls")),
    path("", include("recommendations.reminders.urls")),
    path("", include("recommendations.assessments.round_urls")),
    path("", include("recommendations.assessments.urls")),
]
