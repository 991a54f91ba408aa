"""Addresses of one's own sign-in that are ours, not allauth's; those of the same name take its place."""

from django.urls import path

from recommendations.organisations import second_factor_views, session_views

urlpatterns = [
    path("second-factor/", second_factor_views.start, name="second_factor"),
    path("2fa/", second_factor_views.ways_in, name="mfa_index"),
    path("2fa/recovery-codes/", second_factor_views.codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/download/", second_factor_views.codes_file, name="mfa_download_recovery_codes"),
    path("sessions/", session_views.session_list, name="usersessions_list"),
    path("sessions/end/", session_views.session_end, name="session_end"),
]
