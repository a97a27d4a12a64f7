"""Django's SQLite backend with writers that take turns and a journal that is safe for the SQLite linked."""
