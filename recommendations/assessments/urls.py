"""Addresses of assessments: the list, the queue, one assessment, and everything done to it."""

from django.urls import path

from recommendations.assessments import (
    translation_views,
    views,
    views_care,
    views_legal,
    views_review,
    views_writing,
)

urlpatterns = [
    path("assessments/", views.assessment_list, name="assessment_list"),
    path("assessments/queue/", views_review.review_queue, name="review_queue"),
    path("assessments/new/", views_writing.assessment_new, name="assessment_new"),
    path("assessments/<int:pk>/", views.assessment_detail, name="assessment_detail"),
    path("assessments/<int:pk>/edit/", views_writing.assessment_edit, name="assessment_edit"),
    path("assessments/<int:pk>/autosave/", views_writing.assessment_autosave, name="assessment_autosave"),
    path("assessments/<int:pk>/proposal/", views_writing.assessment_proposal, name="assessment_proposal"),
    path("assessments/<int:pk>/review/", views_review.assessment_review, name="assessment_review"),
    path("assessments/<int:pk>/comments/", views_review.assessment_comment, name="assessment_comment"),
    path("assessments/<int:pk>/versions/<int:number>/", views.assessment_version, name="assessment_version"),
    path("assessments/<int:pk>/legal/", views_legal.assessment_legal, name="assessment_legal"),
    path("assessments/<int:pk>/admit/", views_care.assessment_admit, name="assessment_admit"),
    path(
        "assessments/<int:pk>/translations/<slug:language>/",
        translation_views.translation_edit,
        name="translation_edit",
    ),
    path("translations/", translation_views.translation_list, name="translation_list"),
    path("cautions/", views_legal.caution_list, name="caution_list"),
    path("cautions/<int:pk>/remove/", views_legal.caution_remove, name="caution_remove"),
    path("assessments/<int:pk>/<slug:action>/", views.assessment_action, name="assessment_action"),
    path("comments/<int:pk>/resolve/", views_review.comment_resolve, name="comment_resolve"),
]
