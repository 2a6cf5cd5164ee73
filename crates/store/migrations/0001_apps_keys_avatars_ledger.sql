-- Times are Unix milliseconds. `seq` columns order lists and are what page tokens point at.

CREATE TABLE apps (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id          TEXT    NOT NULL UNIQUE,
    name            TEXT    NOT NULL,
    test            INTEGER NOT NULL CHECK (test IN (0, 1)),
    concurrency_max INTEGER CHECK (concurrency_max IS NULL OR concurrency_max >= 0),
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    deleted         INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

-- The key itself is never here: `hash` is its SHA-256, `prefix` names it in lists.
CREATE TABLE api_keys (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    prefix     TEXT    NOT NULL,
    app_id     TEXT    NOT NULL REFERENCES apps (app_id),
    created_by TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (app_id, prefix)
) STRICT;

-- `app_id` NULL: public, every app may use it.
CREATE TABLE avatars (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,
    app_id      TEXT    REFERENCES apps (app_id),
    built_in    INTEGER NOT NULL DEFAULT 0 CHECK (built_in IN (0, 1)),
    name        TEXT    NOT NULL,
    description TEXT    NOT NULL,
    cover_url   TEXT    NOT NULL,
    remark      TEXT    NOT NULL,
    character   TEXT    NOT NULL CHECK (character IN ('vera', 'otto')),
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX avatars_by_app ON avatars (app_id, seq);

-- The truth about credits. Rows are only ever added.
CREATE TABLE ledger (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id          TEXT    NOT NULL REFERENCES apps (app_id),
    kind            TEXT    NOT NULL CHECK (kind IN ('grant', 'reserve', 'commit', 'refund')),
    amount          INTEGER NOT NULL CHECK (amount > 0),
    session         TEXT,
    reservation_seq INTEGER,
    reason          TEXT    NOT NULL,
    balance_after   INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    CHECK ((session IS NULL) = (reservation_seq IS NULL)),
    CHECK ((session IS NULL) = (kind = 'grant'))
) STRICT;

CREATE INDEX ledger_by_app ON ledger (app_id, seq);

-- At most one reserve, one commit and one refund for a reservation, whatever the program does.
CREATE UNIQUE INDEX ledger_once ON ledger (session, reservation_seq, kind) WHERE session IS NOT NULL;

CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

-- Two summaries of the ledger, written in the transaction that appends to it, so that neither a balance
-- nor recovery after a crash has to read all of it.
CREATE TABLE accounts (
    app_id            TEXT    PRIMARY KEY REFERENCES apps (app_id),
    balance           INTEGER NOT NULL,
    lifetime_earned   INTEGER NOT NULL CHECK (lifetime_earned >= 0),
    lifetime_consumed INTEGER NOT NULL CHECK (lifetime_consumed >= 0),
    updated_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE open_reservations (
    session         TEXT    NOT NULL,
    reservation_seq INTEGER NOT NULL,
    app_id          TEXT    NOT NULL REFERENCES apps (app_id),
    amount          INTEGER NOT NULL CHECK (amount > 0),
    PRIMARY KEY (session, reservation_seq)
) STRICT, WITHOUT ROWID;
