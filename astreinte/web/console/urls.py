"""The addresses of the console."""

from django.urls import path

from astreinte.web.console import answers, bills, case, cases, health, me, reviews, rotas, tonight

app_name = "console"
urlpatterns = [
    path("", tonight.tonight, name="tonight"),
    path("live/", tonight.live_pieces, name="tonight_live"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<str:ref>/", case.case, name="case"),
    path("cases/<str:ref>/live/", case.live_pieces, name="case_live"),
    path("cases/<str:ref>/take/", answers.take, name="take"),
    path("cases/<str:ref>/next/", answers.not_me, name="not_me"),
    path("cases/<str:ref>/hand-over/", answers.hand_over, name="hand_over"),
    path("cases/<str:ref>/add/", answers.add, name="add"),
    path("cases/<str:ref>/say/", answers.say, name="say"),
    path("cases/<str:ref>/resolve/", answers.resolve, name="resolve"),
    path("cases/<str:ref>/reopen/", answers.reopen, name="reopen"),
    path("cases/<str:ref>/verdict/", reviews.give_verdict, name="verdict"),
    path("cases/<str:ref>/decision/", reviews.decide, name="decide"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("bills/", bills.bills, name="bills"),
    path("bills/journal.csv", bills.journal, name="journal"),
    path("bills/charges/<int:charge_id>/again/", bills.try_again, name="try_again"),
    path("bills/<uuid:public_id>/paid/", bills.paid, name="paid"),
    path("rotas/", rotas.rotas, name="rotas"),
    path("rotas/<slug:name>/replacement/", rotas.replace, name="replace"),
    path("me/", me.me, name="me"),
    path("me/live/", me.live_pieces, name="me_live"),
    path("me/contacts/<int:contact_id>/test/", me.test_contact, name="test_contact"),
    path("health/", health.health, name="health"),
]
