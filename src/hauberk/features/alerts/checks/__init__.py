"""What readiness asks of alerting: rules that are evaluated, people who are reached, channels that take what is sent."""

from hauberk.features.alerts.checks import people, rules

__all__ = ["people", "rules"]
