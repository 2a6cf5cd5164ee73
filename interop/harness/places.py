"""Where things are."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
INTEROP = REPOSITORY / "interop"
CACHE = INTEROP / ".cache"


def cached(*parts):
    """A path in the cache whose folder exists."""
    path = CACHE.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
