"""All built-in rules, by name."""

from typing import Final

from hauberk.features.alerts.operation_rules import OPERATION_RULES
from hauberk.features.alerts.rule import Rule, by_name
from hauberk.features.alerts.security_rules import SECURITY_RULES

RULES: Final[dict[str, Rule]] = by_name((*OPERATION_RULES, *SECURITY_RULES))
