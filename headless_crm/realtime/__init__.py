"""One event at a time, by the SQL of the batch: compiled ahead, and run without dbt."""
