"""Addresses of people, invitations and organisations."""

from django.urls import path

from recommendations.organisations import closing_views, freezing_views, restoring_views, views

urlpatterns = [
    path("people/", views.people_list, name="people_list"),
    path("people/invite/", views.invite, name="invite"),
    path("people/<int:pk>/", views.person_edit, name="person_edit"),
    path("people/<int:pk>/access/", views.person_access, name="person_access"),
    path("people/freeze/", freezing_views.freeze_list, name="freeze_list"),
    path("people/<int:pk>/freeze/", freezing_views.freeze_person, name="freeze_person"),
    path("people/freeze/<int:pk>/end/", freezing_views.freeze_end, name="freeze_end"),
    path("site/", closing_views.site_close, name="site_close"),
    path("site/open/", closing_views.site_open, name="site_open"),
    path("invitations/<int:pk>/revoke/", views.invitation_revoke, name="invitation_revoke"),
    path("invitations/<str:token>/", views.invitation_accept, name="invitation_accept"),
    path("colleagues/", restoring_views.colleagues, name="colleagues"),
    path("colleagues/<int:pk>/sign-in/", restoring_views.signin_ask, name="signin_ask"),
    path("colleagues/sign-in/<int:pk>/confirm/", restoring_views.signin_confirm, name="signin_confirm"),
    path("sign-in/<str:token>/", restoring_views.signin_restore, name="signin_restore"),
    path("organisations/", views.organisation_list, name="organisation_list"),
    path("organisations/new/", views.organisation_edit, name="organisation_new"),
    path("organisations/<int:pk>/", views.organisation_edit, name="organisation_edit"),
    path("profile/", views.profile, name="profile"),
]
