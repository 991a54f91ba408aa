"""Addresses of notifications, rules and deliveries."""

from django.urls import path

from recommendations.reminders import views

urlpatterns = [
    path("notifications/", views.notification_list, name="notification_list"),
    path("notifications/read/", views.notifications_read, name="notifications_read"),
    path("notifications/<int:pk>/open/", views.notification_open, name="notification_open"),
    path("notifications/<int:pk>/read/", views.notification_read, name="notification_read"),
    path("reminders/", views.rule_list, name="rule_list"),
    path("reminders/<slug:kind>/", views.rule_edit, name="rule_edit"),
    path("deliveries/", views.delivery_list, name="delivery_list"),
    path("deliveries/<int:pk>/again/", views.delivery_again, name="delivery_again"),
    path("mails/stop/<str:token>/", views.mail_stop, name="mail_stop"),
]
