"""Addresses of the list and of one recommendation."""

from django.urls import path

from recommendations.overview import cycle_views, detail_views, list_views

urlpatterns = [
    path("cycles/<cycle:cycle>/", cycle_views.cycle_detail, name="cycle_detail"),
    path("recommendations/", list_views.recommendation_list, name="recommendation_list"),
    path("recommendations/cluster/", list_views.cluster_from_selection, name="cluster_from_selection"),
    path(
        "recommendations/<reference:ref>/", detail_views.recommendation_detail, name="recommendation_detail"
    ),
]
