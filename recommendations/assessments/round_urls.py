"""Addresses of rounds and clusters."""

from django.urls import path

from recommendations.assessments import leaving_views, succession_views, workload_views
from recommendations.assessments import round_views as views

urlpatterns = [
    path("rounds/", views.round_list, name="round_list"),
    path("rounds/new/", views.round_new, name="round_new"),
    path("rounds/<int:pk>/", views.round_detail, name="round_detail"),
    path("rounds/<int:pk>/edit/", views.round_edit, name="round_edit"),
    path("rounds/<int:pk>/assign/", views.round_assign, name="round_assign"),
    path("cycles/<cycle:cycle>/next/", succession_views.cycle_next, name="cycle_next"),
    path("work/<int:pk>/hand-over/", workload_views.work_hand_over, name="work_hand_over"),
    path("people/<int:pk>/leave/", leaving_views.person_leave, name="person_leave"),
    path("rounds/<int:pk>/close/", views.round_close, name="round_close"),
    path("rounds/<int:pk>/clusters/new/", views.cluster_new, name="cluster_new"),
    path(
        "rounds/<int:pk>/clusters/from-themes/", views.round_clusters_from_themes, name="clusters_from_themes"
    ),
    path("clusters/<int:pk>/", views.cluster_detail, name="cluster_detail"),
    path("clusters/<int:pk>/edit/", views.cluster_edit, name="cluster_edit"),
]
