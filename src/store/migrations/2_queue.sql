-- One queue for everything that is to be looked at; runs of every kind, with what a page is searched by; and what
-- the service that listens must remember. The same text is for SQLite and for PostgreSQL.

-- What is to be looked at, each thing once. `revision` counts how often somebody said so; `due` is when, if ever;
-- `lease` until when somebody has it, 0 where nobody does; `token` grows with each that takes it and when he is
-- done, so that one who comes back too late is known; `attempts` is how often it was taken since something came.
CREATE TABLE jobs (
    name TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload BYTEA,
    revision BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    due BIGINT,
    lease BIGINT NOT NULL,
    token BIGINT NOT NULL,
    touched BIGINT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX jobs_due ON jobs (due);
INSERT INTO jobs (name, kind, payload, revision, attempts, due, lease, token, touched, reason)
    SELECT 'thread ' || id, 'thread', NULL, revision, attempts, due, 0, 0, touched, '' FROM threads;
INSERT INTO jobs (name, kind, payload, revision, attempts, due, lease, token, touched, reason)
    SELECT 'commits ' || id, 'commits', NULL, 1, attempts, due, 0, 0, due, '' FROM ranges;

DROP INDEX threads_due;
ALTER TABLE threads DROP COLUMN due;
ALTER TABLE threads DROP COLUMN attempts;
ALTER TABLE threads DROP COLUMN revision;
ALTER TABLE ranges DROP COLUMN due;
ALTER TABLE ranges DROP COLUMN attempts;

-- Deliveries of webhooks that were taken in, by the name that their sender gave them.
CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    event TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX deliveries_at ON deliveries (at);

-- What was posted where something of ours can be changed later: the number that the other side gave it.
CREATE TABLE posted (
    slot TEXT NOT NULL PRIMARY KEY,
    remote TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- Runs are of anything that a job looks at. `subject` names it through all its versions; `search` is in lower case
-- what a page is searched by. `report` is JSON, compressed by zstd.
CREATE TABLE all_runs (
    id BIGINT NOT NULL PRIMARY KEY,
    job TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    base TEXT NOT NULL,
    head TEXT NOT NULL,
    digest TEXT NOT NULL,
    conclusion TEXT NOT NULL,
    search TEXT NOT NULL,
    report BYTEA NOT NULL,
    at BIGINT NOT NULL
);
INSERT INTO all_runs (id, job, kind, subject, title, url, base, head, digest, conclusion, search, report, at)
    SELECT r.id, 'thread ' || s.thread, 'thread', r.series, r.series, '', '', '', r.digest, r.conclusion,
    LOWER(r.series), r.report, r.at FROM runs r JOIN series s ON s.name = r.series;
DROP TABLE runs;
ALTER TABLE all_runs RENAME TO runs;
CREATE INDEX runs_job ON runs (job);
CREATE INDEX runs_subject ON runs (subject, id);
CREATE INDEX runs_at ON runs (at);

-- What each run found, in the report's order.
CREATE TABLE findings (
    run BIGINT NOT NULL REFERENCES runs (id),
    number BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,
    rule TEXT NOT NULL,
    verdict TEXT NOT NULL,
    subject TEXT NOT NULL,
    header TEXT NOT NULL,
    PRIMARY KEY (run, number)
);
CREATE INDEX findings_fingerprint ON findings (fingerprint);
CREATE INDEX findings_rule ON findings (rule);

-- How each section stood in a run, and who said what: a section that nobody spoke for has one row without a person.
CREATE TABLE approvals (
    run BIGINT NOT NULL REFERENCES runs (id),
    number BIGINT NOT NULL,
    section TEXT NOT NULL,
    state TEXT NOT NULL,
    person TEXT NOT NULL,
    said TEXT NOT NULL,
    evidence TEXT NOT NULL,
    PRIMARY KEY (run, number)
);

-- What was sent is of a job, as runs are.
ALTER TABLE outbox ADD COLUMN job TEXT NOT NULL DEFAULT '';
UPDATE outbox SET job = 'thread ' || thread;
DROP INDEX outbox_thread;
ALTER TABLE outbox DROP COLUMN thread;
CREATE INDEX outbox_job ON outbox (job);
CREATE INDEX outbox_queued ON outbox (queued);
