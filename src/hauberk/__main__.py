"""`python -m hauberk`: the command line, wherever its script is installed."""

from hauberk.cli.main import run

if __name__ == "__main__":
    run()
