"""Metrics for Prometheus. A counter or histogram stands beside what it counts; what servers and tables know is looked
up when somebody scrapes, by the looks in the files `metrics.py`. docs/operations/metrics.md lists all of them.
"""
