-- What outlives the process. The same text is for SQLite and for PostgreSQL: times are seconds since 1970, ids are
-- counted in `counters`, and what is bytes is BYTEA, which SQLite takes for a type like any other.

CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

-- Where each source goes on.
CREATE TABLE cursors (
    source TEXT NOT NULL PRIMARY KEY,
    cursor TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- Mails that belong together, as far as they say so. `revision` counts its mails as they come; `due` is when it
-- is to be looked at, if ever.
CREATE TABLE threads (
    id BIGINT NOT NULL PRIMARY KEY,
    touched BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    mails BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    due BIGINT,
    attempts BIGINT NOT NULL
);
CREATE INDEX threads_due ON threads (due);
CREATE INDEX threads_touched ON threads (touched);

-- Every Message-ID that a mail of a thread has or names, and whatever else makes mails belong together.
CREATE TABLE links (
    name TEXT NOT NULL PRIMARY KEY,
    thread BIGINT NOT NULL REFERENCES threads (id)
);
CREATE INDEX links_thread ON links (thread);

-- `bytes` is the mail, compressed by zstd.
CREATE TABLE mails (
    message_id TEXT NOT NULL PRIMARY KEY,
    thread BIGINT NOT NULL REFERENCES threads (id),
    arrived BIGINT NOT NULL,
    number BIGINT NOT NULL,
    bytes BYTEA NOT NULL
);
CREATE INDEX mails_thread ON mails (thread);

-- The lists that a mail came by.
CREATE TABLE mail_lists (
    message_id TEXT NOT NULL REFERENCES mails (message_id),
    list TEXT NOT NULL,
    PRIMARY KEY (message_id, list)
);

-- The numbers that patches have on the servers where checks are posted.
CREATE TABLE places (
    message_id TEXT NOT NULL REFERENCES mails (message_id),
    server TEXT NOT NULL,
    patch BIGINT NOT NULL,
    PRIMARY KEY (message_id, server)
);

-- A version of a series, by the Message-ID of its first patch and its number, and what was last said of it.
-- `mails` is a hash of the mails that decide about it, `told` what a mail would tell.
CREATE TABLE series (
    name TEXT NOT NULL PRIMARY KEY,
    thread BIGINT NOT NULL REFERENCES threads (id),
    version BIGINT NOT NULL,
    mails TEXT NOT NULL,
    digest TEXT NOT NULL,
    told TEXT NOT NULL,
    conclusion TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX series_thread ON series (thread);

-- Every verdict that differed from the one before. `report` is JSON, compressed by zstd.
CREATE TABLE runs (
    id BIGINT NOT NULL PRIMARY KEY,
    series TEXT NOT NULL REFERENCES series (name),
    digest TEXT NOT NULL,
    conclusion TEXT NOT NULL,
    report BYTEA NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX runs_series ON runs (series);
CREATE INDEX runs_at ON runs (at);

-- New commits of a branch that are to be checked.
CREATE TABLE ranges (
    id BIGINT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    reference TEXT NOT NULL,
    before_commit TEXT NOT NULL,
    after_commit TEXT NOT NULL,
    due BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    UNIQUE (source, reference, before_commit, after_commit)
);

-- What is to be sent, and what was. In one `slot`, what came later goes later.
-- `state` is pending, sending, sent, failed or dropped.
CREATE TABLE outbox (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    thread BIGINT NOT NULL,
    kind TEXT NOT NULL,
    slot TEXT NOT NULL,
    about TEXT NOT NULL,
    person TEXT NOT NULL,
    payload BYTEA NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    queued BIGINT NOT NULL,
    due BIGINT NOT NULL,
    lease BIGINT NOT NULL
);
CREATE INDEX outbox_state ON outbox (state, due);
CREATE INDEX outbox_slot ON outbox (slot);
CREATE INDEX outbox_thread ON outbox (thread);
