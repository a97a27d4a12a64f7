"""The addresses of what comes in without a login."""

from django.urls import path

from astreinte.api.inbound import sites, sources, twilio

app_name = "inbound"
urlpatterns = [
    path("twilio/sms", twilio.sms, name="twilio-sms"),
    path("twilio/voice", twilio.voice, name="twilio-voice"),
    path("twilio/status", twilio.status, name="twilio-status"),
    path("alertmanager/<str:key>", sources.alertmanager, name="alertmanager"),
    path("alerts/<str:key>", sources.alerts, name="alerts"),
    path("events", sources.events_in_the_body, name="events"),
    path("events/v2/enqueue", sources.events_in_the_body, name="events-enqueue"),
    path("events/<str:key>", sources.events, name="events-key"),
    path("prober/<str:key>", sites.prober, name="prober"),
    path("heartbeat/<str:key>", sources.heartbeat, name="heartbeat"),
    path("heartbeat/<str:key>/start", sources.heartbeat, {"said": "start"}, name="heartbeat-start"),
    path("heartbeat/<str:key>/fail", sources.heartbeat, {"said": "fail"}, name="heartbeat-fail"),
]
