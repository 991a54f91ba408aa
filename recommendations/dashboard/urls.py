"""Addresses of the read-only pages."""

from django.urls import include, path

from recommendations.dashboard import (
    admin_views,
    calendar_views,
    log_views,
    method_views,
    reach_views,
    safety_views,
    status_views,
    views,
)

urlpatterns = [
    path("", views.my_work, name="my_work"),
    path("method/", method_views.method, name="method"),
    path("method/<str:number>/", method_views.method_edition, name="method_edition"),
    path("safety/seizure/", safety_views.what_a_seizure_gives_away, name="what_a_seizure_gives_away"),
    path("safety/keep-out/", safety_views.what_not_to_put_in, name="what_not_to_put_in"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/addresses/", calendar_views.feed_make, name="feed_make"),
    path("calendar/addresses/<int:pk>/end/", calendar_views.feed_end, name="feed_end"),
    path("calendar/<str:token>.ics", calendar_views.calendar_feed, name="calendar_feed"),
    path("calendar/<str:kind>/<int:pk>/", calendar_views.calendar_day, name="calendar_day"),
    path("readyz", status_views.readyz, name="readyz"),
    path("metrics", status_views.metrics, name="metrics"),
    path("status/", status_views.site_status, name="site_status"),
    path("status/jobs/<int:pk>/retry/", status_views.job_retry, name="job_retry"),
    path("people/<int:pk>/reach/", reach_views.person_reach, name="person_reach"),
    path("audit/", admin_views.audit_log, name="audit_log"),
    path("audit/retention/", log_views.audit_retention, name="audit_retention"),
    path("audit/<int:number>/erase/", log_views.audit_erase, name="audit_erase"),
    path("mail/", admin_views.mail_folder, name="mail_folder"),
    path("mail/<str:name>/", admin_views.mail_message, name="mail_message"),
    path("", include("recommendations.dashboard.styleguide_urls")),
]
