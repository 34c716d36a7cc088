"""A year of service records of the sample district: planned, placed relative to today, sent by event."""

from deploy.local.records.feed import Taken, feed, letters, sample
from deploy.local.records.generate import Made, generate
from deploy.local.records.plan import PLAN, Plan, Work, read

__all__ = ["PLAN", "Made", "Plan", "Taken", "Work", "feed", "generate", "letters", "read", "sample"]
