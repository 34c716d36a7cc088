"""Run the complaints service: `python -m services.complaints`."""

from services.complaints.app import service
from shared.service import main

main(service)
