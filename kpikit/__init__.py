"""kpikit: from a sales department's raw files to a defensible report."""

__version__ = "0.1.0"
