"""Addresses of the record: recommendations as they are written, cycles and milestones."""

from django.urls import path

from recommendations.catalogue import calendar_views, cycle_views, views

urlpatterns = [
    path("recommendations/new/", views.recommendation_new, name="recommendation_new"),
    path("recommendations/<reference:ref>/edit/", views.recommendation_edit, name="recommendation_edit"),
    path("recommendations/<reference:ref>/demands/", views.demands_edit, name="demands_edit"),
    path("recommendations/<reference:ref>/positions/new/", views.position_new, name="position_new"),
    path("recommendations/<reference:ref>/claims/new/", views.claim_new, name="claim_new"),
    path(
        "recommendations/<reference:ref>/links/new/",
        views.recommendation_link_new,
        name="recommendation_link_new",
    ),
    path("links/<int:pk>/remove/", views.recommendation_unlink, name="recommendation_unlink"),
    path("cycles/", cycle_views.cycle_list, name="cycle_list"),
    path("cycles/new/", cycle_views.cycle_new, name="cycle_new"),
    path("cycles/<cycle:cycle>/edit/", cycle_views.cycle_edit, name="cycle_edit"),
    path("cycles/<cycle:cycle>/calendar/", calendar_views.cycle_calendar, name="cycle_calendar"),
    path("milestones/<int:pk>/confirm/", calendar_views.milestone_confirm, name="milestone_confirm"),
    path("cycles/<cycle:cycle>/milestones/new/", cycle_views.milestone_new, name="milestone_new"),
    path("milestones/<int:pk>/edit/", cycle_views.milestone_edit, name="milestone_edit"),
    path("milestones/<int:pk>/cancel/", cycle_views.milestone_cancel, name="milestone_cancel"),
]
