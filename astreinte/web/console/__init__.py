"""The staff's screens: tonight, the cases, reviews, bills, who is on call, the health of the desk."""
