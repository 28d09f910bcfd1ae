"""The programs that eLaska starts and watches: PostgreSQL, Temporal, worker, API, mail catcher."""
