"""Runs the training service: `python -m services.training`."""

from services.training.app import service
from shared.service import main

main(service)
