from tests.outlets.conftest import outside

__all__ = ["outside"]
