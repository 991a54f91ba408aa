"""Addresses of the list and of one recommendation."""

from django.urls import path

from recommendations.overview import detail_views, list_views

urlpatterns = [
    path("recommendations/", list_views.recommendation_list, name="recommendation_list"),
    path("recommendations/cluster/", list_views.cluster_from_selection, name="cluster_from_selection"),
    path(
        "recommendations/<reference:ref>/", detail_views.recommendation_detail, name="recommendation_detail"
    ),
]
