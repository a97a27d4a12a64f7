"""The addresses of what comes in without a login."""

from django.urls import path

from astreinte.api.inbound import twilio

app_name = "inbound"
urlpatterns = [
    path("twilio/sms", twilio.sms, name="twilio-sms"),
    path("twilio/voice", twilio.voice, name="twilio-voice"),
    path("twilio/status", twilio.status, name="twilio-status"),
]
