"""What holds for every test."""

import os

from hypothesis import settings

from tests.browser import required

# Under xdist each worker has its core: torch would start as many threads again in every one.
# Read when torch is imported, so it is set here, before any test module.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# No deadline, since a busy machine is no defect; on CI the same examples each time.
settings.register_profile("cnnviz", deadline=None, derandomize=required())
settings.load_profile("cnnviz")
