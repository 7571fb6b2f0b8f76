"""``python -m seamcheck``."""

from seamcheck.cli import run

if __name__ == "__main__":
    run()
