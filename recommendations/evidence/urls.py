"""Addresses of evidence and indicators."""

from django.urls import path

from recommendations.evidence import (
    edit_views,
    file_views,
    indicator_views,
    levels_views,
    link_views,
    safety_views,
    upload_views,
    views,
)

urlpatterns = [
    path("evidence/", views.evidence_list, name="evidence_list"),
    path("evidence/new/", edit_views.evidence_new, name="evidence_new"),
    path("evidence/suggest/", views.evidence_suggest, name="evidence_suggest"),
    path("evidence/files/<int:pk>/", file_views.evidence_file, name="evidence_file"),
    path("evidence/files/<int:pk>/copy/", file_views.evidence_copy, name="evidence_copy"),
    path("evidence/files/<int:pk>/redacted/", file_views.evidence_redacted, name="evidence_redacted"),
    path("evidence/files/<int:pk>/receipt/", file_views.evidence_receipt, name="evidence_receipt"),
    path("evidence/files/<int:pk>/pages/<int:page>/", file_views.evidence_preview, name="evidence_preview"),
    path("evidence/uploads/<uuid:key>/", upload_views.upload_piece, name="upload_piece"),
    path("evidence/uploads/<uuid:key>/finish/", upload_views.upload_finish, name="upload_finish"),
    path("evidence/uploads/<uuid:key>/give-up/", upload_views.upload_give_up, name="upload_give_up"),
    path("evidence/<evidence:number>/", views.evidence_detail, name="evidence_detail"),
    path("evidence/<evidence:number>/edit/", edit_views.evidence_edit, name="evidence_edit"),
    path("evidence/<evidence:number>/access/", edit_views.evidence_access, name="evidence_access"),
    path("evidence/<evidence:number>/who/", levels_views.evidence_who, name="evidence_who"),
    path(
        "evidence/<evidence:number>/levels/<int:pk>/",
        levels_views.evidence_level_decide,
        name="evidence_level_decide",
    ),
    path(
        "evidence/<evidence:number>/admissions/<int:pk>/",
        levels_views.evidence_admission,
        name="evidence_admission",
    ),
    path("evidence/<evidence:number>/people/", safety_views.evidence_people, name="evidence_people"),
    path(
        "evidence/<evidence:number>/people/<int:pk>/remove/",
        safety_views.evidence_person_remove,
        name="evidence_person_remove",
    ),
    path("evidence/<evidence:number>/people/<int:pk>/consent/", safety_views.consent_new, name="consent_new"),
    path(
        "evidence/<evidence:number>/consents/<int:pk>/withdraw/",
        safety_views.consent_withdraw,
        name="consent_withdraw",
    ),
    path("sources/", safety_views.source_list, name="source_list"),
    path("sources/new/", safety_views.source_new, name="source_new"),
    path("sources/<int:pk>/", safety_views.source_edit, name="source_edit"),
    path("evidence/<evidence:number>/check/", edit_views.evidence_check, name="evidence_check"),
    path("evidence/<evidence:number>/source/", edit_views.evidence_source, name="evidence_source"),
    path("evidence/<evidence:number>/files/new/", edit_views.evidence_file_new, name="evidence_file_new"),
    path("evidence/<evidence:number>/uploads/", upload_views.upload_begin, name="upload_begin"),
    path("evidence/<evidence:number>/custody/", file_views.evidence_custody, name="evidence_custody"),
    path(
        "evidence/<evidence:number>/custody/download/",
        file_views.evidence_with_custody,
        name="evidence_with_custody",
    ),
    path("evidence/<evidence:number>/custody/verify/", file_views.evidence_verify, name="evidence_verify"),
    path("evidence/<evidence:number>/links/new/", link_views.evidence_link_new, name="evidence_link_new"),
    path(
        "evidence/<evidence:number>/links/<int:pk>/edit/",
        link_views.evidence_link_edit,
        name="evidence_link_edit",
    ),
    path(
        "evidence/<evidence:number>/links/<int:pk>/remove/",
        link_views.evidence_link_remove,
        name="evidence_link_remove",
    ),
    path("indicators/", indicator_views.indicator_list, name="indicator_list"),
    path("indicators/new/", indicator_views.indicator_new, name="indicator_new"),
    path("indicators/<slug:slug>/", indicator_views.indicator_detail, name="indicator_detail"),
    path("indicators/<slug:slug>/edit/", indicator_views.indicator_edit, name="indicator_edit"),
    path("indicators/<slug:slug>/values/new/", indicator_views.observation_new, name="observation_new"),
    path(
        "indicators/<slug:slug>/values/<int:pk>/remove/",
        indicator_views.observation_remove,
        name="observation_remove",
    ),
]
