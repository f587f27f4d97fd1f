"""Settings: every value that a deployment can choose, checked at start, each listed in `.env.example`."""

from hauberk.infra.settings.loading import SettingsError, load_settings
from hauberk.infra.settings.model import Settings
from hauberk.infra.settings.sections import Environment

__all__ = ["Environment", "Settings", "SettingsError", "load_settings"]
