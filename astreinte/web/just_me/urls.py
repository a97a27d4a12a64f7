"""The addresses of *Just me?*."""

from django.urls import path

from astreinte.web.just_me import views

urlpatterns = [
    path("", views.ask, name="just_me"),
    path("shared/<str:token>/", views.shared, name="just_me_shared"),
    path("<uuid:public_id>/", views.result, name="just_me_result"),
    path("<uuid:public_id>/live/", views.pieces, name="just_me_live"),
    path("<uuid:public_id>/share/", views.share, name="just_me_share"),
    path("<uuid:public_id>/unshare/", views.unshare, name="just_me_unshare"),
    path("<uuid:public_id>/lift/", views.lift, name="just_me_lift"),
]
