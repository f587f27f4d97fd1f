"""The test kit for report formats, ours and other packages'; it comes with every installation, as a pytest plugin."""
