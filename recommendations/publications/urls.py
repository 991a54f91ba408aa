"""Addresses of what is filed and handed over: submissions with versions, files and signers; sheets for States."""

from django.urls import path

from recommendations.publications import (
    views,
    views_editions,
    views_fact_sheets,
    views_sharing,
    views_states,
    views_together,
    views_writing,
)

urlpatterns = [
    path("cycles/<cycle:cycle>/states/", views_states.state_sheets_page, name="state_sheets"),
    path(
        "cycles/<cycle:cycle>/states/<slug:code>.<slug:format>",
        views_states.state_sheet_file,
        name="state_sheet_file",
    ),
    path("editions/", views_editions.edition_list, name="edition_list"),
    path("editions/new/", views_editions.edition_new, name="edition_new"),
    path("editions/<slug:key>/", views_editions.edition_detail, name="edition_detail"),
    path("editions/<slug:key>/sign/<int:organisation>/", views_editions.edition_sign, name="edition_sign"),
    path("editions/<slug:key>/freeze/", views_editions.edition_freeze, name="edition_freeze"),
    path("editions/<slug:key>/drop/", views_editions.edition_drop, name="edition_drop"),
    path("editions/<slug:key>/renew/", views_editions.edition_renew, name="edition_renew"),
    path(
        "editions/<slug:key>/<slug:language>.<slug:format>",
        views_editions.edition_file,
        name="edition_file",
    ),
    path("editions/<slug:key>/share/", views_sharing.link_make, name="link_make"),
    path("links/", views_sharing.link_list, name="link_list"),
    path("links/<int:pk>/end/", views_sharing.link_end, name="link_end"),
    path("shared/<str:token>/", views_sharing.shared, name="shared"),
    path(
        "shared/<str:token>/<slug:language>.<slug:format>",
        views_sharing.shared_file,
        name="shared_file",
    ),
    path("fact-sheets/", views_fact_sheets.fact_sheet_list, name="fact_sheet_list"),
    path("fact-sheets/new/", views_fact_sheets.fact_sheet_new, name="fact_sheet_new"),
    path("fact-sheets/<int:pk>/", views_fact_sheets.fact_sheet_detail, name="fact_sheet_detail"),
    path("fact-sheets/<int:pk>/edit/", views_fact_sheets.fact_sheet_edit, name="fact_sheet_edit"),
    path(
        "fact-sheets/<int:pk>/sheet.<slug:format>", views_fact_sheets.fact_sheet_file, name="fact_sheet_file"
    ),
    path(
        "fact-sheets/<int:pk>/do/<slug:action>/",
        views_fact_sheets.fact_sheet_action,
        name="fact_sheet_action",
    ),
    path("review/together/", views_together.review_together, name="review_together"),
    path("submissions/", views.submission_list, name="submission_list"),
    path("submissions/new/", views_writing.submission_new, name="submission_new"),
    path("submissions/<int:pk>/", views.submission_detail, name="submission_detail"),
    path("submissions/<int:pk>/edit/", views_writing.submission_edit, name="submission_edit"),
    path("submissions/<int:pk>/texts/", views_writing.submission_texts, name="submission_texts"),
    path("submissions/<int:pk>/sign/<int:organisation>/", views.submission_sign, name="submission_sign"),
    path("submissions/<int:pk>/versions/<int:number>/", views.submission_version, name="submission_version"),
    path("submissions/<int:pk>/file.<str:format>", views.submission_file, name="submission_file"),
    path("submissions/<int:pk>/do/<slug:action>/", views.submission_action, name="submission_action"),
]
