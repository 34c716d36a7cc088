"""The sample district, and its way to `directory.v1` until a directory service exists."""

from deploy.local.district.loader import load
from deploy.local.district.seed import DISTRICT, LATE, Recorded, employees, read, services

__all__ = ["DISTRICT", "LATE", "Recorded", "employees", "load", "read", "services"]
