-- What the signaling service must not forget. Times are Unix milliseconds unless the name says otherwise.

-- The certificate is in clear: every token is checked by hashing it anew.
CREATE TABLE signal_settings (
    app_id           TEXT    PRIMARY KEY REFERENCES apps (app_id),
    certificate      TEXT    NOT NULL CHECK (certificate <> ''),
    no_token_allowed INTEGER NOT NULL DEFAULT 0 CHECK (no_token_allowed IN (0, 1)),
    token_expiry     TEXT    NOT NULL DEFAULT 'keep' CHECK (token_expiry IN ('keep', 'kick')),
    disabled         INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    webhook_url      TEXT,
    webhook_secret   TEXT,
    webhook_events   TEXT,
    CHECK ((webhook_url IS NULL) = (webhook_secret IS NULL)),
    CHECK ((webhook_url IS NULL) = (webhook_events IS NULL))
) STRICT, WITHOUT ROWID;

-- Apps from before this migration; later ones get theirs when they are made.
INSERT INTO signal_settings (app_id, certificate)
SELECT app_id, lower(hex(randomblob(16))) FROM apps WHERE deleted = 0;

CREATE TABLE signal_blocked_accounts (
    app_id  TEXT NOT NULL REFERENCES apps (app_id),
    account TEXT NOT NULL,
    PRIMARY KEY (app_id, account)
) STRICT, WITHOUT ROWID;

-- A mailbox stays when it is empty, because its versions must never go back.
CREATE TABLE signal_mailboxes (
    mailbox      INTEGER PRIMARY KEY,
    app_id       TEXT    NOT NULL REFERENCES apps (app_id),
    account      TEXT    NOT NULL,
    last_version INTEGER NOT NULL CHECK (last_version >= 0),
    cleared      INTEGER NOT NULL CHECK (cleared BETWEEN 0 AND last_version),
    UNIQUE (app_id, account)
) STRICT;

-- In version order on disk, because that is how they are read and cleared. The content comes last,
-- so that counting and skipping never touch it.
CREATE TABLE signal_messages (
    mailbox       INTEGER NOT NULL REFERENCES signal_mailboxes (mailbox),
    version       INTEGER NOT NULL CHECK (version > 0),
    expires_at_ms INTEGER NOT NULL,
    msgid         TEXT    NOT NULL,
    sender        TEXT    NOT NULL,
    flag          TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    time_s        INTEGER NOT NULL,
    content       TEXT    NOT NULL,
    PRIMARY KEY (mailbox, version)
) STRICT, WITHOUT ROWID;

CREATE INDEX signal_messages_by_expiry ON signal_messages (expires_at_ms);

-- Which messages a sender has already got rid of, for as long as it may send them again.
CREATE TABLE signal_sent (
    app_id     TEXT    NOT NULL REFERENCES apps (app_id),
    sender     TEXT    NOT NULL,
    message_id TEXT    NOT NULL,
    sent_at_ms INTEGER NOT NULL,
    PRIMARY KEY (app_id, sender, message_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX signal_sent_by_time ON signal_sent (sent_at_ms);

CREATE TABLE signal_user_attributes (
    app_id  TEXT NOT NULL REFERENCES apps (app_id),
    account TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (app_id, account, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE signal_channel_attributes (
    app_id  TEXT NOT NULL REFERENCES apps (app_id),
    channel TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (app_id, channel, name)
) STRICT, WITHOUT ROWID;

-- Channels without members, so that their time to live goes on across a restart.
CREATE TABLE signal_empty_channels (
    app_id   TEXT    NOT NULL REFERENCES apps (app_id),
    channel  TEXT    NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (app_id, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE signal_invitations (
    app_id  TEXT NOT NULL REFERENCES apps (app_id),
    channel TEXT NOT NULL,
    caller  TEXT NOT NULL,
    callee  TEXT NOT NULL,
    state   TEXT NOT NULL,
    PRIMARY KEY (app_id, channel, caller, callee)
) STRICT, WITHOUT ROWID;

-- Webhook deliveries that are still to be made. AUTOINCREMENT: a late answer must not settle another delivery.
CREATE TABLE signal_events (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id     TEXT    NOT NULL REFERENCES apps (app_id),
    id         TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    created_ms INTEGER NOT NULL,
    due_ms     INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    body       TEXT    NOT NULL
) STRICT;

CREATE INDEX signal_events_by_app ON signal_events (app_id, seq);
CREATE INDEX signal_events_by_due ON signal_events (due_ms, seq);

-- The sums of `signal_events`, written in the same transaction, so that no commit counts 10,000 rows.
CREATE TABLE signal_outboxes (
    app_id  TEXT    PRIMARY KEY REFERENCES apps (app_id),
    waiting INTEGER NOT NULL CHECK (waiting >= 0),
    dropped INTEGER NOT NULL CHECK (dropped >= 0)
) STRICT, WITHOUT ROWID;
