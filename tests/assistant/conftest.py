from tests.pages.fixtures import site

__all__ = ["site"]
