"""Runs the notifications service: `python -m services.notifications`."""

from services.notifications.app import service
from shared.service import main

main(service)
