"""The addresses of the customer's screens. Messages that were sent carry /tickets/<ref>/ and /bills/: these stay."""

from django.urls import path

from astreinte.web.portal import (
    bills,
    confirm,
    conversation,
    diagnosis,
    evidence,
    follow,
    looking,
    problem,
    receipts,
    server,
    servers,
    ticket,
)

app_name = "portal"
urlpatterns = [
    path("servers/", servers.servers, name="servers"),
    path("servers/<path:name>/<uuid:check_id>/", server.service, name="service"),
    path("servers/<path:name>/", server.server, name="server"),
    path("incidents/<uuid:public_id>/", servers.incident, name="incident"),
    path("incidents/<uuid:public_id>/live/", servers.incident_live, name="incident_live"),
    path("incidents/<uuid:public_id>/follow/", follow.follow, name="follow"),
    path("incidents/<uuid:public_id>/unfollow/", follow.unfollow, name="unfollow"),
    path("problem/", problem.problem, name="problem"),
    path("try/", problem.rehearse, name="rehearse"),
    path("tickets/<str:ref>/next/", ticket.go_on, name="go_on"),
    path("problem/look/", looking.look, name="look"),
    path("problem/looking/<uuid:public_id>/", looking.looking, name="looking"),
    path("problem/<uuid:key>/", problem.offer, name="offer"),
    path("problem/<uuid:key>/diagnosis/", diagnosis.pieces, name="diagnosis"),
    path("problem/<uuid:key>/standard/", problem.standard, name="standard"),
    path("problem/<uuid:key>/urgent/", confirm.confirm, name="confirm"),
    path("tickets/", ticket.tickets, name="tickets"),
    path("tickets/<str:ref>/", ticket.ticket, name="ticket"),
    path("tickets/<str:ref>/live/", ticket.live, name="live"),
    path("tickets/<str:ref>/cancel/", ticket.cancel, name="cancel"),
    path("tickets/<str:ref>/urgent/", confirm.make_urgent, name="make_urgent"),
    path("tickets/<str:ref>/reopen/", ticket.reopen, name="reopen"),
    path("tickets/<str:ref>/contest/", ticket.contest, name="contest"),
    path("tickets/<str:ref>/receipt.pdf", receipts.receipt, name="receipt"),
    path("tickets/<str:ref>/evidence/", evidence.evidence, name="evidence"),
    path("tickets/<str:ref>/evidence.json", evidence.evidence_file, name="evidence_file"),
    path("tickets/<str:ref>/messages/", conversation.say, name="say"),
    path("tickets/<str:ref>/files/<uuid:public_id>/", conversation.attachment, name="attachment"),
    path("bills/", bills.bills, name="bills"),
    path("bills/<uuid:public_id>.pdf", bills.bill_pdf, name="bill_pdf"),
    path("bills/<uuid:public_id>.xml", bills.bill_xml, name="bill_xml"),
]
