"""PostgreSQL tables, encryption at rest and file storage: one module per resource."""
