-- Add indexes for frequently queried columns
CREATE INDEX idx_projects_status ON projects(status);
CREATE INDEX idx_loans_borrower_id ON loans(borrower_id);
CREATE INDEX idx_activity_log_entity ON activity_log(entity_type, entity_id);

-- Analyze slow queries
SELECT query, calls, total_time, mean_time
FROM pg_stat_statements
ORDER BY total_time DESC
LIMIT 10;
