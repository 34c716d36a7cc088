"""Runs the evaluation service: `python -m services.evaluation`."""

from services.evaluation.app import service
from shared.service import main

main(service)
