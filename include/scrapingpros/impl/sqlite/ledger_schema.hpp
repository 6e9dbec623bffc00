#ifndef SCRAPINGPROS_IMPL_SQLITE_LEDGER_SCHEMA_HPP
#define SCRAPINGPROS_IMPL_SQLITE_LEDGER_SCHEMA_HPP

namespace scrapingpros::inline v0::detail {

/// "SPLG" in ASCII, as file(1) and others may know a file by it.
inline constexpr int ledger_application_id = 0x53504c47;
inline constexpr int ledger_version = 1;

/* `checkpoints.text` and the `step`s that were added since are what a batch goes on from; everything
   else is there to be asked. They change in one transaction. A save takes the steps in: they become
   null. The name of a batch stands in two tables, because one whose name is damaged would be taken for
   one that was never submitted.

   The views look up jobs by URL and custom_id. Their inner selects keep SQLite from going through
   the index of the job ids instead, which would take the square of the time.
*/
inline constexpr const char* ledger_schema = R"(
CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    stage TEXT NOT NULL,
    collection_name TEXT NOT NULL,
    collection_id TEXT,
    run_id TEXT,
    submitted INTEGER NOT NULL,
    queued INTEGER,
    blocked INTEGER,
    invalid INTEGER,
    duplicates INTEGER,
    total INTEGER,
    usable INTEGER NOT NULL,
    not_usable INTEGER NOT NULL,
    undecided INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    timed_out INTEGER NOT NULL,
    filtered INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE TABLE items (
    batch INTEGER NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    url TEXT,
    custom_id TEXT,
    request TEXT,
    PRIMARY KEY (batch, position)
) WITHOUT ROWID;
CREATE TABLE rejected (
    batch INTEGER NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    position INTEGER,
    url TEXT,
    field TEXT NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (batch, number)
) WITHOUT ROWID;
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    job_public_id TEXT NOT NULL,
    settlement TEXT,
    cause TEXT,
    custom_id TEXT,
    url TEXT,
    status TEXT,
    is_success INTEGER,
    verdict TEXT,
    verdict_reason TEXT,
    http_status INTEGER,
    message TEXT,
    stop_reason TEXT,
    completed_at TEXT,
    body_kind TEXT,
    path TEXT,
    sha256 TEXT,
    bytes INTEGER,
    acknowledged_at TEXT NOT NULL,
    step TEXT,
    UNIQUE (batch, job_public_id)
);
CREATE TABLE checkpoints (
    batch INTEGER PRIMARY KEY REFERENCES batches (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE VIEW failed AS
SELECT b.name AS batch, j.number, j.job_public_id, j.custom_id, j.url, j.settlement, j.cause,
    j.status, j.is_success, j.verdict, j.verdict_reason, j.http_status, j.message, j.stop_reason,
    j.completed_at, j.acknowledged_at
FROM jobs AS j JOIN batches AS b ON b.id = j.batch
WHERE j.settlement IN ('failed', 'timed_out', 'not_usable', 'missing');
CREATE VIEW remaining AS
SELECT b.name AS batch, i.position, i.url, i.custom_id
FROM items AS i JOIN batches AS b ON b.id = i.batch
LEFT JOIN (SELECT DISTINCT batch, position FROM rejected) AS r
    ON r.batch = i.batch AND r.position = i.position
LEFT JOIN (SELECT DISTINCT batch, url, custom_id FROM jobs) AS j
    ON j.batch = i.batch AND j.url = substr(i.url, 1, 2048) AND j.custom_id IS i.custom_id
LEFT JOIN (SELECT DISTINCT batch, custom_id FROM jobs WHERE url IS NULL) AS k
    ON k.batch = i.batch AND k.custom_id = i.custom_id
WHERE r.batch IS NULL AND j.batch IS NULL AND k.batch IS NULL;
)";

}  // namespace scrapingpros::inline v0::detail

#endif
