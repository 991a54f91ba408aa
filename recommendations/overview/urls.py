"""Addresses of the list and of one recommendation."""

from django.urls import path

from recommendations.overview import cycle_views, detail_views, list_views, public_views

urlpatterns = [
    path("cycles/<cycle:cycle>/", cycle_views.cycle_detail, name="cycle_detail"),
    path("recommendations/", list_views.recommendation_list, name="recommendation_list"),
    path("recommendations/cluster/", list_views.cluster_from_selection, name="cluster_from_selection"),
    path(
        "recommendations/<reference:ref>/", detail_views.recommendation_detail, name="recommendation_detail"
    ),
    path("public/", public_views.public_home, name="public_home"),
    path("public/cycles/<cycle:cycle>/", public_views.public_cycle, name="public_cycle"),
    path(
        "public/recommendations/<reference:ref>/",
        public_views.public_recommendation,
        name="public_recommendation",
    ),
    path("public/assessments/<int:pk>/", public_views.public_assessment, name="public_assessment"),
]
