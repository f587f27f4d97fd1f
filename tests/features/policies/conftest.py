from features.scans.conftest import scanned, send, total, work

__all__ = ["scanned", "send", "total", "work"]
