"""Drills of the serving side. Each breaks an extra node of its own, never one that customers use."""
