"""The address of the page of parts."""

from django.urls import path

from recommendations.dashboard.styleguide import styleguide

urlpatterns = [path("styleguide/", styleguide, name="styleguide")]
