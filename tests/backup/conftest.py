from tests.support.databases import database_url, postgres_server, services

__all__ = ["database_url", "postgres_server", "services"]
