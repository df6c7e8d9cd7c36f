"""Runs: who waits, what trains in which process, what is kept. Pages call `service()`."""

from cnnviz.training.service.records import STATUSES, Run, Waiting
from cnnviz.training.service.service import Service, most_steps, service

__all__ = ["STATUSES", "Run", "Service", "Waiting", "most_steps", "service"]
