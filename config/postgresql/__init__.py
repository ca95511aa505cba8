"""The database backend of Django for PostgreSQL, with limits to how long a request waits for its server."""
