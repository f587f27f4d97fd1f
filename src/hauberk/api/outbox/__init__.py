"""Events that no retry is left for, over HTTP: what a handler missed is handed to it again."""
