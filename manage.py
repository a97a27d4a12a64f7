#!/usr/bin/env python
"""Django's own commands (migrate, makemigrations, shell); the product's are `astreinte --help`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astreinte.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
