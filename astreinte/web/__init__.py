"""The door for people: portal, console, public pages."""
